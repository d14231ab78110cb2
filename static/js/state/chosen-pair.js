/** @import { ConnectionState } from "../streams/connection.js" */
/** @import { Pair } from "../streams/feed.js" */
/** @import { Best, Book, Trade } from "../streams/payloads.js" */
/** @import { Freshness, PriceBook } from "./prices.js" */
import { isRecent } from "./prices.js";

// Something newer than a part by more than this means that the part has missed something.
const LAG_MAX_MS = 3_000;

/**
 * @typedef {"best" | "trade" | "book"} Part
 * @typedef {{ receivedAtMs: number }} Received
 */

/**
 * The latest best prices, trade and book of the chosen pair, and how far each can be trusted.
 * Dispatches `change` when the first part changes after a `takeChanged()`.
 */
export class ChosenPair extends EventTarget {
  #now;
  #prices;
  /** @type {Pair | null} */
  #pair = null;
  /** @type {Set<Part>} */
  #changed = new Set();
  /** @type {ConnectionState | null} of the pair's lines; told only when it changes */
  #line = null;
  /** @type {(Best & Received) | null} */
  best = null;
  /** @type {(Trade & Received) | null} */
  trade = null;
  /** @type {(Book & Received) | null} */
  book = null;

  /**
   * @param {object} options
   * @param {PriceBook} options.prices
   * @param {() => number} [options.now]
   */
  constructor({ prices, now = Date.now }) {
    super();
    this.#prices = prices;
    this.#now = now;
  }

  get pair() {
    return this.#pair;
  }

  /** @param {Pair | null} pair */
  choose(pair) {
    if (pair?.market === this.#pair?.market && pair?.symbol === this.#pair?.symbol) return;
    this.#pair = pair;
    this.best = null;
    this.trade = null;
    this.book = null;
    this.#changed.clear();
  }

  /**
   * Takes the pair's events of a feed.
   *
   * @param {EventTarget} feed
   */
  follow(feed) {
    for (const part of /** @type {Part[]} */ (["best", "trade", "book"])) {
      feed.addEventListener(part, (event) => {
        this.apply(part, /** @type {CustomEvent} */ (event).detail);
      });
    }
    feed.addEventListener("connection", (event) => {
      this.#line = /** @type {CustomEvent} */ (event).detail.pair;
    });
  }

  /**
   * @param {Part} part
   * @param {any} detail of the feed's event
   */
  apply(part, detail) {
    if (detail.market !== this.#pair?.market || detail.symbol !== this.#pair?.symbol) return;
    const wasQuietUntilNow = this.#changed.size === 0;
    this[part] = detail;
    this.#changed.add(part);
    if (wasQuietUntilNow) this.dispatchEvent(new Event("change"));
  }

  /**
   * `live` when the part came within 10 s; `quiet` when it did not, but its line and the market's
   * are up and nothing shows that it missed something; `stale` otherwise.
   *
   * @param {Part} part
   * @returns {Freshness}
   */
  freshness(part) {
    const own = this[part];
    if (this.#pair === null || own === null) return "stale";
    if (isRecent(own.receivedAtMs, this.#now())) return "live";
    const isUp = this.#line === "live" && this.#prices.isLineUp(this.#pair.market);
    return isUp && !this.#hasMissed(part, own) ? "quiet" : "stale";
  }

  /** @returns {Set<Part>} the parts that changed since this was last called */
  takeChanged() {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /**
   * @param {Part} part
   * @param {Received} own
   */
  #hasMissed(part, own) {
    // The book and the best prices move without a trade, but no trade leaves them as they were.
    const witnesses = part === "trade" ? [] : [this.best, this.trade, this.book];
    return witnesses.some((other) => other && other.receivedAtMs - own.receivedAtMs > LAG_MAX_MS);
  }
}
