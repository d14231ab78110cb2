/** @import { SymbolRow } from "../../state/symbols.js" */
/** @import { Market } from "../../streams/routes.js" */

/**
 * Which pairs are of one asset, from lists that tell only names; `webapp/symbols/related.py` does the
 * same from the whole ones.
 *
 * @typedef {object} Found
 * @property {"spot" | "perpetual" | "dated"} kind
 * @property {Market} market
 * @property {string} symbol
 * @property {string} base
 * @property {number} multiple
 * @property {number | null} deliveryAtMs
 */

// The longest first.
/** @type {[string, number][]} */
const MULTIPLES = [
  ["1000000", 1_000_000],
  ["1000", 1_000],
  ["1M", 1_000_000],
];
const DELIVERY_HOUR = 8; // UTC

/**
 * "1000PEPE" is 1,000 PEPE.
 *
 * @param {string} base
 * @returns {{ asset: string, multiple: number }}
 */
export function unitOf(base) {
  const found = MULTIPLES.find(([prefix]) => base.startsWith(prefix) && base !== prefix);
  if (!found) return { asset: base, multiple: 1 };
  return { asset: base.slice(found[0].length), multiple: found[1] };
}

/**
 * @param {string} base of the chosen pair
 * @param {Record<Market, SymbolRow[]>} lists
 * @returns {Found[]} spot, perpetual, then the dated ones, the next to be delivered first
 */
export function relatedPairs(base, { spot, futures }) {
  const { asset } = unitOf(base);
  const ofAsset = (/** @type {SymbolRow} */ row) => unitOf(row.baseAsset).asset === asset;
  const contracts = futures.filter(ofAsset);
  const isDated = (/** @type {SymbolRow} */ { symbol }) => deliveryOf(symbol) !== null;
  const dated = contracts.filter(isDated).map((row) => found("dated", "futures", row));
  return [
    ...nearest(base, spot.filter(ofAsset)).map((row) => found("spot", "spot", row)),
    ...nearest(
      base,
      contracts.filter((row) => !isDated(row)),
    ).map((row) => found("perpetual", "futures", row)),
    ...dated.sort((a, b) => (a.deliveryAtMs ?? 0) - (b.deliveryAtMs ?? 0)),
  ];
}

/**
 * A dated contract is named after its day: BTCUSDT_261225.
 *
 * @param {string} symbol
 * @returns {number | null}
 */
export function deliveryOf(symbol) {
  const [, year, month, day] = /_(\d\d)(\d\d)(\d\d)$/.exec(symbol) ?? [];
  if (year === undefined) return null;
  return Date.UTC(2000 + Number(year), Number(month) - 1, Number(day), DELIVERY_HOUR);
}

/**
 * @param {string} base
 * @param {SymbolRow[]} rows
 */
function nearest(base, rows) {
  return [rows.find(({ baseAsset }) => baseAsset === base) ?? rows[0]].filter(
    (row) => row !== undefined,
  );
}

/**
 * @param {Found["kind"]} kind
 * @param {Market} market
 * @param {SymbolRow} row
 * @returns {Found}
 */
function found(kind, market, { symbol, baseAsset }) {
  const { multiple } = unitOf(baseAsset);
  return { kind, market, symbol, base: baseAsset, multiple, deliveryAtMs: deliveryOf(symbol) };
}
