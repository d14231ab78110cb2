/** @import { SafeStorage } from "../lib/safe-storage.js" */

const KEY = "marketdeck:recents:v1";
const KEPT_MAX = 20;
const PAIR_KEY = /^(spot|futures):./;

/**
 * The pairs that were opened last, in any tab of this browser. Dispatches `change` when they become
 * others or stand in another order.
 */
export class Recents extends EventTarget {
  #storage;
  #aborter = new AbortController();

  /** @param {SafeStorage} storage */
  constructor(storage) {
    super();
    this.#storage = storage;
  }

  /**
   * Hears of what other tabs add.
   *
   * @param {EventTarget} tab that dispatches `storage`: the window
   */
  follow(tab) {
    const options = { signal: this.#aborter.signal };
    tab.addEventListener("storage", (event) => this.#heard(event), options);
  }

  /** @returns {string[]} such as "spot:BTCUSDT", newest first */
  keys() {
    const kept = this.#storage.getJson(KEY);
    if (!Array.isArray(kept)) return [];
    return [...new Set(kept.filter(isPairKey))].slice(0, KEPT_MAX);
  }

  /** @param {string} key of a pair that has been opened */
  add(key) {
    const known = this.keys();
    if (known[0] === key) return;
    const keys = [key, ...known.filter((other) => other !== key)].slice(0, KEPT_MAX);
    this.#storage.setItem(KEY, JSON.stringify(keys));
    this.dispatchEvent(new Event("change"));
  }

  close() {
    this.#aborter.abort();
  }

  /** @param {Event} event whose key is null when the whole store was emptied */
  #heard(event) {
    const { key } = /** @type {StorageEvent} */ (event);
    if (key === KEY || key === null) this.dispatchEvent(new Event("change"));
  }
}

/** @param {unknown} value */
function isPairKey(value) {
  return typeof value === "string" && PAIR_KEY.test(value);
}
