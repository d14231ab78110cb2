/** @import { Later } from "../lib/later.js" */
/** @import { Watchlists } from "../state/watchlists.js" */
import { one } from "./dom.js";

const DONE = ["edit", "undone", "full", "unsaved", "refused"]; // what the lists tell of
const OPENERS = "#watchlist [data-grip], [data-list-actions]"; // each opens a menu
const ORDER_KEYS = ["ArrowUp", "ArrowDown", "Home", "End"];

/**
 * @typedef {object} ListTools what is behind the door
 * @property {() => void} rebind
 * @property {(event: Event) => void} tell
 */

/**
 * Loads what orders, names, shares and undoes when somebody comes near the watchlist or changes
 * it. What is pressed before the code is there is done when it is.
 */
export class ListToolsDoor {
  #root;
  #lists;
  #tools;
  /** @type {Event[]} */
  #held = [];
  #isTakenUp = false;
  /** @type {IntersectionObserver | null} */
  #observer = null;
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {{ lists: Watchlists, tools: Later<any, ListTools> }} parts
   */
  constructor(root, { lists, tools }) {
    this.#root = root;
    this.#lists = lists;
    this.#tools = tools;
    const options = { signal: this.#aborter.signal };
    for (const name of ["pointerover", "focusin"]) {
      root.addEventListener(name, (event) => this.#near(event), options);
    }
    root.addEventListener("click", (event) => this.#clicked(event), options);
    root.addEventListener("keydown", (event) => this.#pressed(event), options);
    for (const kind of DONE) lists.addEventListener(kind, (event) => this.#tell(event), options);
  }

  /** A swap has brought another table. */
  rebind() {
    this.#tools.part?.rebind();
    // A finger comes near without notice: what it drags by is there when the list is seen.
    if (this.#isTakenUp || !matchMedia("(any-pointer: coarse)").matches) return;
    this.#observer ??= new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.#open();
    });
    this.#observer.disconnect();
    this.#observer.observe(one(this.#root, "#watchlist"));
  }

  close() {
    this.#observer?.disconnect();
    this.#aborter.abort();
  }

  /** @param {Event} event */
  async #tell(event) {
    const tools = await this.#tools.want();
    tools?.tell(event);
  }

  /** @param {Event} event */
  #near(event) {
    if (isIn(event.target, "#watchlist")) this.#hold(event);
  }

  /** @param {Event} event */
  #clicked(event) {
    if (isIn(event.target, OPENERS)) this.#hold(event);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (this.#isTakenUp || !(this.#orders(event) || this.#undoes(event))) return;
    event.preventDefault();
    this.#hold(event);
  }

  /** @param {KeyboardEvent} event */
  #orders({ target, key, altKey }) {
    const isInOrder = isIn(target, altKey ? "#watchlist [data-row]" : "#watchlist [data-grip]");
    return isInOrder && ORDER_KEYS.includes(key);
  }

  /** @param {KeyboardEvent} event */
  #undoes({ target, key, ctrlKey, metaKey }) {
    const isUndo = (ctrlKey || metaKey) && key.toLowerCase() === "z";
    return isUndo && this.#lists.canUndo && !isIn(target, "input, textarea, [contenteditable]");
  }

  /** @param {Event} event to which the code that is not there yet would have listened */
  #hold(event) {
    if (this.#isTakenUp) return;
    this.#held.push(event);
    this.#open();
  }

  async #open() {
    const tools = await this.#tools.want();
    const held = this.#held.splice(0);
    if (this.#isTakenUp || tools === null) return;
    this.#isTakenUp = true;
    this.#observer?.disconnect();
    for (const event of held) this.#placeOf(event)?.dispatchEvent(again(event));
  }

  /**
   * The server's row may have come meanwhile for one that was made here; it has the focus then.
   *
   * @param {Event} event
   */
  #placeOf({ target }) {
    return target instanceof Node && !target.isConnected ? this.#root.activeElement : target;
  }
}

/**
 * @param {EventTarget | null} target
 * @param {string} selector
 */
function isIn(target, selector) {
  return target instanceof Element && target.closest(selector) !== null;
}

/** @param {Event} event */
function again(event) {
  const Kind = /** @type {typeof Event} */ (event.constructor);
  return new Kind(event.type, event);
}
