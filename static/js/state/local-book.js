/** @import { BookDiff, Level } from "../streams/payloads.js" */
import { compare } from "../lib/decimal.js";
import { BookSide } from "./book-side.js";

/**
 * A book as the exchange's REST API gave it: the best `limit` levels of each side at `lastId`.
 *
 * @typedef {{ lastId: number, bids: Level[], asks: Level[], limit: number }} BookSnapshot
 */

/**
 * One pair's book, kept by Binance's published rule: a snapshot, then every change after it, none
 * left out. It knows nothing of time and sockets.
 *
 * Each change names the id before it. One that ends at or before the book's own id is in the book
 * already; one that begins after it shows that something is missing.
 * https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#how-to-manage-a-local-order-book-correctly
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/How-to-manage-a-local-order-book-correctly
 */
export class LocalBook {
  #bids = new BookSide("bid");
  #asks = new BookSide("ask");

  /** @param {BookSnapshot} snapshot */
  constructor({ lastId, bids, asks, limit }) {
    this.lastId = lastId;
    this.#bids.reset(bids, bids.length < limit);
    this.#asks.reset(asks, asks.length < limit);
  }

  /**
   * @param {BookDiff} diff
   * @returns {"applied" | "known" | "gap" | "crossed"} after a gap or a crossing it is of no use
   */
  apply(diff) {
    if (diff.lastId <= this.lastId) return "known";
    if (diff.previousId > this.lastId) return "gap";
    for (const level of diff.bids) this.#bids.set(level);
    for (const level of diff.asks) this.#asks.set(level);
    this.lastId = diff.lastId;
    return this.#isCrossed ? "crossed" : "applied";
  }

  /** @param {"bid" | "ask"} name */
  side(name) {
    return name === "bid" ? this.#bids : this.#asks;
  }

  /**
   * The fewest levels known of a side that has more than are known; infinite when all are known.
   *
   * @returns {number}
   */
  get knownDepth() {
    const sides = [this.#bids, this.#asks].filter((side) => !side.isWhole);
    return Math.min(...sides.map((side) => side.depth));
  }

  get #isCrossed() {
    const [bid] = this.#bids.best ?? [];
    const [ask] = this.#asks.best ?? [];
    return bid !== undefined && ask !== undefined && compare(bid, ask) >= 0;
  }
}
