import { all } from "./dom.js";

/**
 * Keys that work anywhere on the page: Ctrl-K or Cmd-K finds; outside of a field and of an open
 * dialog `j` and `k` walk the rows, and other single keys do what they are given for. Who speaks
 * to the computer can turn the single keys off (WCAG 2.1.4).
 */
export class Shortcuts {
  #root;
  #areOn;
  #find;
  #keys;
  #aborter = new AbortController();

  /**
   * @param {ParentNode} root
   * @param {object} actions
   * @param {() => boolean} actions.areOn whether single keys count
   * @param {() => void} actions.find
   * @param {Record<string, () => void>} actions.keys
   */
  constructor(root, { areOn, find, keys }) {
    this.#root = root;
    this.#areOn = areOn;
    this.#find = find;
    this.#keys = new Map([
      ...Object.entries(keys),
      ["j", () => this.#walk(1)],
      ["k", () => this.#walk(-1)],
    ]);
    const options = { signal: this.#aborter.signal };
    document.addEventListener("keydown", (event) => this.#pressed(event), options);
  }

  close() {
    this.#aborter.abort();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const act = isCommand(event, "k") ? this.#find : this.#single(event);
    if (!act || this.#root.querySelector("dialog:modal")) return;
    event.preventDefault();
    act();
  }

  /** @param {KeyboardEvent} event */
  #single(event) {
    if (hasModifier(event) || isTyping(event.target) || !this.#areOn()) return undefined;
    return this.#keys.get(event.key);
  }

  /** @param {1 | -1} step */
  #walk(step) {
    const links = all(this.#root, "#pairs a[data-pair-link]");
    const focused = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const chosen = links.findIndex((link) => link.closest("[aria-current]"));
    const from = focused >= 0 ? focused : chosen;
    links[Math.min(links.length - 1, Math.max(0, from + step))]?.focus();
  }
}

/**
 * Whether the letter was pressed with Ctrl or Cmd, on a keyboard of another script too.
 *
 * @param {KeyboardEvent} event
 * @param {string} letter
 */
function isCommand({ key, code, ctrlKey, metaKey, altKey, shiftKey }, letter) {
  if (ctrlKey === metaKey || altKey || shiftKey) return false;
  const isLatin = /^[a-z]$/i.test(key);
  return isLatin ? key.toLowerCase() === letter : code === `Key${letter.toUpperCase()}`;
}

/** @param {KeyboardEvent} event */
function hasModifier({ metaKey, ctrlKey, altKey }) {
  return metaKey || ctrlKey || altKey;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}
