/**
 * The part of the Web Storage interface that is used here.
 *
 * @typedef {object} ReadWriteStore
 * @property {(key: string) => string | null} getItem
 * @property {(key: string, value: string) => unknown} setItem
 *
 * @typedef {ReadWriteStore & { removeItem: (key: string) => unknown }} KeyValueStore
 */

/**
 * A store that may be forbidden or full: what it refuses is kept in memory for as long as the page
 * lives, and the writer is told. Even touching `localStorage` throws where cookies are blocked, so
 * it is reached through a function.
 * https://html.spec.whatwg.org/multipage/webstorage.html#dom-localstorage
 */
export class SafeStorage {
  #open;
  /** @type {Map<string, string>} */
  #refused = new Map();

  /** @param {() => KeyValueStore | null | undefined} open */
  constructor(open) {
    this.#open = open;
  }

  /**
   * @param {string} key
   * @returns {string | null}
   */
  getItem(key) {
    const kept = this.#refused.get(key);
    return kept ?? unlessRefused(() => this.#open()?.getItem(key) ?? null, null);
  }

  /**
   * What was stored as JSON; null when there is none or it was damaged. Its form is to be checked.
   *
   * @param {string} key
   * @returns {any}
   */
  getJson(key) {
    try {
      return JSON.parse(this.getItem(key) ?? "null");
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /**
   * @param {string} key
   * @param {string} value
   * @returns {boolean} whether it will survive a reload
   */
  setItem(key, value) {
    const isKept = unlessRefused(() => {
      const store = this.#open();
      store?.setItem(key, value);
      return store != null;
    }, false);
    if (isKept) this.#refused.delete(key);
    else this.#refused.set(key, value);
    return isKept;
  }

  /** @param {string} key */
  removeItem(key) {
    this.#refused.delete(key);
    unlessRefused(() => this.#open()?.removeItem(key), null);
  }
}

/**
 * Keeps things for as long as the page lives, for what is nobody's business after that.
 *
 * @returns {KeyValueStore}
 */
export function pageStorage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

/**
 * @template T
 * @param {() => T} use
 * @param {T} otherwise
 * @returns {T}
 */
function unlessRefused(use, otherwise) {
  try {
    return use();
  } catch (error) {
    // SecurityError when forbidden, QuotaExceededError when full; anything else is our own fault.
    if (error instanceof DOMException) return otherwise;
    throw error;
  }
}
