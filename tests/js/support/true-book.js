/** @import { BookDiff, Level } from "../../../static/js/streams/payloads.js" */
/** @import { BookSnapshot } from "../../../static/js/state/local-book.js" */

/**
 * @typedef {{ side: "bid" | "ask", tick: number, quantity: number }} Change of a level, in whole
 *   steps away from the middle; 0 takes it away
 */

const MIDDLE = 100_000;

/** The book as it is at the exchange, at every one of its updates. */
export class TrueBook {
  /** @type {Record<"bid" | "ask", Map<number, number>>} quantity by price, in ticks */
  #sides = { bid: new Map(), ask: new Map() };
  /** @type {BookSnapshot[]} whole, by update */
  #history = [];
  /** @type {BookDiff[]} */
  diffs = [];

  /** @param {Change[][]} updates */
  constructor(updates) {
    this.#remember();
    for (const changes of updates) this.#update(changes);
  }

  /** The id of the last update. */
  get lastId() {
    return this.#history.length - 1;
  }

  /**
   * What the REST API would give at an update.
   *
   * @param {number} id
   * @param {number} limit
   * @returns {BookSnapshot}
   */
  snapshot(id, limit) {
    const whole = this.#history[Math.min(id, this.lastId)];
    if (!whole) throw new Error(`there was no update ${id}`);
    const { lastId, bids, asks } = whole;
    return { lastId, bids: bids.slice(0, limit), asks: asks.slice(0, limit), limit };
  }

  /** @param {Change[]} changes */
  #update(changes) {
    const id = this.#history.length;
    /** @type {Record<"bid" | "ask", Map<string, string>>} */
    const levels = { bid: new Map(), ask: new Map() };
    for (const { side, tick, quantity } of changes) {
      const price = side === "bid" ? MIDDLE - tick : MIDDLE + tick;
      if (quantity === 0) this.#sides[side].delete(price);
      else this.#sides[side].set(price, quantity);
      levels[side].set(priceText(price), quantityText(quantity));
    }
    this.#remember();
    const bids = /** @type {Level[]} */ ([...levels.bid]);
    const asks = /** @type {Level[]} */ ([...levels.ask]);
    this.diffs.push({ previousId: id - 1, lastId: id, bids, asks, eventTimeMs: id });
  }

  #remember() {
    this.#history.push({
      lastId: this.#history.length,
      bids: sorted(this.#sides.bid, -1),
      asks: sorted(this.#sides.ask, 1),
      limit: Number.POSITIVE_INFINITY,
    });
  }
}

/**
 * @param {Map<number, number>} side
 * @param {1 | -1} way
 * @returns {Level[]}
 */
function sorted(side, way) {
  return [...side]
    .sort(([a], [b]) => way * (a - b))
    .map(([price, quantity]) => [priceText(price), quantityText(quantity)]);
}

/** @param {number} ticks of 0.01 */
function priceText(ticks) {
  return `${Math.floor(ticks / 100)}.${String(ticks % 100).padStart(2, "0")}000000`;
}

/** @param {number} steps of 0.00001 */
function quantityText(steps) {
  return `0.${String(steps).padStart(5, "0")}000`;
}
