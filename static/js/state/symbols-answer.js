/** @import { Market } from "../streams/routes.js" */

/**
 * @typedef {{ symbol: string, baseAsset: string, quoteAsset: string, status: string }} SymbolRow
 * @typedef {object} SymbolList
 * @property {SymbolRow[]} symbols
 * @property {number | null} listedAtMs when Binance gave the list to the server
 * @property {string} owner "testnet-key" or "mainnet-key" when it is a person's own, else ""
 */

/**
 * Reads the body of `/api/v1/symbols/<market>`. A body that is wrong anywhere is not trusted at
 * all: half a list looks like delistings.
 *
 * @param {any} body
 * @param {Market} market
 * @param {string} owner
 * @returns {SymbolRow[] | null}
 */
export function readAnswer(body, market, owner) {
  if (body?.status !== "success" || body.data?.market_type !== market) return null;
  const symbols = readSymbols(body.data.symbols, owner);
  return symbols?.length === body.data.count ? symbols : null;
}

/**
 * @param {unknown} rows
 * @param {string} owner of the list: one that is a person's own may be empty
 * @returns {SymbolRow[] | null} with only the known fields; null when empty or wrong anywhere
 */
export function readSymbols(rows, owner) {
  if (!Array.isArray(rows) || !rows.every(isSymbolRow)) return null;
  if (rows.length === 0 && !owner) return null;
  return rows.map(({ symbol, baseAsset, quoteAsset, status }) => {
    return { symbol, baseAsset, quoteAsset, status };
  });
}

/** @param {any} row */
function isSymbolRow(row) {
  const texts = [row?.symbol, row?.baseAsset, row?.quoteAsset, row?.status];
  return texts.every((text) => typeof text === "string" && text !== "");
}
