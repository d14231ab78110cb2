/** @import { Candle } from "../../streams/payloads.js" */
/** @import { Units } from "../../views/pair-panel.js" */
/** @import { TimeAxis } from "./time-axis.js" */
import { compare } from "../../lib/decimal.js";
import { fields, setData, setText } from "../../views/dom.js";
import { changeFigure, stepText, UNKNOWN, volumeText } from "../../views/figures.js";
import { fill, words } from "../../words.js";

/** One candle in words and exact figures: the one that is pointed at, else the last. */
export class Legend {
  #cells;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#cells = fields(panel);
  }

  /**
   * @param {Candle | undefined} candle
   * @param {string} tickSize
   * @param {TimeAxis} axis
   */
  paint(candle, tickSize, axis) {
    const { time, change, volume } = this.#cells;
    for (const name of /** @type {const} */ (["open", "high", "low", "close"])) {
      setText(this.#cells[name], candle ? stepText(candle[name], tickSize) : UNKNOWN);
    }
    const { text, trend } = candle
      ? changeFigure(candle.open, candle.close)
      : { text: UNKNOWN, trend: "flat" };
    setText(change, text);
    setData(change, "trend", trend);
    setText(volume, candle ? volumeText(candle.volume) : UNKNOWN);
    setText(time, candle ? axis.momentText(candle.openMs) : UNKNOWN);
  }
}

/**
 * What is in sight, for those who do not see it.
 *
 * @param {Candle[]} candles in sight, oldest first
 * @param {object} about
 * @param {Units} about.units
 * @param {string} about.tickSize
 * @param {string} about.interval in words
 * @param {TimeAxis} about.axis
 */
export function summary(candles, { units, tickSize, interval, axis }) {
  const [first] = candles;
  const last = candles.at(-1);
  const pair = `${units.base}/${units.quote}`;
  if (!first || !last) return fill(words.chart.nothing_to_see, { pair });
  const text = (/** @type {string} */ price) => stepText(price, tickSize);
  return fill(words.chart.summary, {
    pair,
    interval,
    from: axis.momentText(first.openMs),
    to: axis.momentText(last.openMs),
    open: text(first.open),
    high: text(
      candles.reduce((top, { high }) => (compare(high, top) > 0 ? high : top), first.high),
    ),
    low: text(candles.reduce((low, row) => (compare(row.low, low) < 0 ? row.low : low), first.low)),
    close: text(last.close),
    change: changeFigure(first.open, last.close).text,
  });
}
