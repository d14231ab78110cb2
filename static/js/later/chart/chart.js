/** @import { MarketFeed } from "../../streams/feed.js" */
/** @import { Interval } from "../../streams/routes.js" */
/** @import { Units } from "../../views/pair-panel.js" */
/** @import { Library } from "./drawing.js" */
import { decimalsOf } from "../../lib/decimal.js";
import { one, setData, setText } from "../../views/dom.js";
import { impliedStep, stepText } from "../../views/figures.js";
import { Frame } from "../../views/frame.js";
import { fill, words } from "../../words.js";
import { CandleHistory } from "./candle-history.js";
import { ChartDrawing } from "./drawing.js";
import { chartKeys } from "./keys.js";
import { Legend, summary } from "./legend.js";
import { LiveCandles } from "./live-candles.js";
import { Palette } from "./palette.js";
import { TimeAxis } from "./time-axis.js";

const LIBRARY = new URL("../../../vendor/lightweight-charts.js", import.meta.url).href;

/**
 * @typedef {object} Charted what the chart shows
 * @property {import("../../streams/feed.js").Pair} pair
 * @property {Units} units
 * @property {Interval} interval
 * @property {boolean} isIdle whether the pair is listed but does not trade
 */

/**
 * The chart while it is shown: candles that are kept up, drawn in the frames that the page paints in. The old
 * pair's stay, greyed, until those of the new one are there.
 */
export class Chart {
  #panel;
  #host;
  #note;
  #feed;
  #palette;
  #drawing;
  #legend;
  #frame = new Frame(() => this.#paint());
  #aborter = new AbortController();
  /** The candles; a check may look at them. */
  candles;
  /** @type {Charted | null} */
  #charted = null;
  /** @type {TimeAxis | null} */
  #axis = null;
  /** @type {number | null} when the candle that is pointed at begins */
  #pointedMs = null;
  #summed = "";

  /**
   * @param {HTMLElement} panel
   * @param {{ feed: MarketFeed, fetch: typeof globalThis.fetch, library: Library }} parts
   */
  constructor(panel, { feed, fetch, library }) {
    this.#panel = panel;
    this.#host = one(panel, "[data-chart-host]");
    this.#note = one(panel, "[data-chart-note]");
    this.#feed = feed;
    this.#legend = new Legend(panel);
    this.#palette = new Palette(panel, () => this.#drawing.recolour(this.#palette.colours));
    this.#drawing = new ChartDrawing(this.#host, library, this.#palette.colours, {
      pointed: (openMs) => this.#pointAt(openMs),
      moved: () => this.#frame.requestNext(),
    });
    this.candles = new LiveCandles({ history: new CandleHistory(fetch) });
    this.candles.follow(feed);
    this.candles.addEventListener("change", () => this.#frame.request());
    const options = { signal: this.#aborter.signal };
    document.addEventListener("visibilitychange", () => this.#followVisibility(), options);
    const keys = chartKeys(this.#drawing);
    one(panel, "[data-chart-keys]").addEventListener("keydown", keys, options);
    this.#followVisibility();
  }

  /**
   * Loads the library and makes a chart.
   *
   * @param {HTMLElement} panel
   * @param {{ feed: MarketFeed, fetch: typeof globalThis.fetch }} parts
   */
  static async open(panel, parts) {
    return new Chart(panel, { ...parts, library: await import(LIBRARY) });
  }

  /** @param {Charted | null} charted null when the page shows no pair */
  choose(charted) {
    this.#charted = charted;
    this.#axis = charted && new TimeAxis(charted.interval, Date.now());
    this.#feed.showCandles(charted?.interval ?? null);
    this.candles.choose(charted && { ...charted.pair, interval: charted.interval });
    this.#pointedMs = null;
    this.#frame.requestNext();
  }

  close() {
    this.#feed.showCandles(null);
    this.#aborter.abort();
    this.#frame.close();
    this.candles.close();
    this.#drawing.close();
    this.#palette.close();
  }

  #followVisibility() {
    if (document.hidden) this.candles.pause();
    else this.candles.resume();
  }

  /** @param {number | null} openMs */
  #pointAt(openMs) {
    if (openMs === this.#pointedMs) return;
    this.#pointedMs = openMs;
    this.#frame.requestNext();
  }

  #paint() {
    const { state, isLive } = this.candles;
    setData(this.#panel, "freshness", isLive ? "live" : "stale");
    const text = this.#noteText();
    setText(this.#note, text);
    this.#note.hidden = text === "";
    setData(this.#note, "state", state);
    // What is drawn stays until there is something else to draw.
    if (state !== "loading") this.#draw();
  }

  #draw() {
    if (this.#charted === null || this.#axis === null) return;
    const { units, pair, interval } = this.#charted;
    const { rows, redrawn } = this.candles;
    const tickSize = units.tickSize || impliedStep(rows.slice(-20).map(({ close }) => close));
    const key = `${pair.market}:${pair.symbol}:${tickSize}:${interval}`;
    const priceText = (/** @type {number} */ price) => this.#priceText(price, tickSize);
    const axis = this.#axis;
    this.#drawing.draw({ key, rows, redrawn, axis, tickSize, priceText });
    const pointed = rows.findLast(({ openMs }) => openMs === this.#pointedMs);
    this.#legend.paint(pointed ?? rows.at(-1), tickSize, axis);
    this.#describe(tickSize);
  }

  /**
   * A place on the price axis in the pair's own decimals; the last price as it was told.
   *
   * @param {number} price
   * @param {string} tickSize
   */
  #priceText(price, tickSize) {
    const last = this.candles.rows.at(-1)?.close;
    if (last !== undefined && price === Number(last)) return stepText(last, tickSize);
    return stepText(price.toFixed(decimalsOf(tickSize)), tickSize);
  }

  /**
   * Says what is in sight: anew when other candles are, and not with each trade.
   *
   * @param {string} tickSize
   */
  #describe(tickSize) {
    if (this.#charted === null || this.#axis === null) return;
    const { units, interval } = this.#charted;
    const { from, to } = this.#drawing.visible ?? { from: 0, to: -1 };
    const candles = this.candles.rows.slice(from, to + 1);
    const about = `${units.key} ${interval} ${candles[0]?.openMs} ${candles.at(-1)?.openMs}`;
    if (about === this.#summed) return;
    this.#summed = about;
    const name = words.chart.intervals[interval];
    this.#host.ariaLabel = summary(candles, { units, tickSize, interval: name, axis: this.#axis });
  }

  #noteText() {
    if (this.#charted === null) return words.chart.no_pair;
    const { units, isIdle } = this.#charted;
    const pair = `${units.base}/${units.quote}`;
    const { state, hasGap, rows } = this.candles;
    const since = rows[0] ? (this.#axis?.momentText(rows[0].openMs) ?? "") : "";
    switch (state) {
      case "loading":
        return fill(words.chart.loading, { pair });
      case "unavailable":
        return fill(words.chart.unavailable, { pair });
      case "away":
        return fill(since ? words.chart.away_since : words.chart.away, { pair, since });
      case "empty":
        return fill(words.chart.empty, { pair });
      default:
        if (hasGap) return words.chart.gap;
        return isIdle ? fill(words.chart.idle, { pair }) : "";
    }
  }
}
