/** @import { Interval, Market } from "../../streams/routes.js" */
/** @import { History } from "./candles.js" */
import { candleOf } from "../../streams/payloads.js";

const LIMIT = 499;
const ANSWER_WITHIN_MS = 8_000;

/**
 * @typedef {object} ChartedPair
 * @property {Market} market
 * @property {string} symbol
 * @property {Interval} interval
 *
 * @typedef {object} Refusal
 * @property {"unavailable" | "away"} refusal Binance gives this server none for now, or the server
 *   itself does not answer
 * @property {number | null} retryAfterMs
 */

/** Asks this site's server for the candles of a pair; it asks Binance once for all who look. */
export class CandleHistory {
  #fetch;

  /** @param {typeof globalThis.fetch} fetch */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /**
   * @param {ChartedPair} pair
   * @param {boolean} isAgain the stream has shown the answer that the browser keeps to be too old
   * @returns {Promise<History | Refusal>}
   */
  async get({ market, symbol, interval }, isAgain) {
    const name = encodeURIComponent(symbol);
    const url = `/api/v1/klines/${market}/${name}?interval=${interval}&limit=${LIMIT}`;
    try {
      const answer = await this.#fetch(url, {
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        cache: isAgain ? "no-cache" : "default",
      });
      return answer.ok ? (readHistory(await answer.json()) ?? refused(answer)) : refused(answer);
    } catch (error) {
      // No network, no JSON, or too late.
      if (error instanceof TypeError || error instanceof SyntaxError) return away();
      if (error instanceof DOMException) return away();
      throw error;
    }
  }
}

/**
 * @param {any} body
 * @returns {History | null} null when it is none
 */
function readHistory(body) {
  const { candles: rows, closed_before: closedBeforeMs } = body?.data ?? {};
  if (!Array.isArray(rows)) return null;
  const candles = rows.flatMap((row, index) => {
    const isClosed = index < rows.length - 1 || row?.[0] < closedBeforeMs;
    return candleOf(row, isClosed) ?? [];
  });
  return candles.length === rows.length ? { candles } : null;
}

/**
 * @param {Response} answer
 * @returns {Refusal}
 */
function refused({ headers }) {
  const seconds = Number(headers.get("Retry-After") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  return { refusal: "unavailable", retryAfterMs };
}

/** @returns {Refusal} */
function away() {
  return { refusal: "away", retryAfterMs: null };
}
