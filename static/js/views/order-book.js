/** @import { Book, Level } from "../streams/payloads.js" */
import { add, compare, divide, multiply, round, subtract } from "../lib/decimal.js";
import { all, fields, one, setData, setText } from "./dom.js";
import { impliedStep, stepText, UNKNOWN } from "./figures.js";

/**
 * @typedef {object} LevelElements
 * @property {HTMLElement} row
 * @property {Record<string, HTMLElement>} cells
 * @property {string} depth as last written
 *
 * @typedef {{ tickSize: string, stepSize: string, deepest: number }} Scale
 */

/** The book's panel: 20 levels a side, with bars of the running total, and the spread. */
export class OrderBookView {
  #panel;
  #spread;
  #bids;
  #asks;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#spread = one(panel, "[data-field='spread']");
    this.#bids = levels(panel, "bid");
    this.#asks = levels(panel, "ask");
  }

  /**
   * @param {Pick<Book, "bids" | "asks">} book best level first on both sides
   * @param {{ tickSize: string, stepSize: string }} steps
   */
  paint({ bids, asks }, { tickSize, stepSize }) {
    const levels = [...bids.slice(0, this.#bids.length), ...asks.slice(0, this.#asks.length)];
    const steps = {
      tickSize: tickSize || impliedStep(levels.map(([price]) => price)),
      stepSize: stepSize || impliedStep(levels.map(([, quantity]) => quantity)),
    };
    const bidTotals = totals(bids.slice(0, this.#bids.length));
    const askTotals = totals(asks.slice(0, this.#asks.length));
    const deepest = Math.max(Number(bidTotals.at(-1) ?? 0), Number(askTotals.at(-1) ?? 0));
    paintSide(this.#bids, bids, bidTotals, { ...steps, deepest });
    paintSide(this.#asks, asks, askTotals, { ...steps, deepest });
    setText(this.#spread, spreadText(bids[0]?.[0], asks[0]?.[0], steps.tickSize));
  }

  clear() {
    this.paint({ bids: [], asks: [] }, { tickSize: "", stepSize: "" });
  }

  /** @param {string} freshness */
  setFreshness(freshness) {
    setData(this.#panel, "freshness", freshness);
  }
}

/**
 * The spread in price and in basis points of the middle.
 *
 * @param {string | undefined} bid
 * @param {string | undefined} ask
 * @param {string} tickSize
 */
export function spreadText(bid, ask, tickSize) {
  if (bid === undefined || ask === undefined || compare(ask, bid) < 0) return UNKNOWN;
  const gap = subtract(ask, bid);
  const twiceMiddle = add(ask, bid);
  if (compare(twiceMiddle, "0") <= 0) return UNKNOWN;
  const basisPoints = divide(multiply(gap, "20000"), twiceMiddle, 4);
  const isTiny = compare(basisPoints, "0.1") < 0;
  return `${stepText(gap, tickSize)} (${isTiny ? basisPoints : round(basisPoints, 2)} bps)`;
}

/**
 * @param {HTMLElement} panel
 * @param {string} side
 * @returns {LevelElements[]}
 */
function levels(panel, side) {
  return all(panel, `[data-side='${side}']`).map((row) => ({ row, cells: fields(row), depth: "" }));
}

/** @param {Level[]} side */
function totals(side) {
  let sum = "0";
  return side.map(([, quantity]) => {
    sum = add(sum, quantity);
    return sum;
  });
}

/**
 * @param {LevelElements[]} elements
 * @param {Level[]} side
 * @param {string[]} sums
 * @param {Scale} scale
 */
function paintSide(elements, side, sums, scale) {
  for (const [index, element] of elements.entries()) {
    const level = side[index];
    setData(element.row, "empty", level ? null : "");
    if (level) paintLevel(element, level, sums[index] ?? "0", scale);
    else for (const cell of Object.values(element.cells)) setText(cell, UNKNOWN);
    // A bar's length is a picture and no figure: here a float will do.
    setDepth(element, level && scale.deepest > 0 ? Number(sums[index]) / scale.deepest : 0);
  }
}

/**
 * @param {LevelElements} element
 * @param {Level} level
 * @param {string} sum
 * @param {Scale} scale
 */
function paintLevel({ cells }, [price, quantity], sum, { tickSize, stepSize }) {
  setText(cells.price, stepText(price, tickSize));
  setText(cells.quantity, stepText(quantity, stepSize));
  setText(cells.total, stepText(sum, stepSize));
}

/**
 * @param {LevelElements} element
 * @param {number} share of the deepest total, between 0 and 1
 */
function setDepth(element, share) {
  const depth = share.toFixed(3);
  if (depth === element.depth) return;
  element.depth = depth;
  element.row.style.setProperty("--depth", depth);
}
