/** @import { Ticker } from "../streams/payloads.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { PriceBook, PriceRow } from "../state/prices.js" */
import { compare } from "../lib/decimal.js";
import { all, fields, setData, setText } from "./dom.js";
import { changeFigure, impliedStep, stepText, volumeText } from "./figures.js";
import { flash } from "./flash.js";

// Rows this near to the visible ones are kept up to date, so that scrolling finds them ready.
const NEAR = "240px";

/** Live values in the rows of the table and of the watchlist; only rows in view are written. */
export class RowsView {
  #root;
  #prices;
  /** @type {Map<Element, Row>} */
  #rows = new Map();
  /** @type {Set<Row>} */
  #inView = new Set();
  #observer;

  /**
   * @param {ParentNode} root
   * @param {PriceBook} prices
   */
  constructor(root, prices) {
    this.#root = root;
    this.#prices = prices;
    const margins = { rootMargin: NEAR, scrollMargin: NEAR };
    this.#observer = new IntersectionObserver((entries) => this.#moved(entries), margins);
    this.rebind();
  }

  /** Takes up the rows that a swap has brought, shows what is known of them, drops the old ones. */
  rebind() {
    for (const [element, row] of this.#rows) {
      if (!element.isConnected) this.#forget(element, row);
    }
    for (const element of all(this.#root, "[data-row]")) {
      if (this.#rows.has(element)) continue;
      const row = new Row(element);
      this.#rows.set(element, row);
      this.#paint(row);
      this.#observer.observe(element);
    }
  }

  /** @returns {Set<Market>} of which there are rows */
  get markets() {
    return new Set([...this.#rows.values()].map((row) => row.market));
  }

  /** @param {PriceRow[]} changed */
  paint(changed) {
    const isChanged = new Set(changed);
    for (const row of this.#inView) {
      const price = this.#prices.get(row.market, row.symbol);
      if (price && isChanged.has(price)) this.#paint(row);
    }
  }

  /** Values age although nothing arrives. */
  paintFreshness() {
    for (const row of this.#inView) row.setFreshness(this.#freshness(row));
  }

  /** @param {string} key of the chosen pair */
  markChosen(key) {
    for (const [element, row] of this.#rows) {
      if (row.key === key) element.setAttribute("aria-current", "true");
      else if (element.hasAttribute("aria-current")) element.removeAttribute("aria-current");
    }
  }

  close() {
    this.#observer.disconnect();
    this.#rows.clear();
    this.#inView.clear();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #moved(entries) {
    for (const { target, isIntersecting } of entries) {
      const row = this.#rows.get(target);
      if (!row) continue;
      if (!isIntersecting) this.#inView.delete(row);
      else {
        this.#inView.add(row);
        this.#paint(row);
      }
    }
  }

  /** @param {Row} row */
  #paint(row) {
    const ticker = this.#prices.get(row.market, row.symbol);
    if (ticker) row.paint(ticker);
    row.setFreshness(this.#freshness(row));
  }

  /** @param {Row} row */
  #freshness(row) {
    return this.#prices.freshness(row.market, row.symbol);
  }

  /**
   * @param {Element} element
   * @param {Row} row
   */
  #forget(element, row) {
    this.#observer.unobserve(element);
    this.#rows.delete(element);
    this.#inView.delete(row);
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
    this.key = `${this.market}:${this.symbol}`;
    this.#tickSize = element.dataset.tickSize;
  }

  /** @param {Ticker} ticker */
  paint({ last, open, high, low, quoteVolume }) {
    this.#cells ??= fields(this.#element);
    setData(this.#element, "warmed", null);
    const { price, change, volume, high: highCell, low: lowCell } = this.#cells;
    const tickSize = this.#tickSize || impliedStep([last, open, high, low]);
    if (price && last !== this.#last) {
      setText(price, stepText(last, tickSize));
      if (this.#last !== null) flash(price, compare(last, this.#last) > 0 ? "up" : "down");
      this.#last = last;
    }
    const { text, trend } = changeFigure(open, last);
    setText(change, text);
    setData(change, "trend", trend);
    setText(volume, volumeText(quoteVolume));
    setText(highCell, stepText(high, tickSize));
    setText(lowCell, stepText(low, tickSize));
  }

  /** @param {string} freshness */
  setFreshness(freshness) {
    setData(this.#element, "freshness", freshness);
  }
}
