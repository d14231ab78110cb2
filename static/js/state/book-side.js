/** @import { Level } from "../streams/payloads.js" */
import { canonical, toUnits } from "../lib/decimal.js";

// Prices are compared as whole numbers of 10^-18; Binance's have 8 decimals at the most.
const PRICE_SCALE = 18;

/** One side of a book, best level first, as far as it is known. */
export class BookSide {
  #rank;
  /** @type {bigint[]} each level's place: the lower, the better */
  #ranks = [];
  /** @type {Level[]} */
  #levels = [];
  /** @type {bigint | null} the rank beyond which nothing is known; null: all is known */
  #horizon = null;

  /** @param {"bid" | "ask"} side */
  constructor(side) {
    const sign = side === "bid" ? -1n : 1n;
    this.#rank = (/** @type {string} */ price) => sign * toUnits(price, PRICE_SCALE);
  }

  /**
   * Takes a snapshot's levels.
   *
   * @param {Level[]} levels
   * @param {boolean} isWhole whether the side has no more levels than these
   */
  reset(levels, isWhole) {
    this.#ranks = [];
    this.#levels = [];
    this.#horizon = null;
    for (const level of levels) this.set(level);
    this.#horizon = isWhole ? null : (this.#ranks.at(-1) ?? null);
  }

  /**
   * Gives a level its new quantity. One beyond the horizon is left out: what lies between it and
   * the known ones is not known.
   *
   * @param {Level} level
   */
  set([price, quantity]) {
    const rank = this.#rank(price);
    if (this.#horizon !== null && rank > this.#horizon) return;
    const place = this.#placeOf(rank);
    const isThere = this.#ranks[place] === rank;
    if (canonical(quantity) === "0") {
      if (isThere) this.#remove(place);
    } else if (isThere) {
      this.#levels[place] = [price, quantity];
    } else {
      this.#ranks.splice(place, 0, rank);
      this.#levels.splice(place, 0, [price, quantity]);
    }
  }

  /** @returns {Level | undefined} */
  get best() {
    return this.#levels[0];
  }

  /** How many levels are known. */
  get depth() {
    return this.#levels.length;
  }

  /** Whether it holds every level that the exchange has. */
  get isWhole() {
    return this.#horizon === null;
  }

  /**
   * @param {number} [count] all unless told
   * @returns {Level[]} best first, as the exchange wrote them
   */
  levels(count) {
    return this.#levels.slice(0, count);
  }

  /** @param {number} place */
  #remove(place) {
    this.#ranks.splice(place, 1);
    this.#levels.splice(place, 1);
  }

  /**
   * @param {bigint} rank
   * @returns {number} of the first level that is not better
   */
  #placeOf(rank) {
    let low = 0;
    let high = this.#ranks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {bigint} */ (this.#ranks[middle]) < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
