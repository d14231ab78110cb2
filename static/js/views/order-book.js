/** @import { ResyncCause } from "../state/verified-book.js" */
/** @import { Level } from "../streams/payloads.js" */
/** @import { Units } from "./pair-panel.js" */
import { add, compare, decimalsOf, divide, multiply, round, subtract } from "../lib/decimal.js";
import { words } from "../words.js";
import { BookCostDoor } from "./book-cost-door.js";
import { BookTools } from "./book-tools.js";
import { all, fields, one, setData, setText } from "./dom.js";
import { basisPointsText, impliedStep, stepText, UNKNOWN } from "./figures.js";

/**
 * @typedef {object} ShownBook the part of a `VerifiedBook` that is shown
 * @property {"synced" | "resyncing"} state
 * @property {ResyncCause | null} cause why it is not in step
 * @property {(side: "bid" | "ask", count?: number) => Level[]} levels
 * @property {(side: "bid" | "ask") => boolean} isWhole
 *
 * @typedef {object} LevelElements
 * @property {HTMLElement} row
 * @property {Record<string, HTMLElement>} cells
 * @property {string} depth of its bar, as last written
 *
 * @typedef {{ level: Level, quantity: string, total: string }} Rung as it is shown
 */

/**
 * The book's panel: 20 or 50 levels a side, with bars of the running total, the spread and the middle.
 * While the book is not in step it says why, and the last right levels stay.
 */
export class OrderBookView {
  #cells;
  #note;
  #bids;
  #asks;
  #tools;
  #cost;
  /** @type {(() => void) | null} */
  #again = null;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    this.#cells = {
      spread: one(panel, "[data-field='spread']"),
      middle: one(panel, "[data-field='middle']"),
    };
    this.#note = one(panel, "[data-book-note]");
    this.#bids = levels(panel, "bid");
    this.#asks = levels(panel, "ask");
    this.#tools = new BookTools(panel, () => this.#again?.());
    this.#cost = new BookCostDoor(one(panel, "[data-book-cost]"));
  }

  /**
   * @param {ShownBook} book
   * @param {Units} units
   */
  paint(book, units) {
    setText(this.#note, book.cause ? words.book[book.cause] : "");
    this.#note.hidden = book.cause === null;
    this.#again = () => this.paint(book, units);
    if (book.state !== "synced") return;
    const best = { bid: book.levels("bid", 1)[0]?.[0], ask: book.levels("ask", 1)[0]?.[0] };
    this.#tools.bind(units, best.bid ?? best.ask);
    if (this.#bids.length !== this.#tools.levels) this.#resize(this.#tools.levels);
    const view = this.#tools.view(units);
    const sides = {
      bid: rungs(this.#tools.group(book, "bid", this.#bids.length, units), view.isQuote),
      ask: rungs(this.#tools.group(book, "ask", this.#asks.length, units), view.isQuote),
    };
    const deepest = Math.max(lastTotal(sides.bid), lastTotal(sides.ask));
    const steps = stepsOf([...sides.bid, ...sides.ask], view);
    paintSide(this.#bids, sides.bid, steps, deepest);
    paintSide(this.#asks, sides.ask, steps, deepest);
    setText(this.#cells.spread, spreadText(best.bid, best.ask, units.tickSize || steps.tickSize));
    setText(this.#cells.middle, middleText(best.bid, best.ask, units.tickSize || steps.tickSize));
    this.#cost.paint(book, units);
  }

  /** @param {number} count levels of each side */
  #resize(count) {
    fit(this.#bids, count);
    fit(this.#asks, count);
    // Where it is a ladder that scrolls, its middle is what matters.
    const body = one(this.panel, ".book-body");
    body.scrollTop = (body.scrollHeight - body.clientHeight) / 2;
  }

  /** Takes every figure away: they are of another pair. */
  clear() {
    this.#again = null;
    for (const side of [this.#bids, this.#asks]) {
      paintSide(side, [], { tickSize: "1", stepSize: "1" }, 0);
    }
    setText(this.#cells.spread, UNKNOWN);
    setText(this.#cells.middle, UNKNOWN);
  }

  /** @param {string} freshness */
  setFreshness(freshness) {
    setData(this.panel, "freshness", freshness);
  }
}

/**
 * The spread in price and in basis points of the middle.
 *
 * @param {string | undefined} bid
 * @param {string | undefined} ask
 * @param {string} tickSize
 */
function spreadText(bid, ask, tickSize) {
  if (bid === undefined || ask === undefined || compare(ask, bid) < 0) return UNKNOWN;
  const gap = subtract(ask, bid);
  const twiceMiddle = add(ask, bid);
  if (compare(twiceMiddle, "0") <= 0) return UNKNOWN;
  const basisPoints = divide(multiply(gap, "20000"), twiceMiddle, 4);
  const isTiny = compare(basisPoints, "0.1") < 0;
  return `${stepText(gap, tickSize)} (${basisPointsText(isTiny ? basisPoints : round(basisPoints, 2))})`;
}

/**
 * @param {string | undefined} bid
 * @param {string | undefined} ask
 * @param {string} tickSize
 */
function middleText(bid, ask, tickSize) {
  if (bid === undefined || ask === undefined) return UNKNOWN;
  return stepText(multiply(add(bid, ask), "0.5"), tickSize);
}

/**
 * @param {HTMLElement} panel
 * @param {string} side
 * @returns {LevelElements[]}
 */
function levels(panel, side) {
  return all(panel, `[data-side='${side}']`).map(levelElements);
}

/**
 * @param {HTMLElement} row
 * @returns {LevelElements}
 */
function levelElements(row) {
  return { row, cells: fields(row), depth: "" };
}

/**
 * Has as many levels in the page as are wanted.
 *
 * @param {LevelElements[]} side
 * @param {number} count
 */
function fit(side, count) {
  for (const { row } of side.splice(count)) row.remove();
  while (side.length < count) {
    const last = side.at(-1)?.row;
    const row = /** @type {HTMLElement} */ (last?.cloneNode(true));
    last?.after(row);
    side.push(levelElements(row));
  }
}

/**
 * @param {Level[]} side
 * @param {boolean} isQuote whether quantities are told in the quote asset
 * @returns {Rung[]}
 */
function rungs(side, isQuote) {
  let total = "0";
  return side.map((level) => {
    const quantity = isQuote ? multiply(level[0], level[1]) : level[1];
    total = add(total, quantity);
    return { level, quantity, total };
  });
}

/** @param {Rung[]} side */
function lastTotal(side) {
  return Number(side.at(-1)?.total ?? 0);
}

/**
 * @param {Rung[]} shown
 * @param {{ priceStep: string, quantityStep: string }} view "" where the list does not tell it
 */
function stepsOf(shown, { priceStep, quantityStep }) {
  return {
    tickSize: priceStep || impliedStep(shown.map(({ level }) => level[0])),
    stepSize: quantityStep || impliedStep(shown.map(({ quantity }) => quantity)),
  };
}

/**
 * @param {LevelElements[]} elements
 * @param {Rung[]} side
 * @param {{ tickSize: string, stepSize: string }} steps
 * @param {number} deepest total of both sides
 */
function paintSide(elements, side, { tickSize, stepSize }, deepest) {
  for (const [index, element] of elements.entries()) {
    const rung = side[index];
    const { price, quantity, total } = element.cells;
    setData(element.row, "empty", rung ? null : "");
    setText(price, rung ? stepText(rung.level[0], tickSize) : UNKNOWN);
    setText(quantity, rung ? quantityText(rung.quantity, stepSize) : UNKNOWN);
    setText(total, rung ? quantityText(rung.total, stepSize) : UNKNOWN);
    // A bar's length is a picture and no figure: here a float will do.
    setDepth(element, rung && deepest > 0 ? Number(rung.total) / deepest : 0);
  }
}

/**
 * @param {string} quantity exact; a sum of money has more decimals than anyone wants
 * @param {string} stepSize
 */
function quantityText(quantity, stepSize) {
  return stepText(round(quantity, decimalsOf(stepSize)), stepSize);
}

/**
 * @param {LevelElements} element
 * @param {number} share of the deepest total, between 0 and 1
 */
function setDepth(element, share) {
  const depth = `${(share * 100).toFixed(1)}%`;
  if (depth === element.depth) return;
  element.depth = depth;
  element.row.style.backgroundSize = `${depth} 100%`;
}
