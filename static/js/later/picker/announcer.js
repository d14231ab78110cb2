import { setText } from "../../views/dom.js";

const PAUSE_MS = 700; // a screen reader that is still spelling what is typed would be cut short

/** Says something politely, once nothing newer has come up for a moment. */
export class Announcer {
  #element;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} element a live region */
  constructor(element) {
    this.#element = element;
  }

  /** @param {() => string} text which is put into words only when it is said */
  say(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#element, text()), PAUSE_MS);
  }

  /** Says nothing more. */
  hush() {
    clearTimeout(this.#timer);
    setText(this.#element, "");
  }
}
