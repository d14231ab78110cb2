/** @import { Ticker } from "./payloads.js" */
/** @import { Interval, Market } from "./routes.js" */
import { readBest, readCandle, readDiff, readTrade } from "./payloads.js";
import { pairStreams } from "./routes.js";

/**
 * @typedef {{ market: Market, symbol: string }} Pair
 * @typedef {"best" | "trade" | "book" | "candle"} PairPart
 * @typedef {object} PairMessage
 * @property {PairPart} part
 * @property {object} detail
 * @property {string[]} owed other streams of the pair that this shows to have something to say
 */

const READERS = { best: readBest, trade: readTrade, book: readDiff, candle: readCandle };

/**
 * Reads the streams of one pair, and tells what each proves about the others: a trade takes from
 * the book, moves the best quantities and is in the candle; a moved best price is in the book; a
 * moved last price was a trade. So a stream that stays silent under such evidence is dead, and one without any is
 * only quiet.
 */
export class PairChannel {
  /** @type {string | null} */
  #last = null;

  /**
   * @param {Pair} pair
   * @param {Interval | null} [interval] of the candles that are shown
   */
  constructor(pair, interval = null) {
    this.pair = { ...pair };
    this.streams = pairStreams(pair.symbol, interval);
  }

  /** @param {Interval | null} interval null when no candles are shown */
  showCandles(interval) {
    this.streams = pairStreams(this.pair.symbol, interval);
  }

  /**
   * @param {string} stream
   * @returns {PairPart | null} null when it is not of this pair
   */
  partOf(stream) {
    const parts = /** @type {PairPart[]} */ (Object.keys(READERS));
    return parts.find((part) => this.streams[part] === stream) ?? null;
  }

  /**
   * @param {PairPart} part
   * @param {unknown} data
   * @returns {PairMessage | null} null when it cannot be understood
   */
  read(part, data) {
    const content = READERS[part](data);
    if (content === null) return null;
    return { part, detail: { ...this.pair, ...content }, owed: this.#owedBy(part) };
  }

  /**
   * @param {Ticker[]} tickers of one all-market message
   * @returns {string[]} streams of the pair that have something to say
   */
  owedByTickers(tickers) {
    const own = tickers.find(({ symbol }) => symbol === this.pair.symbol);
    if (!own) return [];
    const hasMoved = this.#last !== null && this.#last !== own.last;
    this.#last = own.last;
    return hasMoved ? Object.values(this.streams) : [];
  }

  /**
   * A change deep in the book proves nothing about the other streams; a candle may be one that
   * ended without a trade.
   *
   * @param {PairPart} part
   */
  #owedBy(part) {
    const { best, book, candle } = this.streams;
    const ofTrade = candle ? [best, book, candle] : [best, book];
    return { best: [book], trade: ofTrade, book: [], candle: [] }[part];
  }
}
