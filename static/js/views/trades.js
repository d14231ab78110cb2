/** @import { Trade } from "../streams/payloads.js" */
import { all, fields, one, setData, setText } from "./dom.js";
import { stepText, timeText, UNKNOWN } from "./figures.js";

/**
 * The last trades, newest first. The rows stay where they are and the trades move through them:
 * moving the rows would lay the panel out anew at every trade.
 */
export class TradesView {
  #panel;
  #rows;
  /** @type {Trade | null} the newest that is painted */
  #newest = null;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#rows = all(panel, "[data-trade]").map((row) => ({ row, cells: fields(row) }));
  }

  clear() {
    this.#newest = null;
    this.#write([], { tickSize: "", stepSize: "" });
  }

  /**
   * @param {Trade[]} trades newest first
   * @param {{ tickSize: string, stepSize: string }} steps
   */
  paint(trades, steps) {
    const newest = trades[0] ?? null;
    if (newest === this.#newest) return;
    this.#newest = newest;
    this.#write(trades, steps);
  }

  /** @param {string} freshness */
  setFreshness(freshness) {
    setData(this.#panel, "freshness", freshness);
  }

  /**
   * @param {Trade[]} trades
   * @param {{ tickSize: string, stepSize: string }} steps
   */
  #write(trades, { tickSize, stepSize }) {
    one(this.#panel, "[data-trades-note]").hidden = trades.length > 0;
    for (const [index, { row, cells }] of this.#rows.entries()) {
      const trade = trades[index];
      setText(cells.price, trade ? stepText(trade.price, tickSize) : UNKNOWN);
      setText(cells.quantity, trade ? stepText(trade.quantity, stepSize) : UNKNOWN);
      setText(cells.time, trade ? timeText(trade.timeMs) : UNKNOWN);
      setData(row, "empty", trade ? null : "");
      setData(row, "taker", trade ? taker(trade) : null);
    }
  }
}

/**
 * Who came and took: when the buyer was the maker, it was a seller.
 *
 * @param {Trade} trade
 */
function taker({ buyerIsMaker }) {
  return buyerIsMaker ? "sell" : "buy";
}
