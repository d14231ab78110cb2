/** @import { Market } from "../streams/routes.js" */
/** @import { Ticker } from "../streams/payloads.js" */

// A ticker that is older than the one we have came late and is dropped; one that is older by more
// than this shows that the exchange's clock was set back.
const LATE_MAX_MS = 60_000;

// A message of the all-market stream carries what has changed within the last second.
const MESSAGE_SPAN_MS = 1_000;

/** How long a number counts as live after it was received. */
export const LIVE_FOR_MS = 10_000;

/**
 * @typedef {"live" | "quiet" | "stale"} Freshness
 *
 * @typedef {object} PriceRow
 * @property {Market} market
 * @property {string} symbol
 * @property {string} last
 * @property {string} open
 * @property {string} high
 * @property {string} low
 * @property {string} volume
 * @property {string} quoteVolume
 * @property {number} eventTimeMs
 * @property {number} receivedAtMs
 *
 * @typedef {{ sinceMs: number, lastMs: number }} Coverage an unbroken run of all-market messages
 */

/**
 * The latest ticker of every symbol and how far it can be trusted. Dispatches `change` when the
 * first row changes after a `takeChanged()`, so that a view asks for one frame, not one per tick.
 */
export class PriceBook extends EventTarget {
  #now;
  #bornAtMs;
  /** @type {Record<Market, Map<string, PriceRow>>} */
  #rows = { spot: new Map(), futures: new Map() };
  /** @type {Record<Market, number>} */
  #paintedAsOfMs = { spot: Number.NEGATIVE_INFINITY, futures: Number.NEGATIVE_INFINITY };
  /** @type {Record<Market, Coverage>} */
  #coverage = { spot: neverCovered(), futures: neverCovered() };
  /** @type {Set<PriceRow>} */
  #changed = new Set();
  /** @type {Record<Market, number>} */
  #newestMs = { spot: Number.NEGATIVE_INFINITY, futures: Number.NEGATIVE_INFINITY };

  /** @param {{ now?: () => number }} [options] */
  constructor({ now = Date.now } = {}) {
    super();
    this.#now = now;
    this.#bornAtMs = now();
  }

  /**
   * Takes every `tickers` event of a feed, and learns of its broken lines: what was missed on one
   * nobody knows.
   *
   * @param {EventTarget} feed
   */
  follow(feed) {
    feed.addEventListener("tickers", (event) => {
      const { market, tickers } = /** @type {CustomEvent} */ (event).detail;
      this.apply(market, tickers);
    });
    feed.addEventListener("connection", (event) => {
      const { markets } = /** @type {CustomEvent} */ (event).detail;
      for (const market of /** @type {Market[]} */ (Object.keys(this.#coverage))) {
        if (markets[market] !== "live") this.#coverage[market] = neverCovered();
      }
    });
  }

  /**
   * @param {Market} market
   * @param {Ticker[]} tickers of one all-market message
   */
  apply(market, tickers) {
    const nowMs = this.#now();
    const coverage = this.#coverage[market];
    if (!isRecent(coverage.lastMs, nowMs)) coverage.sinceMs = nowMs;
    coverage.lastMs = nowMs;
    this.#newestMs[market] = nowMs;
    for (const ticker of tickers) this.#set(market, ticker, nowMs);
  }

  /**
   * Takes note that the page's own paint of a market (the server's rows) is as of a time, so that
   * a row that never ticks can be trusted as far as the stream has covered it since. Rows of ours
   * that are older and no longer proven give way to the paint.
   *
   * @param {Market} market
   * @param {number} asOfMs when the exchange gave the painted prices
   */
  vouch(market, asOfMs) {
    this.#paintedAsOfMs[market] = Math.max(asOfMs, this.#paintedAsOfMs[market]);
    for (const [symbol, row] of this.#rows[market]) {
      if (row.receivedAtMs >= asOfMs || this.#isCovered(market, row.receivedAtMs)) continue;
      this.#rows[market].delete(symbol);
      this.#changed.delete(row);
    }
  }

  /**
   * Takes rows that were known before this page was: stale until they tick. Newer rows and a newer
   * paint stay; a row from the future was kept before the wall clock was set back.
   *
   * @param {PriceRow[]} rows
   */
  restore(rows) {
    const nowMs = this.#now();
    for (const row of rows) {
      const { market, symbol, receivedAtMs } = row;
      if (receivedAtMs > nowMs || receivedAtMs < this.#paintedAsOfMs[market]) continue;
      if (this.#rows[market].has(symbol)) continue;
      this.#rows[market].set(symbol, row);
      this.#newestMs[market] = Math.max(receivedAtMs, this.#newestMs[market]);
      this.#tell(row);
    }
  }

  /** @returns {PriceRow[]} all that is known */
  all() {
    return [...this.#rows.spot.values(), ...this.#rows.futures.values()];
  }

  /**
   * @param {Market} market
   * @returns {number | null} when the newest price that is shown was true
   */
  asOfMs(market) {
    const newestMs = Math.max(this.#newestMs[market], this.#paintedAsOfMs[market]);
    return Number.isFinite(newestMs) ? newestMs : null;
  }

  /**
   * @param {Market} market
   * @param {string} symbol
   * @returns {PriceRow | undefined}
   */
  get(market, symbol) {
    return this.#rows[market].get(symbol);
  }

  /**
   * How far a row can be trusted: `live` when it ticked within 10 s; `quiet` when it did not, but
   * the all-market stream, which carries every symbol that changes, has run unbroken since the row
   * was last right, so the row still is; `stale` otherwise.
   *
   * @param {Market} market
   * @param {string} symbol
   * @returns {Freshness}
   */
  freshness(market, symbol) {
    const row = this.#rows[market].get(symbol);
    if (row && this.#hasTickedLately(row)) return "live";
    const knownAtMs = row?.receivedAtMs ?? this.#paintedAsOfMs[market];
    return this.#isCovered(market, knownAtMs) && this.isLineUp(market) ? "quiet" : "stale";
  }

  /**
   * Whether the all-market stream of a market has spoken within 10 s.
   *
   * @param {Market} market
   */
  isLineUp(market) {
    return isRecent(this.#coverage[market].lastMs, this.#now());
  }

  /** @returns {PriceRow[]} the rows that changed since this was last called */
  takeChanged() {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** @param {PriceRow} row */
  #hasTickedLately({ receivedAtMs }) {
    return receivedAtMs >= this.#bornAtMs && isRecent(receivedAtMs, this.#now());
  }

  /**
   * Whether the stream has run unbroken since then.
   *
   * @param {Market} market
   * @param {number} atMs
   */
  #isCovered(market, atMs) {
    return atMs >= this.#coverage[market].sinceMs - MESSAGE_SPAN_MS;
  }

  /**
   * @param {Market} market
   * @param {Ticker} ticker
   * @param {number} receivedAtMs
   */
  #set(market, ticker, receivedAtMs) {
    const rows = this.#rows[market];
    const row = rows.get(ticker.symbol);
    const lateMs = row ? row.eventTimeMs - ticker.eventTimeMs : 0;
    if (lateMs > 0 && lateMs <= LATE_MAX_MS) return;
    if (row) {
      this.#tell(Object.assign(row, ticker, { receivedAtMs }));
    } else {
      const added = { market, ...ticker, receivedAtMs };
      rows.set(ticker.symbol, added);
      this.#tell(added);
    }
  }

  /** @param {PriceRow} row that has changed */
  #tell(row) {
    const wasQuietUntilNow = this.#changed.size === 0;
    this.#changed.add(row);
    if (wasQuietUntilNow) this.dispatchEvent(new Event("change"));
  }
}

/**
 * @param {number} atMs
 * @param {number} nowMs
 */
export function isRecent(atMs, nowMs) {
  // A moment in the future means that the wall clock was set back; it proves nothing.
  return Math.abs(nowMs - atMs) <= LIVE_FOR_MS;
}

/** @returns {Coverage} */
function neverCovered() {
  return { sinceMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
}
