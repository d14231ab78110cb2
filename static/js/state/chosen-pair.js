/** @import { Clock } from "../lib/clock.js" */
/** @import { ConnectionState } from "../streams/connection.js" */
/** @import { Pair } from "../streams/feed.js" */
/** @import { Best, Trade } from "../streams/payloads.js" */
/** @import { Freshness, PriceBook } from "./prices.js" */
/** @import { SnapshotSource } from "./verified-book.js" */
import { systemClock } from "../lib/clock.js";
import { isRecent } from "./prices.js";
import { VerifiedBook } from "./verified-book.js";

// Something newer than a part by more than this means that the part has missed something.
const LAG_MAX_MS = 3_000;
const TRADES_MAX = 50;

/**
 * @typedef {"best" | "trade" | "book"} Part
 * @typedef {{ receivedAtMs: number }} Received
 */

/**
 * The latest best prices, trades and book of the chosen pair, and how far each can be trusted.
 * What comes late or twice changes nothing. Dispatches `change` when the first part changes after
 * a `takeChanged()`.
 */
export class ChosenPair extends EventTarget {
  #clock;
  #random;
  #prices;
  #snapshots;
  /** @type {Pair | null} */
  #pair = null;
  /** @type {Set<Part>} */
  #changed = new Set();
  /** @type {ConnectionState | null} of the pair's lines; told only when it changes */
  #line = null;
  /** @type {(Best & Received) | null} */
  best = null;
  /** @type {(Trade & Received)[]} newest first */
  trades = [];
  /** @type {VerifiedBook | null} of the chosen pair; null when none is chosen */
  book = null;

  /**
   * @param {object} options
   * @param {PriceBook} options.prices
   * @param {SnapshotSource} options.snapshots
   * @param {Clock} [options.clock]
   * @param {() => number} [options.random]
   */
  constructor({ prices, snapshots, clock = systemClock, random = Math.random }) {
    super();
    this.#prices = prices;
    this.#snapshots = snapshots;
    this.#clock = clock;
    this.#random = random;
  }

  get pair() {
    return this.#pair;
  }

  /** @returns {(Trade & Received) | null} the last one */
  get trade() {
    return this.trades[0] ?? null;
  }

  /** @param {Pair | null} pair */
  choose(pair) {
    if (pair?.market === this.#pair?.market && pair?.symbol === this.#pair?.symbol) return;
    this.book?.close();
    this.#pair = pair;
    this.best = null;
    this.trades = [];
    this.book = pair && this.#bookOf(pair);
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
    if (part === "best") this.#applyBest(detail);
    else if (part === "trade") this.#applyTrade(detail);
    else this.book?.take(detail, detail.receivedAtMs);
  }

  /**
   * `live` when the part came within 10 s; `quiet` when it did not, but its line and the market's
   * are up and nothing shows that it missed something; `stale` otherwise, as is a book that is not
   * in step.
   *
   * @param {Part} part
   * @returns {Freshness}
   */
  freshness(part) {
    const ownMs = this.#receivedAtMs(part);
    if (this.#pair === null || ownMs === null) return "stale";
    if (part === "book" && this.book?.state !== "synced") return "stale";
    if (isRecent(ownMs, this.#clock.now())) return "live";
    const isUp = this.#line === "live" && this.#prices.isLineUp(this.#pair.market);
    return isUp && !this.#hasMissed(part, ownMs) ? "quiet" : "stale";
  }

  /** @returns {Set<Part>} the parts that changed since this was last called */
  takeChanged() {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /** @param {Pair} pair */
  #bookOf(pair) {
    return new VerifiedBook({
      pair,
      snapshots: this.#snapshots,
      clock: this.#clock,
      random: this.#random,
      changed: () => this.#change("book"),
    });
  }

  /** @param {Best & Received} best */
  #applyBest(best) {
    if (this.best && best.updateId < this.best.updateId) return;
    this.best = best;
    this.book?.witness(best);
    this.#change("best");
  }

  /** @param {Trade & Received} trade */
  #applyTrade(trade) {
    const place = this.trades.findIndex(({ id }) => id <= trade.id);
    if (this.trades[place]?.id === trade.id) return;
    this.trades.splice(place < 0 ? this.trades.length : place, 0, trade);
    this.trades.length = Math.min(this.trades.length, TRADES_MAX);
    this.#change("trade");
  }

  /** @param {Part} part */
  #change(part) {
    const wasQuietUntilNow = this.#changed.size === 0;
    this.#changed.add(part);
    if (wasQuietUntilNow) this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {Part} part
   * @returns {number | null}
   */
  #receivedAtMs(part) {
    return this[part]?.receivedAtMs ?? null;
  }

  /**
   * @param {Part} part
   * @param {number} ownMs
   */
  #hasMissed(part, ownMs) {
    // The book and the best prices move without a trade, but no trade leaves them as they were.
    /** @type {Part[]} */
    const witnesses = part === "trade" ? [] : ["best", "trade", "book"];
    return witnesses.some((other) => (this.#receivedAtMs(other) ?? 0) - ownMs > LAG_MAX_MS);
  }
}
