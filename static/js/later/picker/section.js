/** @import { Candidate } from "./candidates.js" */
import { setHidden, setText } from "../../views/dom.js";
import { PickerOption } from "./option.js";

/**
 * A part of the listbox: a group when it has a title, else its options are the list's own. They are
 * made once and stay where they are, and those that show nothing are cut off and not hidden, as to lay
 * out what was moved or hidden takes a good part of a frame.
 */
export class PickerSection {
  element = document.createElement("div");
  #heading = document.createElement("div");
  #rows = document.createElement("div");
  #options;

  /**
   * @param {number} number
   * @param {number} room the most options that it can show
   */
  constructor(number, room) {
    this.#heading.id = `find-group-${number}`;
    this.#heading.className = "find-group";
    this.#heading.role = "presentation";
    this.#heading.hidden = true;
    this.#options = Array.from(
      { length: room },
      (_, place) => new PickerOption(`find-option-${number}-${place}`),
    );
    this.element.className = "find-section";
    this.element.role = "presentation";
    this.#rows.className = "find-rows";
    this.#rows.role = "presentation";
    this.#rows.append(...this.#options.map(({ element }) => element));
    this.element.append(this.#heading, this.#rows);
  }

  /**
   * @param {string} title
   * @param {Candidate[]} candidates
   * @param {(option: PickerOption, candidate: Candidate) => void} show makes the option show it
   * @returns {PickerOption[]} that are shown
   */
  show(title, candidates, show) {
    for (const [place, option] of this.#options.entries()) {
      const candidate = candidates[place];
      if (candidate) show(option, candidate);
      else option.hide();
    }
    this.#rows.style.height = `calc(${candidates.length} * var(--option-height))`;
    this.#entitle(candidates.length > 0 ? title : "");
    return this.#options.slice(0, candidates.length);
  }

  /** @param {string} title */
  #entitle(title) {
    if (title === this.#heading.textContent) return;
    setText(this.#heading, title);
    setHidden(this.#heading, title === "");
    this.element.role = title ? "group" : "presentation";
    if (title) this.element.setAttribute("aria-labelledby", this.#heading.id);
    else this.element.removeAttribute("aria-labelledby");
  }
}
