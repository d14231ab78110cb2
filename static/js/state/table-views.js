/** @import { Column, Direction, Figures } from "./columns.js" */
import { compare, subtract } from "../lib/decimal.js";

/**
 * Views of the table: which pairs it shows and, unless it is sorted, in which order. The server
 * has the same ones: `webapp/markets/views.py`.
 *
 * @typedef {object} View
 * @property {Column} column
 * @property {Direction} direction
 * @property {number} limit how many it holds at most, the first ones in its own order
 * @property {(figures: Figures) => boolean} holds whether a pair can be in it, whatever others do
 */

const LEADERS = 50; // how many pairs are leaders in something

/** @type {Record<string, View>} */
export const VIEWS = {
  gainers: {
    column: "change",
    direction: "desc",
    limit: LEADERS,
    holds: ({ open, last }) => compare(last, open) > 0,
  },
  losers: {
    column: "change",
    direction: "asc",
    limit: LEADERS,
    holds: ({ open, last }) => compare(last, open) < 0,
  },
  volume: {
    column: "volume",
    direction: "desc",
    limit: LEADERS,
    holds: ({ quoteVolume }) => compare(quoteVolume, "0") > 0,
  },
  highs: standingAt("high"),
  lows: standingAt("low"),
};

/**
 * A pair that has not moved for a day is at both edges, which is no news.
 *
 * @param {"high" | "low"} edge
 * @returns {View}
 */
function standingAt(edge) {
  return {
    column: "volume",
    direction: "desc",
    limit: Number.POSITIVE_INFINITY,
    holds: (figures) =>
      compare(figures.last, figures[edge]) === 0 && subtract(figures.high, figures.low) !== "0",
  };
}
