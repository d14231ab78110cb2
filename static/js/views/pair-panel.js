/** @import { Best, Ticker, Trade } from "../streams/payloads.js" */
/** @import { Market } from "../streams/routes.js" */
import { compare } from "../lib/decimal.js";
import { isolated } from "../lib/isolate.js";
import { all, fields, setData, setText } from "./dom.js";
import { changeFigure, stepText, volumeText } from "./figures.js";
import { flash } from "./flash.js";

/**
 * @typedef {object} Units how a pair's figures are written
 * @property {string} key such as "spot:BTCUSDT"
 * @property {string} tickSize "" when it is not known
 * @property {string} stepSize "" when it is not known
 * @property {string} base
 * @property {string} quote
 */

/** The chosen pair's head: price, the day's figures, best bid and ask. */
export class PairPanel {
  #panel;
  #cells;
  #range;
  /** @type {string | null} the price last painted */
  #last = null;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#cells = fields(panel);
    this.#range = all(panel, "[data-day-range]")[0];
    this.market = /** @type {Market} */ (panel.dataset.market);
    this.symbol = panel.dataset.symbol ?? "";
    this.units = unitsOf(panel);
  }

  /** A pair that the list does not hold has a panel with words in it and no figures. */
  get pair() {
    const isKnown = this.symbol !== "" && this.#panel.dataset.unknown === undefined;
    return isKnown ? { market: this.market, symbol: this.symbol } : null;
  }

  /**
   * @param {Ticker | undefined} ticker
   * @param {Best | null} best
   * @param {Trade | null} trade
   */
  paint(ticker, best, trade) {
    const isTradeNewer = trade && trade.timeMs >= (ticker?.eventTimeMs ?? 0);
    const last = isTradeNewer ? trade.price : ticker?.last;
    if (last !== undefined) this.#paintPrice(last);
    if (ticker && last !== undefined) this.#paintDay(ticker, last);
    if (best) {
      setText(this.#cells.bid, stepText(best.bid, this.units.tickSize));
      setText(this.#cells.ask, stepText(best.ask, this.units.tickSize));
    }
  }

  /** What the window's title says: the price first, since a tab is narrow. */
  get title() {
    return `${this.#cells.price?.textContent} ${isolated(this.symbol)} · Marketdeck`;
  }

  /**
   * @param {string} price freshness of the price and the day's figures
   * @param {string} best of bid and ask
   */
  setFreshness(price, best) {
    setData(this.#panel, "freshness", price);
    setData(this.#cells.bid, "freshness", best);
    setData(this.#cells.ask, "freshness", best);
  }

  /** @param {string} last */
  #paintPrice(last) {
    const { price } = this.#cells;
    if (!price || last === this.#last) return;
    setText(price, stepText(last, this.units.tickSize));
    if (this.#last !== null) flash(price, compare(last, this.#last) > 0 ? "up" : "down");
    this.#last = last;
  }

  /**
   * @param {Ticker} ticker
   * @param {string} last
   */
  #paintDay({ open, high, low, quoteVolume }, last) {
    const { text, trend } = changeFigure(open, last);
    setText(this.#cells.change, text);
    setData(this.#cells.change, "trend", trend);
    setText(this.#cells.high, stepText(high, this.units.tickSize));
    setText(this.#cells.low, stepText(low, this.units.tickSize));
    setText(this.#cells.volume, volumeText(quoteVolume));
    // The mark's place is a picture and no figure: here floats will do.
    const span = Number(high) - Number(low);
    const at = span > 0 ? Math.min(1, Math.max(0, (Number(last) - Number(low)) / span)) : 0.5;
    this.#range?.style.setProperty("--at", at.toFixed(3));
    setData(this.#range, "known", "");
  }
}

/**
 * @param {HTMLElement} panel
 * @returns {Units}
 */
function unitsOf({ dataset }) {
  const { market = "", symbol = "", tickSize = "", stepSize = "", base = "", quote = "" } = dataset;
  return { key: `${market}:${symbol}`, tickSize, stepSize, base, quote };
}
