/** @import { Watchlists } from "../state/watchlists.js" */
import { all } from "./dom.js";

/**
 * Every watch switch on the page (in a row, in the watchlist, beside the chosen pair) shows and
 * changes what the open list holds. A switch's value is its pair's key.
 */
export class WatchSwitches {
  #root;
  #lists;
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {Watchlists} lists
   */
  constructor(root, lists) {
    this.#root = root;
    this.#lists = lists;
    root.addEventListener("click", (event) => this.#clicked(event), {
      signal: this.#aborter.signal,
    });
  }

  sync() {
    const keys = new Set(this.#lists.open.keys);
    for (const element of all(this.#root, "button.star")) {
      const button = /** @type {HTMLButtonElement} */ (element);
      const isWatched = keys.has(button.value);
      if (button.ariaPressed === String(isWatched)) continue;
      button.ariaPressed = String(isWatched);
      button.name = isWatched ? "remove" : "add";
    }
  }

  close() {
    this.#aborter.abort();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element && event.target.closest("button.star");
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault(); // its form is for the time without JavaScript
    this.#lists.toggle(button.value);
  }
}
