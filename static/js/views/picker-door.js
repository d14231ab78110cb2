/** @import { Later } from "../lib/later.js" */
/** @import { LoadedSymbols } from "../state/symbols.js" */
import { one } from "./dom.js";

const FILTER_AFTER_MS = 300;
const LINGER_MS = 15_000;
const HELD_KEYS = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Enter", "Escape"];
const INPUT_METHOD = 229; // the key code of a key that belongs to an input method

/**
 * @typedef {object} Picker what is behind the door
 * @property {boolean} isOpen
 * @property {(lists: LoadedSymbols[]) => void} setLists
 * @property {(keys: string[]) => void} setWatched
 * @property {(text: string) => void} setFilter
 * @property {(cameFrom: Element | null) => void} takeUp
 * @property {() => void} focus
 * @property {() => void} drop
 * @property {() => void} rebind
 * @property {() => void} paint
 */

/**
 * The box that finds a pair. Its code is loaded when somebody first comes near; what is typed and
 * pressed until then is kept for it. Out of reach of the code the box filters the table all the same.
 */
export class PickerDoor {
  #input;
  #picker;
  #follow;
  #isTakenUp = false;
  /** @type {Element | null} where the focus was when a shortcut brought it here */
  #cameFrom = null;
  /** @type {KeyboardEvent[]} pressed before there was somebody to act on them */
  #held = [];
  /** @type {LoadedSymbols[]} */
  #lists = [];
  /** @type {string[]} */
  #watched = [];
  #filter = ""; // as it stands in the URL
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #filterTimer;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #linger = null;
  #aborter = new AbortController();

  /**
   * @param {ParentNode} root
   * @param {object} parts
   * @param {Later<any, Picker>} parts.picker
   * @param {() => void} parts.follow whether prices of both markets are wanted has changed
   */
  constructor(root, { picker, follow }) {
    this.#input = /** @type {HTMLInputElement} */ (one(root, "#find"));
    this.#follow = follow;
    this.#picker = picker;
    const options = { signal: this.#aborter.signal };
    this.#input.addEventListener("keydown", (event) => this.#pressed(event), options);
    this.#input.addEventListener("blur", () => this.#left(), options);
    for (const name of ["focus", "input", "pointerover"]) {
      this.#input.addEventListener(name, () => this.#open(), options);
    }
  }

  /** Whether somebody looks for a pair of either market; who does often looks again. */
  get wantsPrices() {
    return this.#linger !== null || this.#picker.part?.isOpen === true;
  }

  close() {
    clearTimeout(this.#filterTimer);
    clearTimeout(this.#linger ?? undefined);
    this.#aborter.abort();
  }

  /** @param {LoadedSymbols[]} lists of both markets, as far as they are known */
  setLists(lists) {
    this.#lists = lists;
    this.#picker.part?.setLists(lists);
  }

  /** @param {string[]} keys of the watchlist */
  setWatched(keys) {
    this.#watched = keys;
    this.#picker.part?.setWatched(keys);
  }

  /**
   * The page holds something else now.
   *
   * @param {string} filter the text by which the table is filtered
   */
  rebind(filter) {
    this.#filter = filter;
    if (document.activeElement !== this.#input) this.#input.value = filter;
    this.#picker.part?.setFilter(filter);
    this.#picker.part?.rebind();
  }

  /**
   * Another entry of the history is shown: a text that was typed for the one before is no filter
   * of this one.
   *
   * @param {string} filter the text by which its table is filtered
   */
  step(filter) {
    clearTimeout(this.#filterTimer);
    this.#picker.part?.drop();
    this.#input.value = filter;
    this.#filter = filter;
    this.#picker.part?.setFilter(filter);
  }

  /** Writes what is known by now of the options' prices. */
  paint() {
    this.#picker.part?.paint();
  }

  focus() {
    if (this.#isTakenUp) return this.#picker.part?.focus();
    const { activeElement } = document;
    if (activeElement !== this.#input) this.#cameFrom = activeElement;
    this.#input.focus();
    this.#input.select();
    this.#open();
  }

  /** The list of options was opened or closed. */
  toggled() {
    clearTimeout(this.#linger ?? undefined);
    this.#linger = setTimeout(() => {
      this.#linger = null;
      this.#follow();
    }, LINGER_MS);
    this.#follow();
  }

  async #open() {
    if (this.#isTakenUp) return;
    const picker = await this.#picker.want();
    if (picker === null) this.#doWithout();
    else if (!this.#isTakenUp) this.#takeUp(picker);
  }

  /** @param {Picker} picker */
  #takeUp(picker) {
    this.#isTakenUp = true;
    picker.setLists(this.#lists);
    picker.setWatched(this.#watched);
    picker.setFilter(this.#filter);
    picker.rebind();
    picker.takeUp(this.#cameFrom);
    for (const event of this.#held.splice(0)) this.#press(event);
  }

  /** @param {KeyboardEvent} event of the keys that act on the options */
  #pressed(event) {
    if (this.#isTakenUp || event.isComposing || event.keyCode === INPUT_METHOD) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!HELD_KEYS.includes(event.key)) return;
    event.preventDefault();
    this.#held.push(event);
    this.#open();
  }

  /** @param {KeyboardEvent} event once more; where nobody acts on Enter, the browser sends the form */
  #press(event) {
    const isLeft = this.#input.dispatchEvent(new KeyboardEvent(event.type, event));
    if (isLeft && event.key === "Enter") this.#input.form?.requestSubmit();
  }

  #left() {
    if (document.activeElement === this.#input) return; // it is the window that was left
    this.#cameFrom = null;
    this.#held = [];
  }

  #doWithout() {
    this.#held = [];
    clearTimeout(this.#filterTimer);
    this.#filterTimer = setTimeout(() => {
      const text = this.#input.value.trim();
      if (text === this.#filter || this.#isTakenUp) return;
      this.#filter = text;
      this.#input.dispatchEvent(new Event("filter"));
    }, FILTER_AFTER_MS);
  }
}
