/** @import { Ticker } from "../streams/payloads.js" */
/** @import { SymbolRow } from "../state/symbols.js" */
/** @import { Query } from "./query.js" */
import { fold } from "../lib/fold.js";
import { LiveOrder } from "../state/live-order.js";

/**
 * Filters and sorts a list in the browser, as the server does when it can be reached.
 *
 * @param {SymbolRow[]} symbols
 * @param {Query} query
 * @param {(symbol: string) => Ticker | undefined} tickerOf
 * @returns {{ shown: SymbolRow[], others: SymbolRow[] }} those that the table shows, and those
 *   that only its view keeps out of it
 */
export function arrange(symbols, query, tickerOf) {
  const matching = matchingSymbols(symbols, query.q);
  const rowOf = new Map(matching.map((row) => [row.symbol, row]));
  const order = new LiveOrder(query);
  for (const { symbol } of matching) order.add(symbol, tickerOf(symbol));
  const shown = order.wanted().flatMap((symbol) => rowOf.get(symbol) ?? []);
  for (const { symbol } of shown) rowOf.delete(symbol);
  return { shown, others: [...rowOf.values()] };
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
