/** @import { Ticker } from "../streams/payloads.js" */
/** @import { SymbolRow } from "../state/symbols.js" */
/** @import { Query } from "./query.js" */
import { changePercent, compare } from "../lib/decimal.js";

/** @type {Record<string, (ticker: Ticker) => string | null>} */
const NUMBERS = {
  price: (ticker) => ticker.last,
  change: (ticker) => changePercent(ticker.open, ticker.last),
  volume: (ticker) => ticker.quoteVolume,
};

/**
 * Filters and sorts a list in the browser, as the server does when it can be reached.
 *
 * @param {SymbolRow[]} symbols
 * @param {Query} query
 * @param {(symbol: string) => Ticker | undefined} tickerOf
 * @returns {SymbolRow[]}
 */
export function arrange(symbols, query, tickerOf) {
  const matching = matchingSymbols(symbols, query.q);
  const way = query.direction === "asc" ? 1 : -1;
  if (query.sort === "symbol") {
    return matching.sort((a, b) => way * (fold(a.symbol) < fold(b.symbol) ? -1 : 1));
  }
  const numberOf = query.sort && NUMBERS[query.sort];
  if (!numberOf) return matching;
  const keyed = matching.map((row) => {
    const ticker = tickerOf(row.symbol);
    return { row, number: ticker ? numberOf(ticker) : null };
  });
  return keyed.sort((a, b) => byNumber(a.number, b.number, way)).map(({ row }) => row);
}

/**
 * @param {SymbolRow[]} symbols
 * @param {string} text
 */
function matchingSymbols(symbols, text) {
  const needle = fold(text);
  return symbols.filter(({ symbol, baseAsset, quoteAsset }) =>
    fold(`${symbol}\n${baseAsset}/${quoteAsset}`).includes(needle),
  );
}

/**
 * Rows without a number come last whichever way the others run.
 *
 * @param {string | null} a
 * @param {string | null} b
 * @param {number} way
 */
function byNumber(a, b, way) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return way * compare(a, b);
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFC").toLowerCase();
}
