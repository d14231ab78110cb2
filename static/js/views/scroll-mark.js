import { isScrolling } from "./frame.js";

const LOOK_AGAIN_MS = 150;

/** @type {Set<HTMLElement>} */
const marked = new Set();

/**
 * Marks what scrolls, for as long as it does: what lights up under the pointer while it passes by
 * would have the browser paint a layer anew in each frame.
 *
 * @param {EventTarget | null} target of a scroll event
 */
export function markScrolled(target) {
  if (!(target instanceof HTMLElement) || marked.has(target)) return;
  if (marked.size === 0) setTimeout(unmark, LOOK_AGAIN_MS);
  marked.add(target);
  target.dataset.scrolled = "";
}

function unmark() {
  if (isScrolling()) {
    setTimeout(unmark, LOOK_AGAIN_MS);
    return;
  }
  for (const element of marked) delete element.dataset.scrolled;
  marked.clear();
}
