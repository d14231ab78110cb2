/** @import { Candidate } from "./candidates.js" */
/** @import { LastKnown } from "../../state/last-known.js" */
/** @import { Freshness, PriceBook, PriceRow } from "../../state/prices.js" */
/** @import { Market } from "../../streams/routes.js" */
import { all, fields } from "../../views/dom.js";
import { changeFigure, impliedStep, stepText, UNKNOWN } from "../../views/figures.js";

/**
 * @typedef {object} Figures of a pair, as they are written
 * @property {string} price
 * @property {string} change
 * @property {string} trend
 */

/** @type {Figures} */
const NO_FIGURES = { price: UNKNOWN, change: UNKNOWN, trend: "flat" };

/**
 * Price and change of any pair of either market: as the stream has them, else as the server wrote
 * them into the page, else as this browser saw them last.
 */
export class PickerFigures {
  #prices;
  #lastKnown;
  #tickSize;
  /** @type {Map<string, Figures>} by key, as the server wrote them */
  #written = new Map();
  /** @type {Map<string, Figures & { last: string, open: string }>} the last that were made */
  #made = new Map();

  /**
   * @param {object} sources
   * @param {PriceBook} sources.prices
   * @param {LastKnown} sources.lastKnown
   * @param {(key: string) => string} sources.tickSize "" when it is not known
   */
  constructor({ prices, lastKnown, tickSize }) {
    this.#prices = prices;
    this.#lastKnown = lastKnown;
    this.#tickSize = tickSize;
  }

  /**
   * Learns what the server's rows on the page tell of pairs that have not ticked.
   *
   * @param {ParentNode} root
   */
  learn(root) {
    for (const row of all(root, "[data-row][data-warmed]")) {
      const { market = "", symbol = "" } = row.dataset;
      if (this.#prices.get(/** @type {Market} */ (market), symbol)) continue;
      const { price, change } = fields(row);
      this.#written.set(`${market}:${symbol}`, {
        price: price?.textContent ?? UNKNOWN,
        change: change?.textContent ?? UNKNOWN,
        trend: change?.dataset.trend ?? "flat",
      });
    }
  }

  /**
   * @param {Candidate} candidate
   * @returns {Figures & { freshness: Freshness, isWarmed: boolean }} warmed: not of a stream
   */
  of({ market, symbol, key }) {
    const freshness = this.#prices.freshness(market, symbol);
    const row = this.#prices.get(market, symbol);
    if (row) return { ...this.#figures(key, row), freshness, isWarmed: false };
    const written = this.#written.get(key);
    if (written) return { ...written, freshness, isWarmed: true };
    const earlier = this.#lastKnown.earlier(key);
    const figures = earlier ? this.#figures(key, earlier) : NO_FIGURES;
    return { ...figures, freshness: "stale", isWarmed: false };
  }

  /**
   * @param {string} key
   * @param {PriceRow} row
   * @returns {Figures}
   */
  #figures(key, { last, open, high, low }) {
    const known = this.#made.get(key);
    if (known?.last === last && known.open === open) return known;
    const tickSize = this.#tickSize(key) || impliedStep([last, open, high, low]);
    const { text: change, trend } = changeFigure(open, last);
    const made = { price: stepText(last, tickSize), change, trend, last, open };
    this.#made.set(key, made);
    return made;
  }
}
