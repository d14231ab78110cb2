/**
 * @typedef {string | number | null} Value
 * @typedef {[value: Value, atMs: number]} Register a value, and when it was set
 *
 * @typedef {object} Change of one register
 * @property {string} name
 * @property {Register | undefined} before
 * @property {Register} after
 */

const LATEST_DATE_MS = 8.64e15;

/**
 * Named values of which each knows when it was set. Two copies that were edited apart are merged
 * by taking of each value the newer one: whatever the order and however often, the outcome is the
 * same and no edit of either is lost, but where both set the same value the later stands.
 */
export class Registers {
  /** @type {Map<string, Register>} */
  #registers = new Map();
  #newestMs = 0;

  /** @param {string} name */
  get(name) {
    return this.#registers.get(name)?.[0] ?? null;
  }

  /** @returns {IterableIterator<[string, Register]>} */
  entries() {
    return this.#registers.entries();
  }

  /**
   * A time for the edit that comes now: later than all that is known, whatever the clock says.
   *
   * @param {number} nowMs
   */
  stamp(nowMs) {
    return Math.max(nowMs, this.#newestMs + 1);
  }

  /**
   * @param {string} name
   * @param {Value} value
   * @param {number} atMs a stamp
   * @returns {Change}
   */
  set(name, value, atMs) {
    const before = this.#registers.get(name);
    /** @type {Register} */
    const after = [value, atMs];
    this.#put(name, after);
    return { name, before, after };
  }

  /**
   * Takes the change back, unless its register was set again since.
   *
   * @param {Change} change
   * @param {number} atMs a stamp
   * @returns {Register | null} what stands there now; null when nothing was done
   */
  revert({ name, before, after }, atMs) {
    const present = this.#registers.get(name);
    if (present?.[1] !== after[1] || present[0] !== after[0]) return null;
    /** @type {Register} */
    const restored = [before?.[0] ?? null, atMs];
    this.#put(name, restored);
    return restored;
  }

  /**
   * @param {Iterable<[string, unknown]>} others entries of another copy
   * @returns {boolean} whether anything came of it
   */
  merge(others) {
    let isNews = false;
    for (const [name, other] of others) {
      if (!isRegister(other) || !isNewer(other, this.#registers.get(name))) continue;
      this.#put(name, other);
      isNews = true;
    }
    return isNews;
  }

  /**
   * Forgets that something was removed so long ago that no copy can still hold it.
   *
   * @param {number} beforeMs
   */
  forgetRemoved(beforeMs) {
    for (const [name, [value, atMs]] of this.#registers) {
      if (value === null && atMs < beforeMs) this.#registers.delete(name);
    }
  }

  toJSON() {
    return Object.fromEntries(this.#registers);
  }

  /**
   * @param {string} name
   * @param {Register} register
   */
  #put(name, register) {
    this.#registers.set(name, register);
    this.#newestMs = Math.max(this.#newestMs, register[1]);
  }
}

/**
 * @param {unknown} value
 * @returns {value is Register}
 */
function isRegister(value) {
  if (!Array.isArray(value) || !Number.isSafeInteger(value[1])) return false;
  if (value[1] > LATEST_DATE_MS) return false;
  return value[0] === null || typeof value[0] === "string" || Number.isFinite(value[0]);
}

/**
 * @param {Register} register
 * @param {Register | undefined} other
 */
function isNewer(register, other) {
  if (!other || register[1] !== other[1]) return !other || register[1] > other[1];
  // Set in the same millisecond: any rule will do on which all copies agree.
  return JSON.stringify(register[0]) > JSON.stringify(other[0]);
}
