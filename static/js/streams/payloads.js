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
 * @typedef {object} Best
 * @property {string} bid
 * @property {string} bidQuantity
 * @property {string} ask
 * @property {string} askQuantity
 * @property {number} updateId of the book of which these are the best
 * @property {number | null} eventTimeMs null on spot
 *
 * @typedef {object} Trade
 * @property {number} id
 * @property {string} price
 * @property {string} quantity
 * @property {number} timeMs
 * @property {boolean} buyerIsMaker
 * @property {number} eventTimeMs
 *
 * @typedef {object} Mark
 * @property {string} symbol
 * @property {string} mark
 * @property {string} index
 * @property {string} fundingRate of the next funding, as it stands
 * @property {number} nextFundingMs
 * @property {number} eventTimeMs
 *
 * @typedef {object} TradingSession of a market that TradFi perpetuals follow
 * @property {string} underlying the market's name as the list of contracts has it: "COMMODITY"
 * @property {string} type
 * @property {number} startMs
 * @property {number} endMs
 *
 * @typedef {[price: string, quantity: string]} Level
 *
 * @typedef {object} BookDiff the levels that changed after `previousId` and up to `lastId`
 * @property {number} previousId
 * @property {number} lastId
 * @property {Level[]} bids with their new quantities; 0 takes a level away
 * @property {Level[]} asks
 * @property {number} eventTimeMs
 *
 * @typedef {object} Candle
 * @property {number} openMs when it begins
 * @property {number} closeMs its last millisecond
 * @property {string} open
 * @property {string} high
 * @property {string} low
 * @property {string} close
 * @property {string} volume in the base asset
 * @property {boolean} isClosed whether it is known to change no more
 */

// Since 2026-06-30 the futures all-market streams carry coin-margined contracts too.
const COIN_MARGINED = 2;

/** @param {any} row of an all-market stream */
export function isCoinMargined(row) {
  return row?.st === COIN_MARGINED;
}

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
    if (isCoinMargined(row)) continue;
    const ticker = readTicker(row);
    if (ticker === null) unreadable += 1;
    else tickers.push(ticker);
  }
  return { tickers, unreadable };
}

/**
 * @param {any} row a 24hrMiniTicker, as one pair's stream sends it or one of all
 * @returns {Ticker | null}
 */
export function readTicker(row) {
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
  if (![data.b, data.B, data.a, data.A].every(isDecimal) || !isId(data.u)) return null;
  return {
    bid: data.b,
    bidQuantity: data.B,
    ask: data.a,
    askQuantity: data.A,
    updateId: data.u,
    eventTimeMs: typeof data.E === "number" ? data.E : null,
  };
}

/**
 * @param {any} data an aggTrade
 * @returns {Trade | null}
 */
export function readTrade(data) {
  if (!isDecimal(data.p) || !isDecimal(data.q) || !isId(data.a)) return null;
  if (![data.T, data.E].every(Number.isFinite) || typeof data.m !== "boolean") return null;
  return {
    id: data.a,
    price: data.p,
    quantity: data.q,
    timeMs: data.T,
    buyerIsMaker: data.m,
    eventTimeMs: data.E,
  };
}

/**
 * @param {any} data a depthUpdate; on futures `pu` names the update before it, on spot ids have no
 *   holes, so that it is the one before `U`
 * @returns {BookDiff | null}
 */
export function readDiff(data) {
  const previousId = data.pu ?? (isId(data.U) ? data.U - 1 : null);
  if (!isId(previousId) || !isId(data.u) || !Number.isFinite(data.E)) return null;
  if (!areLevels(data.b) || !areLevels(data.a)) return null;
  return { previousId, lastId: data.u, bids: data.b, asks: data.a, eventTimeMs: data.E };
}

/**
 * @param {any} data a kline event
 * @returns {Candle & { interval: string } | null}
 */
export function readCandle({ k }) {
  const candle = candleOf([k?.t, k?.o, k?.h, k?.l, k?.c, k?.v, k?.T], k?.x === true);
  return candle && typeof k.i === "string" ? { ...candle, interval: k.i } : null;
}

/**
 * @param {unknown} row the first seven fields or more of Binance's REST klines
 * @param {boolean} isClosed
 * @returns {Candle | null}
 */
export function candleOf(row, isClosed) {
  if (!Array.isArray(row)) return null;
  const [openMs, open, high, low, close, volume, closeMs] = row;
  if (!isId(openMs) || !isId(closeMs) || closeMs < openMs) return null;
  if (![open, high, low, close, volume].every(isDecimal)) return null;
  return { openMs, closeMs, open, high, low, close, volume, isClosed };
}

/**
 * @param {any} data a markPriceUpdate of a perpetual; a dated contract has no funding
 * @returns {Mark | null}
 */
export function readMark(data) {
  if (![data?.p, data?.i, data?.r].every(isDecimal) || typeof data.s !== "string") return null;
  if (![data.T, data.E].every(Number.isFinite)) return null;
  return {
    symbol: data.s,
    mark: data.p,
    index: data.i,
    fundingRate: data.r,
    nextFundingMs: data.T,
    eventTimeMs: data.E,
  };
}

/**
 * @param {any} data of the tradingSession stream: an EquityUpdate is of EQUITY, a KR_EquityUpdate of
 *   KR_EQUITY
 * @returns {TradingSession | null}
 */
export function readSession(data) {
  const [, name] = /^(\w+)Update$/.exec(data?.e ?? "") ?? [];
  if (name === undefined || typeof data.S !== "string") return null;
  if (![data.t, data.T].every(Number.isFinite)) return null;
  return { underlying: name.toUpperCase(), type: data.S, startMs: data.t, endMs: data.T };
}

/**
 * @param {unknown} levels
 * @returns {levels is Level[]}
 */
export function areLevels(levels) {
  if (!Array.isArray(levels)) return false;
  return levels.every((level) => isDecimal(level?.[0]) && isDecimal(level?.[1]));
}

/**
 * @param {unknown} value
 * @returns {value is number} an id that a float holds exactly
 */
export function isId(value) {
  return Number.isSafeInteger(value);
}
