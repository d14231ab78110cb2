/** @import { Trade } from "../streams/payloads.js" */
import { all, fields, one, setData, setHidden, setText } from "./dom.js";
import { stepText, timeText, UNKNOWN } from "./figures.js";

/**
 * @typedef {object} TapeRow
 * @property {HTMLElement} element
 * @property {Record<string, HTMLElement>} cells
 * @property {Trade | null} [trade] as it was written; null where there is none
 */

/**
 * The last trades, newest first. A row goes with its trade, down to the last place, from where it
 * comes back with a new one: only what has come is written and laid out.
 */
export class TradesView {
  #note;
  /** @type {TapeRow[]} */
  #rows;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    this.#note = one(panel, "[data-trades-note]");
    this.#rows = all(panel, "[data-trade]").map((element) => ({ element, cells: fields(element) }));
  }

  clear() {
    this.paint([], { tickSize: "", stepSize: "" });
  }

  /**
   * @param {Trade[]} trades newest first
   * @param {{ tickSize: string, stepSize: string }} steps
   */
  paint(trades, steps) {
    this.#makeRoom(trades);
    for (const [place, row] of this.#rows.entries()) {
      const trade = trades[place] ?? null;
      if (trade === row.trade) continue;
      row.trade = trade;
      write(row, steps);
    }
    setHidden(this.#note, trades.length > 0);
  }

  /** @param {string} freshness */
  setFreshness(freshness) {
    setData(this.panel, "freshness", freshness);
  }

  /**
   * Takes the last rows to the front, as many as trades have come before the newest that is shown.
   *
   * @param {Trade[]} trades newest first
   */
  #makeRoom(trades) {
    const newest = this.#rows[0];
    const come = newest?.trade ? trades.indexOf(newest.trade) : 0;
    if (!newest || come <= 0 || come >= this.#rows.length) return;
    const last = this.#rows.splice(-come);
    newest.element.before(...last.map(({ element }) => element));
    this.#rows.unshift(...last);
  }
}

/**
 * @param {TapeRow} row
 * @param {{ tickSize: string, stepSize: string }} steps
 */
function write({ element, cells, trade = null }, { tickSize, stepSize }) {
  setText(cells.price, trade ? stepText(trade.price, tickSize) : UNKNOWN);
  setText(cells.quantity, trade ? stepText(trade.quantity, stepSize) : UNKNOWN);
  setText(cells.time, trade ? timeText(trade.timeMs) : UNKNOWN);
  setData(element, "empty", trade ? null : "");
  setData(element, "taker", trade ? taker(trade) : null);
}

/**
 * Who came and took: when the buyer was the maker, it was a seller.
 *
 * @param {Trade} trade
 */
function taker({ buyerIsMaker }) {
  return buyerIsMaker ? "sell" : "buy";
}
