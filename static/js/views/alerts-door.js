/** @import { Later } from "../lib/later.js" */
import { words } from "../words.js";
import { one, setText } from "./dom.js";

/**
 * @typedef {object} AlertsDesk what is behind the door
 * @property {() => void} create shows the form for the chosen pair
 * @property {() => void} rebind
 * @property {() => void} paint
 */

/** Loads what watches and shows alerts when there is one, or when one is to be made. */
export class AlertsDoor {
  #root;
  #desk;
  #isNeeded;
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {object} parts
   * @param {Later<any, AlertsDesk>} parts.desk
   * @param {() => boolean} parts.isNeeded whether this browser holds alerts
   * @param {EventTarget} parts.page the window, which tells what other tabs store
   */
  constructor(root, { desk, isNeeded, page }) {
    this.#root = root;
    this.#desk = desk;
    this.#isNeeded = isNeeded;
    const options = { signal: this.#aborter.signal };
    root.addEventListener("click", (event) => this.#clicked(event), options);
    page.addEventListener("storage", () => this.#openIfNeeded(), options);
    this.#openIfNeeded();
  }

  close() {
    this.#aborter.abort();
  }

  /** Shows the form that makes an alert on the chosen pair. */
  async create() {
    const desk = await this.#desk.want();
    desk?.create();
    if (desk) return;
    const notice = one(this.#root, "[data-alerts-notice]");
    setText(notice, words.alerts.failed);
    notice.hidden = false;
  }

  /** The page holds another panel now. */
  rebind() {
    this.#desk.part?.rebind();
  }

  /** Values age although nothing arrives. */
  paint() {
    this.#desk.part?.paint();
  }

  /** @param {Event} event */
  #clicked({ target }) {
    if (target instanceof Element && target.closest("[data-alert-new]")) this.create();
  }

  #openIfNeeded() {
    if (this.#desk.part === null && this.#isNeeded()) this.#desk.want();
  }
}
