/** @import { Ticker } from "../streams/payloads.js" */
import { changePercent, placeBetween, subtract } from "../lib/decimal.js";
import { orderKey } from "../lib/order-key.js";

/**
 * The table's columns and the ways in which it can be sorted, as `webapp/markets/columns.py` has
 * them.
 *
 * @typedef {"price" | "change" | "move" | "low" | "range" | "high" | "volume" | "base"} Column
 * @typedef {"symbol" | Column} SortColumn
 * @typedef {"asc" | "desc"} Direction
 * @typedef {Pick<Ticker, "last" | "open" | "high" | "low" | "volume" | "quoteVolume">} Figures
 */

const PERCENT_DECIMALS = 3; // as many as Binance's own have, by which the server sorts

/** @type {Column[]} as they stand beside each other */
export const COLUMNS = ["price", "change", "move", "low", "range", "high", "volume", "base"];
/** @type {Column[]} */
export const USUAL_COLUMNS = ["price", "change", "low", "range", "high", "volume"];
/** @type {Column[]} where there is no room for all, the last of these gives way first */
const BY_IMPORTANCE = ["price", "change", "volume", "range", "high", "low", "move", "base"];

/** @type {Record<SortColumn, Direction>} */
export const USUAL_DIRECTIONS = {
  symbol: "asc",
  price: "desc",
  change: "desc",
  move: "desc",
  low: "desc",
  range: "desc",
  high: "desc",
  volume: "desc",
  base: "desc",
};

/** @type {Record<Column, (figures: Figures) => string | null>} what a column sorts by, if known */
const VALUES = {
  price: ({ last }) => last,
  change: ({ open, last }) => changePercent(open, last, PERCENT_DECIMALS),
  move: ({ open, last }) => subtract(last, open),
  low: ({ low }) => low,
  range: ({ last, low, high }) => placeBetween(last, low, high),
  high: ({ high }) => high,
  volume: ({ quoteVolume }) => quoteVolume,
  base: ({ volume }) => volume,
};

/**
 * @param {Column} column
 * @param {Figures} figures
 * @returns {string | null} whose order is that of the column's values; null when there is none
 */
export function keyOf(column, figures) {
  const value = VALUES[column](figures);
  return value === null ? null : orderKey(value);
}

/**
 * The chosen columns with their ranks, for the style sheet: "price-1 volume-2".
 *
 * @param {Column[]} chosen
 */
export function ranked(chosen) {
  const wanted = BY_IMPORTANCE.filter((column) => chosen.includes(column));
  return wanted.map((column, index) => `${column}-${index + 1}`).join(" ");
}
