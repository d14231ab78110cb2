import { all } from "./dom.js";

/** Keys that work anywhere on the page but in a field: `/` finds, `j` and `k` walk the rows. */
export class Shortcuts {
  #root;
  #find;
  #aborter = new AbortController();

  /**
   * @param {ParentNode} root
   * @param {{ find: () => void }} actions
   */
  constructor(root, { find }) {
    this.#root = root;
    this.#find = find;
    const options = { signal: this.#aborter.signal };
    document.addEventListener("keydown", (event) => this.#pressed(event), options);
  }

  close() {
    this.#aborter.abort();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "/") this.#find();
    else if (event.key === "j") this.#walk(1);
    else if (event.key === "k") this.#walk(-1);
    else return;
    event.preventDefault();
  }

  /** @param {1 | -1} step */
  #walk(step) {
    const links = all(this.#root, "#pairs-body a[data-pair-link]");
    const focused = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const chosen = links.findIndex((link) => link.closest("[aria-current]"));
    const from = focused >= 0 ? focused : chosen;
    links[Math.min(links.length - 1, Math.max(0, from + step))]?.focus();
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}
