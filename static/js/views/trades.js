/** @import { Trade } from "../streams/payloads.js" */
import { all, fields, setData, setText } from "./dom.js";
import { stepText, timeText, UNKNOWN } from "./figures.js";

/**
 * The last trades, newest first. The rows stay where they are and the trades move through them:
 * moving the rows would lay the panel out anew at every trade.
 */
export class TradesView {
  #panel;
  #rows;
  /** @type {Trade[]} newest first */
  #trades = [];
  #isPainted = true;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#rows = all(panel, "[data-trade]").map((row) => ({ row, cells: fields(row) }));
  }

  /** @param {Trade} trade */
  add(trade) {
    this.#trades.unshift(trade);
    this.#trades.length = Math.min(this.#trades.length, this.#rows.length);
    this.#isPainted = false;
  }

  clear() {
    this.#trades = [];
    this.#isPainted = false;
    this.paint({ tickSize: "", stepSize: "" });
  }

  /** @param {{ tickSize: string, stepSize: string }} steps */
  paint({ tickSize, stepSize }) {
    if (this.#isPainted) return;
    this.#isPainted = true;
    for (const [index, { row, cells }] of this.#rows.entries()) {
      const trade = this.#trades[index];
      setText(cells.price, trade ? stepText(trade.price, tickSize) : UNKNOWN);
      setText(cells.quantity, trade ? stepText(trade.quantity, stepSize) : UNKNOWN);
      setText(cells.time, trade ? timeText(trade.timeMs) : UNKNOWN);
      setData(row, "empty", trade ? null : "");
      setData(row, "taker", trade ? taker(trade) : null);
    }
  }

  /** @param {string} freshness */
  setFreshness(freshness) {
    setData(this.#panel, "freshness", freshness);
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
