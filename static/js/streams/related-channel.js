/** @import { Market } from "./routes.js" */
import { readMark, readSession, readTicker } from "./payloads.js";
import { HEARTBEAT_STREAM, markStream, SESSION_STREAM, tickerStream } from "./routes.js";

/**
 * @typedef {object} RelatedPair a pair of the same asset as the chosen one
 * @property {Market} market
 * @property {string} symbol
 * @property {boolean} isPerpetual
 * @property {boolean} hasSessions whether it follows a market with opening hours
 *
 * @typedef {"ticker" | "mark" | "session"} RelatedPart
 * @typedef {Map<string, RelatedPart>} PartsByStream
 */

const READERS = { ticker: readTicker, mark: readMark, session: readSession };

/**
 * The streams of the pairs of one asset: each pair's own ticker, except where the whole market's
 * tickers come anyway, and what only a perpetual has.
 */
export class RelatedChannel {
  #pairs;
  #parts;

  /** @param {RelatedPair[]} pairs */
  constructor(pairs) {
    this.#pairs = pairs;
    const none = /** @type {Set<Market>} */ (new Set());
    this.#parts = { spot: this.#wanted("spot", none), futures: this.#wanted("futures", none) };
  }

  /**
   * @param {Set<Market>} covered markets whose tickers come anyway
   * @returns {[Market, string][]}
   */
  streams(covered) {
    /** @type {Market[]} */
    const markets = ["spot", "futures"];
    return markets.flatMap((market) =>
      [...this.#wanted(market, covered).keys()].map(
        (stream) => /** @type {[Market, string]} */ ([market, stream]),
      ),
    );
  }

  /**
   * @param {Market} market
   * @param {string} stream
   * @param {unknown} data
   * @returns {object | null | undefined} null when it cannot be understood, undefined when the
   *   stream is none of these
   */
  read(market, stream, data) {
    const part = this.#parts[market].get(stream);
    if (part === undefined) return undefined;
    const content = READERS[part](data);
    return content && { market, part, ...content };
  }

  /**
   * @param {Market} market
   * @param {Set<Market>} covered
   * @returns {PartsByStream}
   */
  #wanted(market, covered) {
    /** @type {PartsByStream} */
    const parts = new Map();
    for (const pair of this.#pairs.filter((one) => one.market === market)) {
      if (!covered.has(market)) parts.set(tickerStream(pair.symbol), "ticker");
      if (pair.isPerpetual) parts.set(markStream(pair.symbol), "mark");
      if (pair.hasSessions) parts.set(SESSION_STREAM, "session");
    }
    // A spot pair may be silent for long, and then only another's voice tells that the line is up.
    if (market === "spot" && parts.size > 0) parts.set(HEARTBEAT_STREAM, "ticker");
    return parts;
  }
}
