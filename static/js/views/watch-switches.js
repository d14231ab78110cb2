import { all } from "./dom.js";

/**
 * Sets every watch switch on the page (in a row, in the watchlist, beside the chosen pair) to what
 * the watchlist holds. A switch's value is its pair's key.
 *
 * @param {ParentNode} root
 * @param {string[]} watched
 */
export function syncWatchSwitches(root, watched) {
  const keys = new Set(watched);
  for (const element of all(root, "button.star")) {
    const button = /** @type {HTMLButtonElement} */ (element);
    const isWatched = keys.has(button.value);
    if (button.ariaPressed === String(isWatched)) continue;
    button.ariaPressed = String(isWatched);
    button.name = isWatched ? "remove" : "add";
  }
}
