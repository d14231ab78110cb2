/** @import { Candidate } from "./candidates.js" */
/** @import { Wanted } from "./ranking.js" */
/** @import { PickerFigures } from "./figures.js" */
/** @import { PickerOption } from "./option.js" */
import { PickerSection } from "./section.js";

/**
 * @typedef {object} Section
 * @property {string} title of a group; "" when its options are the list's own
 * @property {Candidate[]} candidates
 */

/** @type {Section} */
const EMPTY = { title: "", candidates: [] };

/** The listbox, in sections that stay in the page: a keystroke makes no elements and moves none. */
export class PickerList {
  #element;
  #figures;
  #sections;
  /** @type {PickerOption[]} */
  #shown = [];
  #active = -1;
  #isScrolled = false;

  /**
   * @param {HTMLElement} element
   * @param {PickerFigures} figures
   * @param {number[]} rooms the most options that each section shows
   */
  constructor(element, figures, rooms) {
    this.#element = element;
    this.#figures = figures;
    this.#sections = rooms.map((room, number) => new PickerSection(number, room));
    element.append(...this.#sections.map((section) => section.element));
    element.addEventListener("scroll", () => {
      this.#isScrolled = element.scrollTop > 0;
    });
  }

  get count() {
    return this.#shown.length;
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
    this.#shown = this.#sections.flatMap((section, place) => {
      const { title, candidates } = sections[place] ?? EMPTY;
      return section.show(title, candidates, (option, candidate) => {
        option.show(candidate, wanted);
        option.setWatched(isWatched(candidate.key));
        option.paint(this.#figures);
      });
    });
    const keys = this.#shown.map(({ candidate }) => candidate?.key);
    this.mark(activeKey ? keys.indexOf(activeKey) : -1);
    // Where nothing is scrolled nothing is touched, as that would force the layout of the options.
    if (!activeKey && this.#isScrolled) this.#element.scrollTop = 0;
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
    if (this.count > 0) this.mark((from + step + this.count) % this.count);
  }

  /** @param {number} step marks the option so far away, at the most the last or the first */
  leap(step) {
    if (this.count > 0) this.mark(Math.min(this.count - 1, Math.max(0, this.#active + step)));
  }

  /** @param {Element} element inside an option */
  optionOf(element) {
    return this.#shown.find((option) => option.element.contains(element)) ?? null;
  }
}
