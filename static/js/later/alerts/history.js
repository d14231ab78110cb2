/** @import { Span } from "./spans.js" */
/** @import { Alert } from "./alerts.js" */
/** @import { Market } from "../../streams/routes.js" */
import { isDecimal } from "../../lib/decimal.js";
import { isReached, priceFigure } from "./rules.js";

const MINUTE_MS = 60_000;
const CANDLES_MAX = 499; // as the API gives them
const ASK_WITHIN_MS = 10_000;
/** @type {[name: string, ms: number]} */
const MINUTES = ["1m", MINUTE_MS];
/** @type {[name: string, ms: number][]} */
const INTERVALS = [
  MINUTES,
  ["5m", 5 * MINUTE_MS],
  ["15m", 15 * MINUTE_MS],
  ["1h", 60 * MINUTE_MS],
  ["4h", 240 * MINUTE_MS],
  ["1d", 1440 * MINUTE_MS],
];

/**
 * @typedef {{ openMs: number, open: string, high: string, low: string }} Candle
 * @typedef {{ fromMs: number, toMs: number, value: string }} Crossing
 */

/** What Binance's candles tell about the time in which nobody watched. One question at a time. */
export class AlertHistory {
  #fetch;
  #now;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /** @param {{ fetch: typeof globalThis.fetch, now?: () => number }} options */
  constructor({ fetch, now = Date.now }) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /**
   * The first candle within the gap in which the alert's price was reached: of minutes, as far as
   * those reach back, and of more before them.
   *
   * @param {Alert} alert on a price
   * @param {Span} gap
   * @returns {Promise<Crossing | null | undefined>} null: it was not reached; undefined: unknown
   */
  async crossing(alert, gap) {
    const backMs = this.#now() - gap[0];
    const coarse = intervalFor(backMs);
    const intervals = coarse === MINUTES ? [MINUTES] : [coarse, MINUTES];
    let isKnown = true;
    for (const [interval, lengthMs] of intervals) {
      const count = Math.min(CANDLES_MAX, Math.ceil(backMs / lengthMs) + 1);
      const candles = await this.#ask(alert, interval, count);
      const found = candles && firstReached(alert, gap, candles, lengthMs);
      if (found) return found;
      if (found !== null || candles === null) isKnown = false;
    }
    return isKnown ? null : undefined;
  }

  /**
   * @param {Market} market
   * @param {string} symbol
   * @param {number} spanMs
   * @returns {Promise<{ atMs: number, price: string }[]>} a price a minute, none if nobody tells
   */
  async prices(market, symbol, spanMs) {
    const count = Math.min(CANDLES_MAX, Math.ceil(spanMs / MINUTE_MS) + 2);
    const candles = (await this.#ask({ market, symbol }, "1m", count)) ?? [];
    return candles.map(({ openMs, open }) => ({ atMs: openMs, price: open }));
  }

  /**
   * @param {{ market: Market, symbol: string }} pair
   * @param {string} interval
   * @param {number} limit
   * @returns {Promise<Candle[] | null>} null when nobody tells
   */
  #ask({ market, symbol }, interval, limit) {
    const address = `/api/v1/klines/${market}/${encodeURIComponent(symbol)}`;
    const asked = this.#turn.then(async () => {
      try {
        const signal = AbortSignal.timeout(ASK_WITHIN_MS);
        const answer = await this.#fetch(`${address}?interval=${interval}&limit=${limit}`, {
          signal,
        });
        return answer.ok ? candlesOf(await answer.json()) : null;
      } catch {
        return null; // the server is away, slow, or answered with something else than JSON
      }
    });
    this.#turn = asked;
    return asked;
  }
}

/**
 * @param {number} spanMs
 * @returns {[name: string, ms: number]} the finest whose candles reach so far back
 */
function intervalFor(spanMs) {
  const fitting = INTERVALS.find(([, ms]) => spanMs / ms + 1 <= CANDLES_MAX);
  return fitting ?? ["1d", 1440 * MINUTE_MS];
}

/**
 * The candle that holds the moment at which the alert was armed proves nothing: its price may have
 * been reached before.
 *
 * @param {Alert} alert
 * @param {Span} gap
 * @param {Candle[]} candles
 * @param {number} lengthMs
 * @returns {Crossing | null | undefined} undefined: it cannot be told
 */
function firstReached(alert, [fromMs, toMs], candles, lengthMs) {
  const end = alert.direction === "below" ? "low" : "high";
  const reached = candles.filter(
    (candle) =>
      candle.openMs + lengthMs > fromMs &&
      candle.openMs < toMs &&
      isReached(alert, priceFigure(candle[end])),
  );
  const found = reached.find(({ openMs }) => openMs >= alert.armedAtMs);
  if (!found) return reached.length > 0 ? undefined : null;
  return {
    fromMs: Math.max(found.openMs, fromMs),
    toMs: Math.min(found.openMs + lengthMs, toMs),
    value: found[end],
  };
}

/**
 * @param {any} body
 * @returns {Candle[] | null}
 */
function candlesOf(body) {
  const rows = body?.data?.candles;
  if (!Array.isArray(rows)) return null;
  return rows
    .filter((row) => Number.isFinite(row?.[0]) && [row[1], row[2], row[3]].every(isDecimal))
    .map(([openMs, open, high, low]) => ({ openMs, open, high, low }));
}
