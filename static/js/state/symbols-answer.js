/** @import { Market } from "../streams/routes.js" */

/**
 * @typedef {{ symbol: string, baseAsset: string, quoteAsset: string, status: string }} SymbolRow
 * @typedef {{ symbols: SymbolRow[], listedAtMs: number | null }} SymbolList listedAtMs: when
 *   Binance gave the list to the server
 */

/**
 * Reads the body of `/api/v1/symbols/<market>`. A body that is wrong anywhere is not trusted at
 * all: half a list looks like delistings.
 *
 * @param {any} body
 * @param {Market} market
 * @returns {SymbolRow[] | null}
 */
export function readAnswer(body, market) {
  if (body?.status !== "success" || body.data?.market_type !== market) return null;
  const symbols = readSymbols(body.data.symbols);
  return symbols?.length === body.data.count ? symbols : null;
}

/**
 * @param {unknown} rows
 * @returns {SymbolRow[] | null} with only the known fields; null when empty or wrong anywhere
 */
export function readSymbols(rows) {
  if (!Array.isArray(rows) || rows.length === 0 || !rows.every(isSymbolRow)) return null;
  return rows.map(({ symbol, baseAsset, quoteAsset, status }) => {
    return { symbol, baseAsset, quoteAsset, status };
  });
}

/** @param {any} row */
function isSymbolRow(row) {
  const texts = [row?.symbol, row?.baseAsset, row?.quoteAsset, row?.status];
  return texts.every((text) => typeof text === "string" && text !== "");
}
