/** @import { SafeStorage } from "../lib/safe-storage.js" */
import { one } from "./dom.js";

const LETTERS_KEY = "marketdeck:letter-keys:v1";

/** The sheet of all keys, and its switch for those of a single character. */
export class HelpSheet {
  #dialog;
  #storage;
  #letters;
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {SafeStorage} storage
   */
  constructor(root, storage) {
    this.#storage = storage;
    this.#dialog = /** @type {HTMLDialogElement} */ (one(root, "#help"));
    this.#letters = /** @type {HTMLInputElement} */ (one(this.#dialog, "[name=letter-keys]"));
    const options = { signal: this.#aborter.signal };
    const open = (/** @type {Event} */ event) => {
      event.preventDefault(); // its `command` is for the time without JavaScript
      this.open();
    };
    one(root, "[data-help-open]").addEventListener("click", open, options);
    this.#letters.addEventListener("change", () => this.#switched(), options);
  }

  get areLetterKeysOn() {
    return this.#storage.getItem(LETTERS_KEY) !== "off";
  }

  open() {
    this.#letters.checked = this.areLetterKeysOn;
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  close() {
    this.#aborter.abort();
  }

  #switched() {
    this.#storage.setItem(LETTERS_KEY, this.#letters.checked ? "on" : "off");
  }
}
