/** @import { PriceBook } from "../state/prices.js" */
/** @import { Candidate } from "./ranking.js" */
import { one, setText } from "./dom.js";
import { option, paintOption } from "./picker-option.js";
import { rank } from "./ranking.js";

const OPTIONS_MAX = 10;
const HINT = "↑ ↓ to move, Enter to open, Esc to close";

/**
 * The box that finds a pair in both markets: an ARIA combobox with a list of options.
 * https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export class Picker {
  #input;
  #popup;
  #list;
  #prices;
  #choose;
  #toggled;
  #aborter = new AbortController();
  /** @type {Candidate[]} */
  #all = [];
  /** @type {Candidate[]} */
  #shown = [];
  #active = -1;

  /**
   * @param {ParentNode} root
   * @param {object} parts
   * @param {PriceBook} parts.prices
   * @param {(candidate: Candidate) => void} parts.choose
   * @param {() => void} parts.toggled the list of options was opened or closed
   */
  constructor(root, { prices, choose, toggled }) {
    this.#input = /** @type {HTMLInputElement} */ (one(root, "#find"));
    this.#popup = one(root, "[data-picker-popup]");
    this.#list = one(root, "#find-options");
    this.#prices = prices;
    this.#choose = choose;
    this.#toggled = toggled;
    setText(one(root, "[data-picker-hint]"), HINT);
    const options = { signal: this.#aborter.signal };
    this.#input.addEventListener("input", () => this.#open(), options);
    this.#input.addEventListener("keydown", (event) => this.#pressed(event), options);
    this.#input.addEventListener("blur", () => this.#close(), options);
    // Before blur, which would close the list under the pointer.
    this.#popup.addEventListener("mousedown", (event) => event.preventDefault(), options);
    this.#list.addEventListener("click", (event) => this.#clicked(event), options);
  }

  /** @param {Candidate[]} all of both markets */
  setCandidates(all) {
    this.#all = all;
    if (this.isOpen) this.#open();
  }

  get isOpen() {
    return !this.#popup.hidden;
  }

  /** Writes what is known by now of the options' prices. */
  paint() {
    if (!this.isOpen) return;
    for (const [index, candidate] of this.#shown.entries()) {
      const element = this.#list.children[index];
      if (element) paintOption(element, candidate, this.#prices);
    }
  }

  /** @param {string} text of the filter in the URL */
  setText(text) {
    if (document.activeElement !== this.#input) this.#input.value = text;
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  close() {
    this.#aborter.abort();
    this.#close();
  }

  #open() {
    const text = this.#input.value.trim();
    this.#shown = text === "" ? [] : rank(this.#all, text, OPTIONS_MAX);
    this.#active = -1;
    this.#list.replaceChildren(
      ...this.#shown.map((candidate, index) => option(candidate, index, this.#prices)),
    );
    this.#show(this.#shown.length > 0);
  }

  #close() {
    this.#active = -1;
    this.#show(false);
  }

  /** @param {boolean} isOpen */
  #show(isOpen) {
    const wasOpen = this.isOpen;
    this.#popup.hidden = !isOpen;
    this.#describe();
    if (isOpen !== wasOpen) this.#toggled();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.#move(1);
    else if (event.key === "ArrowUp") this.#move(-1);
    else if (event.key === "Enter") return this.#entered(event);
    else if (event.key === "Escape") this.#escape();
    else return;
    event.preventDefault();
  }

  /** @param {1 | -1} step */
  #move(step) {
    if (!this.isOpen) this.#open();
    const count = this.#shown.length;
    if (count === 0) return;
    const from = this.#active < 0 && step < 0 ? 0 : this.#active;
    this.#active = (from + step + count) % count;
    this.#describe();
  }

  /**
   * Enter opens the option that is marked, and with none marked the best match.
   *
   * @param {KeyboardEvent} event
   */
  #entered(event) {
    const candidate = this.#shown[Math.max(0, this.#active)];
    if (!this.isOpen || !candidate) return;
    event.preventDefault();
    this.#take(candidate);
  }

  /** Esc closes the list; pressed again it empties the box and so takes the filter away. */
  #escape() {
    if (this.isOpen) return this.#close();
    if (this.#input.value === "") return this.#input.blur();
    this.#input.value = "";
    this.#input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const element = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    const candidate = element && this.#shown[[...this.#list.children].indexOf(element)];
    if (candidate) this.#take(candidate);
  }

  /** @param {Candidate} candidate */
  #take(candidate) {
    this.#input.value = "";
    this.#close();
    this.#choose(candidate);
  }

  #describe() {
    this.#input.ariaExpanded = String(this.isOpen);
    for (const [index, element] of [...this.#list.children].entries()) {
      element.ariaSelected = String(index === this.#active);
      if (index === this.#active) element.scrollIntoView({ block: "nearest" });
    }
    const active = this.#list.children[this.#active];
    if (active) this.#input.setAttribute("aria-activedescendant", active.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }
}
