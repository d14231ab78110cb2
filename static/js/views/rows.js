/** @import { Ticker } from "../streams/payloads.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { PriceBook, PriceRow } from "../state/prices.js" */
import { compare } from "../lib/decimal.js";
import { MARKETS } from "../state/market-lists.js";
import { all, fields, setData, setText } from "./dom.js";
import {
  changeFigure,
  impliedStep,
  moveText,
  rangeFigure,
  stepText,
  volumeText,
} from "./figures.js";
import { flash } from "./flash.js";
import { isScrolling } from "./frame.js";
import { layOutAhead, showAtOnce, showInSteps } from "./lay-out-ahead.js";
import { rowsInSight, SIGHT_LASTS_PX } from "./rows-in-sight.js";
import { markScrolled } from "./scroll-mark.js";

const ROW = "[data-row]";
const TABLES = `table:has(${ROW})`;
const ROWS_A_SCROLLED_FRAME = 4; // more would cost more than half of it

/** @typedef {{ isBroken: boolean, wasLive: boolean }} Line whether values can be vouched for */

/** @type {[column: string, textOf: (ticker: Ticker, tickSize: string) => string][]} */
const TEXTS = [
  ["move", ({ open, last }, tickSize) => moveText(open, last, tickSize)],
  ["low", ({ low }, tickSize) => stepText(low, tickSize)],
  ["high", ({ high }, tickSize) => stepText(high, tickSize)],
  ["volume", ({ quoteVolume }) => volumeText(quoteVolume)],
  ["base", ({ volume }) => volumeText(volume)],
];

/** Live values in the rows of the table and of the watchlist; only rows in view are written. */
export class RowsView {
  #root;
  #prices;
  #line;
  /** @type {WeakMap<Element, Row>} those that have been in view */
  #rows = new WeakMap();
  /** @type {Map<HTMLTableElement, number>} those that hold rows, and where each was last looked at */
  #tables;
  /** @type {Set<Row>} */
  #inView = new Set();
  /** @type {Set<Row>} those in view whose values on the page are old */
  #behind = new Set();
  #isPainting = false;
  #aborter = new AbortController();
  /** @type {Set<string>} the columns that are shown; nothing is written into the others */
  #columns = new Set();

  /**
   * @param {Document} root
   * @param {PriceBook} prices
   * @param {Line} line
   */
  constructor(root, prices, line) {
    this.#root = root;
    this.#prices = prices;
    this.#line = line;
    this.#tables = this.#found; // which the browser has read and painted with the page
    const options = { capture: true, passive: true, signal: this.#aborter.signal };
    root.addEventListener("scroll", (event) => this.#scrolled(event), options);
    this.rebind();
  }

  /** Takes up the rows that a swap has brought, and shows what is known of those in view. */
  rebind() {
    const before = this.#tables;
    this.#tables = this.#found;
    this.#look(); // before anything is written, after which the browser would lay all out again
    for (const table of this.#tables.keys()) if (!before.has(table)) showInSteps(table);
    this.#paintBehind(this.#behind.size);
  }

  /**
   * @param {string[]} columns that are shown from now on
   * @returns {boolean} whether they are others than before
   */
  showColumns(columns) {
    const known = this.#columns;
    this.#columns = new Set(columns);
    for (const row of this.#inView) this.#paint(row);
    return [...this.#columns].join() !== [...known].join();
  }

  /** @returns {Set<Market>} of which there are rows */
  get markets() {
    return new Set(MARKETS.filter((market) => this.#root.querySelector(rowOf(market))));
  }

  /** @param {PriceRow[]} changed */
  paint(changed) {
    this.#look();
    const isChanged = new Set(changed);
    for (const row of this.#inView) {
      const price = this.#prices.get(row.market, row.symbol);
      if (price && isChanged.has(price)) this.#behind.add(row);
    }
    this.#catchUp();
  }

  /** Values age although nothing arrives. */
  paintFreshness() {
    this.#look();
    this.#catchUp();
    for (const row of this.#inView) this.#paintAge(row);
  }

  /** @param {{ market: Market, symbol: string } | null} pair that is chosen */
  markChosen(pair) {
    const chosen = pair ? all(this.#root, rowOf(pair.market, pair.symbol)) : [];
    const marked = all(this.#root, `${ROW}[aria-current]`);
    for (const row of marked) if (!chosen.includes(row)) row.removeAttribute("aria-current");
    for (const row of chosen) if (!marked.includes(row)) row.setAttribute("aria-current", "true");
  }

  close() {
    this.#aborter.abort();
    this.#tables.clear();
    this.#inView.clear();
    this.#behind.clear();
  }

  /**
   * Looks not in each frame: what is written between two has the browser paint a layer anew.
   *
   * @param {Event} event
   */
  #scrolled({ target }) {
    markScrolled(target);
    showAtOnce();
    for (const table of this.#tables.keys()) layOutAhead(table);
    const ways = [...this.#tables].map(([table, top]) => Math.abs(topOf(table) - top));
    const furthest = Math.max(...ways);
    if (furthest < SIGHT_LASTS_PX) return;
    this.#look();
    // After a jump the rows in view are not laid out yet: to write them all costs little more.
    if (furthest > innerHeight) this.#paintBehind(this.#behind.size);
    else this.#catchUp();
  }

  /** Tables that hold rows now. */
  get #found() {
    const tables = /** @type {HTMLTableElement[]} */ (all(this.#root, TABLES));
    return new Map(tables.map((table) => [table, Number.NaN]));
  }

  /** Finds the rows that are in view now; those that have come into it are behind. */
  #look() {
    const before = this.#inView;
    this.#inView = new Set();
    for (const table of this.#tables.keys()) {
      this.#tables.set(table, topOf(table));
      for (const element of rowsInSight(table)) {
        this.#inView.add(this.#rowOf(element));
      }
    }
    const come = [...this.#inView].filter((row) => !before.has(row));
    this.#behind = new Set([...come, ...this.#behind].filter((row) => this.#inView.has(row)));
  }

  /** @param {HTMLElement} element */
  #rowOf(element) {
    const row = this.#rows.get(element) ?? new Row(element);
    this.#rows.set(element, row);
    return row;
  }

  /** Paints what is behind: at once, or while something scrolls a few rows in each frame. */
  #catchUp() {
    if (this.#isPainting) return;
    this.#paintBehind(isScrolling() ? ROWS_A_SCROLLED_FRAME : this.#behind.size);
    this.#isPainting = this.#behind.size > 0;
    if (this.#isPainting) requestAnimationFrame(this.#goOn);
  }

  /** @param {number} most of the rows */
  #paintBehind(most) {
    for (const row of [...this.#behind].slice(0, most)) {
      this.#behind.delete(row);
      this.#paint(row);
    }
  }

  #goOn = () => {
    this.#isPainting = false;
    this.#catchUp();
  };

  /** @param {Row} row */
  #paint(row) {
    const ticker = this.#prices.get(row.market, row.symbol);
    if (ticker) row.paint(ticker, this.#columns);
    this.#paintAge(row);
  }

  /** @param {Row} row */
  #paintAge(row) {
    row.setFreshness(this.#prices.freshness(row.market, row.symbol), this.#line);
  }
}

/** One `<tr>`; its cells are looked up when first written. */
class Row {
  #element;
  #tickSize;
  /** @type {Record<string, HTMLElement> | null} */
  #cells = null;
  /** @type {string | null} the price last painted */
  #last = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    this.market = /** @type {Market} */ (element.dataset.market);
    this.symbol = element.dataset.symbol ?? "";
    this.#tickSize = element.dataset.tickSize;
  }

  /**
   * @param {Ticker} ticker
   * @param {Set<string>} columns that are shown
   */
  paint(ticker, columns) {
    this.#cells ??= fields(this.#element);
    setData(this.#element, "warmed", null);
    const tickSize = this.#tickSize || impliedTick(ticker);
    this.#paintPrice(ticker.last, tickSize);
    const { text, trend } = changeFigure(ticker.open, ticker.last);
    setText(this.#cells.change, text);
    setData(this.#cells.change, "trend", trend);
    for (const [column, textOf] of TEXTS) {
      if (columns.has(column)) setText(this.#cells[column], textOf(ticker, tickSize));
    }
    if (columns.has("range")) this.#paintRange(ticker);
  }

  /**
   * What was live and is no longer is grey; what has only its value of the list is dim from the
   * page's first live value on. The row itself tells which: if its style hung on an attribute of
   * the page's root, a change of the line would have the browser style all rows anew.
   *
   * @param {string} freshness
   * @param {Line} line
   */
  setFreshness(freshness, { isBroken, wasLive }) {
    const isWarmed = "warmed" in this.#element.dataset;
    const isGrey = freshness === "stale" && (isBroken || (wasLive && !isWarmed));
    setData(this.#element, "freshness", freshness);
    setData(this.#element, "faded", isGrey ? "grey" : wasLive && isWarmed ? "dim" : null);
  }

  /**
   * @param {string} last
   * @param {string} tickSize
   */
  #paintPrice(last, tickSize) {
    const price = this.#cells?.price;
    if (!price || last === this.#last) return;
    setText(price, stepText(last, tickSize));
    if (this.#last !== null) flash(price, compare(last, this.#last) > 0 ? "up" : "down");
    this.#last = last;
  }

  /** @param {Ticker} ticker */
  #paintRange(ticker) {
    const { text, mark } = rangeFigure(ticker);
    setText(this.#cells?.range, text);
    setData(this.#cells?.range, "at", mark);
  }
}

/**
 * @param {Market} market
 * @param {string} [symbol]
 */
function rowOf(market, symbol) {
  const ofMarket = `${ROW}[data-market="${market}"]`;
  return symbol === undefined ? ofMarket : `${ofMarket}[data-symbol="${CSS.escape(symbol)}"]`;
}

/** @param {Element} table */
function topOf(table) {
  return table.getBoundingClientRect().top;
}

/** @param {Ticker} ticker */
function impliedTick({ last, open, high, low }) {
  return impliedStep([last, open, high, low]);
}
