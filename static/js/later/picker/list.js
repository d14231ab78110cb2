/** @import { Candidate } from "./candidates.js" */
/** @import { Wanted } from "./ranking.js" */
/** @import { PickerFigures } from "./figures.js" */
import { setText } from "../../views/dom.js";
import { PickerOption } from "./option.js";

/**
 * @typedef {object} Section
 * @property {string} title of a group; "" when the options stand in the list itself
 * @property {Candidate[]} candidates
 */

/** The listbox. Elements are made once and used again: a keystroke makes none. */
export class PickerList {
  #element;
  #figures;
  /** @type {PickerOption[]} */
  #pool = [];
  /** @type {Map<string, HTMLElement>} by title */
  #groups = new Map();
  #count = 0;
  #active = -1;

  /**
   * @param {HTMLElement} element
   * @param {PickerFigures} figures
   */
  constructor(element, figures) {
    this.#element = element;
    this.#figures = figures;
  }

  get count() {
    return this.#count;
  }

  /** @returns {PickerOption | null} the one that is marked */
  get active() {
    return this.#shown[this.#active] ?? null;
  }

  /** @returns {PickerOption | null} */
  get first() {
    return this.#shown[0] ?? null;
  }

  /**
   * Shows these; the one that was marked stays so when `keepsActive` and it is still there.
   *
   * @param {Section[]} sections
   * @param {{ wanted: Wanted, isWatched: (key: string) => boolean, keepsActive: boolean }} how
   */
  show(sections, { wanted, isWatched, keepsActive }) {
    const activeKey = keepsActive ? this.active?.candidate?.key : undefined;
    this.#count = 0;
    const parts = sections.flatMap(({ title, candidates }) => {
      const options = candidates.map((candidate) => {
        const option = this.#option(this.#count++);
        option.show(candidate, wanted);
        option.setWatched(isWatched(candidate.key));
        option.paint(this.#figures);
        return option.element;
      });
      return title && options.length > 0 ? [this.#group(title, options)] : options;
    });
    place(this.#element, parts);
    const keys = this.#shown.map(({ candidate }) => candidate?.key);
    this.mark(activeKey ? keys.indexOf(activeKey) : -1);
    if (!activeKey) this.#element.scrollTop = 0;
  }

  /** Writes what is known by now of the options' figures. */
  paint() {
    for (const option of this.#shown) option.paint(this.#figures);
  }

  /** @param {(key: string) => boolean} isWatched */
  paintWatched(isWatched) {
    for (const option of this.#shown) option.setWatched(isWatched(option.candidate?.key ?? ""));
  }

  /** @param {number} index of the option to mark; -1 for none */
  mark(index) {
    this.#active = index;
    for (const [place, option] of this.#shown.entries()) option.setActive(place === index);
  }

  /**
   * Marks the next option, after the last the first.
   *
   * @param {1 | -1} step
   */
  move(step) {
    const from = this.#active < 0 && step < 0 ? 0 : this.#active;
    if (this.#count > 0) this.mark((from + step + this.#count) % this.#count);
  }

  /** @param {number} step marks the option so far away, at the most the last or the first */
  leap(step) {
    if (this.#count > 0) this.mark(Math.min(this.#count - 1, Math.max(0, this.#active + step)));
  }

  /** @param {Element} element inside an option */
  optionOf(element) {
    return this.#shown.find((option) => option.element.contains(element)) ?? null;
  }

  get #shown() {
    return this.#pool.slice(0, this.#count);
  }

  /** @param {number} number */
  #option(number) {
    const option = this.#pool[number] ?? new PickerOption(number);
    this.#pool[number] = option;
    return option;
  }

  /**
   * @param {string} title
   * @param {HTMLElement[]} options
   */
  #group(title, options) {
    const group = this.#groups.get(title) ?? makeGroup(title, this.#groups.size);
    this.#groups.set(title, group);
    place(group, [/** @type {HTMLElement} */ (group.firstElementChild), ...options]);
    return group;
  }
}

/**
 * @param {string} title
 * @param {number} number
 */
function makeGroup(title, number) {
  const group = document.createElement("div");
  const heading = document.createElement("div");
  heading.id = `find-group-${number}`;
  heading.className = "find-group";
  heading.role = "presentation";
  setText(heading, title);
  group.role = "group";
  group.setAttribute("aria-labelledby", heading.id);
  group.append(heading);
  return group;
}

/**
 * Makes the container hold just these, and moves none that stands where it should.
 *
 * @param {HTMLElement} container
 * @param {HTMLElement[]} wanted
 */
function place(container, wanted) {
  for (const [index, element] of wanted.entries()) {
    const there = container.children[index] ?? null;
    if (there !== element) container.insertBefore(element, there);
  }
  while (container.children.length > wanted.length) container.lastElementChild?.remove();
}
