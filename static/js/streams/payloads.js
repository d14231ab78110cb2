import { isDecimal } from "../lib/decimal.js";

/**
 * What Binance's payloads say, in our words. Prices and quantities stay the strings they are.
 * Shapes: https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md
 *
 * @typedef {object} Ticker
 * @property {string} symbol
 * @property {string} last
 * @property {string} open 24 hours ago
 * @property {string} high
 * @property {string} low
 * @property {string} volume in the base asset
 * @property {string} quoteVolume
 * @property {number} eventTimeMs
 *
 * @typedef {{ bid: string, bidQuantity: string, ask: string, askQuantity: string }} Best
 * @typedef {{ price: string, quantity: string, timeMs: number, buyerIsMaker: boolean }} Trade
 * @typedef {[price: string, quantity: string]} Level
 * @typedef {{ bids: Level[], asks: Level[], eventTimeMs: number | null }} Book
 */

// Since 2026-06-30 the futures all-market streams carry coin-margined contracts too.
const COIN_MARGINED = 2;

/**
 * @param {unknown} data an array of 24hrMiniTicker
 * @returns {{ tickers: Ticker[], unreadable: number } | null}
 */
export function readTickers(data) {
  if (!Array.isArray(data)) return null;
  /** @type {Ticker[]} */
  const tickers = [];
  let unreadable = 0;
  for (const row of data) {
    if (row?.st === COIN_MARGINED) continue;
    const ticker = readTicker(row);
    if (ticker === null) unreadable += 1;
    else tickers.push(ticker);
  }
  return { tickers, unreadable };
}

/**
 * @param {any} row
 * @returns {Ticker | null}
 */
function readTicker(row) {
  if (typeof row?.s !== "string" || row.s === "" || typeof row.E !== "number") return null;
  if (![row.c, row.o, row.h, row.l, row.v, row.q].every(isDecimal)) return null;
  return {
    symbol: row.s,
    last: row.c,
    open: row.o,
    high: row.h,
    low: row.l,
    volume: row.v,
    quoteVolume: row.q,
    eventTimeMs: row.E,
  };
}

/**
 * @param {any} data a bookTicker; on spot it has neither `e` nor `E`
 * @returns {Best | null}
 */
export function readBest(data) {
  if (![data.b, data.B, data.a, data.A].every(isDecimal)) return null;
  return { bid: data.b, bidQuantity: data.B, ask: data.a, askQuantity: data.A };
}

/**
 * @param {any} data an aggTrade
 * @returns {Trade | null}
 */
export function readTrade(data) {
  if (!isDecimal(data.p) || !isDecimal(data.q)) return null;
  if (typeof data.T !== "number" || typeof data.m !== "boolean") return null;
  return { price: data.p, quantity: data.q, timeMs: data.T, buyerIsMaker: data.m };
}

/**
 * @param {any} data partial depth: bids and asks on spot, b and a on futures
 * @returns {Book | null}
 */
export function readBook(data) {
  const bids = data.bids ?? data.b;
  const asks = data.asks ?? data.a;
  if (!areLevels(bids) || !areLevels(asks)) return null;
  return { bids, asks, eventTimeMs: typeof data.E === "number" ? data.E : null };
}

/**
 * @param {unknown} levels
 * @returns {levels is Level[]}
 */
function areLevels(levels) {
  if (!Array.isArray(levels)) return false;
  return levels.every((level) => isDecimal(level?.[0]) && isDecimal(level?.[1]));
}
