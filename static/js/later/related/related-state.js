/** @import { RelatedPair } from "../../streams/related-channel.js" */
/** @import { Freshness, PriceBook } from "../../state/prices.js" */
/** @import { Mark } from "../../streams/payloads.js" */
/** @import { Market } from "../../streams/routes.js" */
/** @import { Session } from "./sessions.js" */
import { isRecent } from "../../state/prices.js";

/**
 * @typedef {object} Painted what the page itself told of a pair
 * @property {string | null} last
 * @property {number | null} asOfMs
 *
 * @typedef {RelatedPair & Painted} KnownPair
 * @typedef {{ last: string, receivedAtMs: number }} Last
 * @typedef {{ sinceMs: number, lastMs: number }} Run in which a line has spoken without a break
 */

/**
 * The latest prices of the pairs of one asset, from the all-market tickers where those come anyway
 * and else from streams of their own; and what the perpetual's mark stream tells.
 * Dispatches `change` at each message.
 */
export class RelatedState extends EventTarget {
  #now;
  #prices;
  /** @type {Map<string, Last>} by key */
  #lasts = new Map();
  /** @type {Record<Market, Run>} */
  #runs = { spot: neverRun(), futures: neverRun() };
  /** @type {Map<string, Session & { receivedAtMs: number }>} by market */
  #sessions = new Map();
  #perpetual = "";
  #aheadMs = Number.NEGATIVE_INFINITY;
  /** @type {(Mark & { receivedAtMs: number }) | null} */
  mark = null;

  /** @param {{ prices: PriceBook, now?: () => number }} parts */
  constructor({ prices, now = Date.now }) {
    super();
    this.#prices = prices;
    this.#now = now;
  }

  /** @param {EventTarget} feed */
  follow(feed) {
    feed.addEventListener("related", (event) =>
      this.#take(/** @type {CustomEvent} */ (event).detail),
    );
    feed.addEventListener("connection", (event) => {
      // What was missed while a line was down nobody knows.
      if (/** @type {CustomEvent} */ (event).detail.related !== "live") this.#forgetRuns();
    });
  }

  /** @param {KnownPair[]} pairs of which nothing older is kept but what is of the same pair */
  choose(pairs) {
    const keys = new Set(pairs.map(keyOf));
    for (const key of this.#lasts.keys()) if (!keys.has(key)) this.#lasts.delete(key);
    const perpetual = pairs.find(({ isPerpetual }) => isPerpetual)?.symbol ?? "";
    if (perpetual !== this.#perpetual) this.mark = null;
    this.#perpetual = perpetual;
  }

  /**
   * @param {KnownPair} pair
   * @returns {{ last: string | null, asOfMs: number | null }} the newest that is known
   */
  lastOf(pair) {
    const known = [this.#lasts.get(keyOf(pair)), this.#prices.get(pair.market, pair.symbol)];
    return known.reduce(
      (newest, row) =>
        row && row.receivedAtMs >= (newest.asOfMs ?? 0)
          ? { last: row.last, asOfMs: row.receivedAtMs }
          : newest,
      { last: pair.last, asOfMs: pair.asOfMs },
    );
  }

  /**
   * @param {KnownPair} pair
   * @returns {Freshness}
   */
  freshness(pair) {
    const fromAll = this.#prices.freshness(pair.market, pair.symbol);
    return fromAll === "live" ? "live" : better(this.#ownFreshness(pair), fromAll);
  }

  /**
   * How far the exchange's clock is ahead, as its events tell: no more exact than a second, and good
   * where nobody has compared the clocks.
   */
  get exchangeAheadMs() {
    return Number.isFinite(this.#aheadMs) ? this.#aheadMs : 0;
  }

  /** @returns {Freshness} of mark and index price and of the funding */
  get markFreshness() {
    return this.mark && isRecent(this.mark.receivedAtMs, this.#now()) ? "live" : "stale";
  }

  /**
   * @param {string} market such as "COMMODITY"
   * @returns {Session | null} that its stream tells now
   */
  session(market) {
    const told = this.#sessions.get(market);
    return told && isRecent(told.receivedAtMs, this.#now()) ? told : null;
  }

  /** @param {any} detail */
  #take(detail) {
    const { market, part, receivedAtMs } = detail;
    this.#heard(market, receivedAtMs);
    if (part === "mark") this.#takeMark(detail);
    else if (part === "session") this.#sessions.set(detail.underlying, detail);
    else this.#lasts.set(keyOf(detail), detail);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Mark & { receivedAtMs: number }} mark */
  #takeMark(mark) {
    // Of all events the one that was under way for the shortest time comes nearest.
    this.#aheadMs = Math.max(this.#aheadMs, mark.eventTimeMs - mark.receivedAtMs);
    const isLate = this.mark !== null && mark.eventTimeMs < this.mark.eventTimeMs;
    if (mark.symbol === this.#perpetual && !isLate) this.mark = mark;
  }

  /**
   * @param {Market} market
   * @param {number} atMs
   */
  #heard(market, atMs) {
    const run = this.#runs[market];
    if (!isRecent(run.lastMs, atMs)) run.sinceMs = atMs;
    run.lastMs = atMs;
  }

  #forgetRuns() {
    this.#runs = { spot: neverRun(), futures: neverRun() };
  }

  /**
   * @param {KnownPair} pair
   * @returns {Freshness}
   */
  #ownFreshness(pair) {
    const own = this.#lasts.get(keyOf(pair));
    if (!own) return "stale";
    if (isRecent(own.receivedAtMs, this.#now())) return "live";
    const { sinceMs, lastMs } = this.#runs[pair.market];
    return own.receivedAtMs >= sinceMs && isRecent(lastMs, this.#now()) ? "quiet" : "stale";
  }
}

/**
 * @param {Freshness} a
 * @param {Freshness} b
 */
function better(a, b) {
  return rank(a) <= rank(b) ? a : b;
}

/**
 * @param {Freshness} a
 * @param {Freshness} b
 */
export function worse(a, b) {
  return rank(a) <= rank(b) ? b : a;
}

/** @param {Freshness} freshness */
function rank(freshness) {
  return ["live", "quiet", "stale"].indexOf(freshness);
}

/** @param {{ market: Market, symbol: string }} pair */
function keyOf({ market, symbol }) {
  return `${market}:${symbol}`;
}

/** @returns {Run} */
function neverRun() {
  return { sinceMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
}
