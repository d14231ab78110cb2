/** @import { Candle } from "../../streams/payloads.js" */
/** @import { Colours } from "./palette.js" */
/** @import { TimeAxis } from "./time-axis.js" */
/** @import { IChartApi, TickMarkType, Time } from "lightweight-charts" */

/** @typedef {typeof import("lightweight-charts")} Library */

const RIGHT_OFFSET = 4;
const BAR_SPACING = 7;
const BARS_MIN = 10;
// What is drawn is no figure. The library refuses numbers as large as some volumes are.
const VOLUME_SCALE = 1e-6;

/**
 * @typedef {object} Picture what is to be drawn
 * @property {string} key of the pair and interval; another key is another picture
 * @property {Candle[]} rows
 * @property {number} redrawn as of `Candles`
 * @property {TimeAxis} axis
 * @property {string} tickSize
 * @property {(price: number) => string} priceText
 */

/** Candles and volume on a canvas. Candles that rose are hollow, and those that fell are filled. */
export class ChartDrawing {
  /** @type {IChartApi} */
  #chart;
  #candles;
  #volume;
  /** @type {Colours} */
  #colours;
  /** @type {Picture | null} as last drawn */
  #drawn = null;
  #count = 0;
  #firstMs = 0;
  /** @type {string | null} */
  #lastColour = null;

  /**
   * @param {HTMLElement} host
   * @param {Library} library
   * @param {Colours} colours
   * @param {{ pointed: (openMs: number | null) => void, moved: () => void }} on
   */
  constructor(host, library, colours, on) {
    this.#colours = colours;
    this.#chart = library.createChart(host, {
      autoSize: true,
      handleScroll: { vertTouchDrag: false }, // the page's own
      // The library's own logo brings a style element, which our Content-Security-Policy forbids:
      // the panel has a link in words instead.
      layout: { attributionLogo: false },
      rightPriceScale: { scaleMargins: { top: 0.06, bottom: 0.24 }, entireTextOnly: true },
      timeScale: { rightOffset: RIGHT_OFFSET, barSpacing: BAR_SPACING, timeVisible: true },
    });
    this.#volume = this.#chart.addSeries(library.HistogramSeries, {
      priceScaleId: "",
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.#candles = this.#chart.addSeries(library.CandlestickSeries, { borderVisible: true });
    this.recolour(colours);
    this.#chart.subscribeCrosshairMove(({ time }) => {
      const axis = this.#drawn?.axis;
      on.pointed(axis && time !== undefined ? axis.timeAt(Number(time)) : null);
    });
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange(on.moved);
  }

  /** @param {Colours} colours */
  recolour(colours) {
    this.#colours = colours;
    const { ground, text, line, grid, up, down, cross, font } = colours;
    this.#chart.applyOptions({
      layout: { background: { color: ground }, textColor: text, fontFamily: font, fontSize: 11 },
      grid: { vertLines: { color: grid }, horzLines: { color: grid } },
      crosshair: {
        vertLine: { color: cross, labelBackgroundColor: cross },
        horzLine: { color: cross, labelBackgroundColor: cross },
      },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line },
    });
    this.#candles.applyOptions({
      upColor: ground,
      downColor: down,
      borderUpColor: up,
      borderDownColor: down,
      wickUpColor: up,
      wickDownColor: down,
    });
    if (!this.#drawn) return;
    this.#drawAll(this.#drawn);
    this.#colourLast(this.#drawn);
  }

  /** @param {Picture} picture */
  draw(picture) {
    if (picture.rows.length === 0) return this.#clear();
    const before = this.#drawn;
    this.#drawn = picture;
    if (before?.key !== picture.key) this.#begin(before, picture);
    else if (this.#isContinuedBy(picture, before.redrawn)) this.#drawNew(picture);
    else this.#drawAll(picture);
    this.#colourLast(picture);
  }

  /**
   * Which candles are in sight.
   *
   * @returns {{ from: number, to: number } | null} places among the rows
   */
  get visible() {
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range === null || this.#count === 0) return null;
    const within = (/** @type {number} */ place) => Math.min(this.#count - 1, Math.max(0, place));
    return { from: within(Math.ceil(range.from)), to: within(Math.floor(range.to)) };
  }

  /** @param {number} share of what is in sight; above 0 to newer candles */
  pan(share) {
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const by = Math.round((range.to - range.from) * share) || Math.sign(share);
    this.#show(range.from + by, range.to + by);
  }

  /** @param {number} factor below 1 to come nearer; the newest in sight stays where it is */
  zoom(factor) {
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const bars = Math.max(BARS_MIN, (range.to - range.from) * factor);
    this.#show(range.to - bars, range.to);
  }

  toNewest() {
    this.#chart.timeScale().scrollToPosition(RIGHT_OFFSET, false);
  }

  toOldest() {
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range !== null) this.#show(0, range.to - range.from);
  }

  close() {
    this.#chart.remove();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #show(from, to) {
    // There is nothing before the oldest candle, and nothing but some room after the newest.
    const shift = from < 0 ? -from : Math.min(0, this.#count - 1 - from);
    this.#chart.timeScale().setVisibleLogicalRange({ from: from + shift, to: to + shift });
  }

  /** The library is not asked to move about among no candles. */
  #clear() {
    if (this.#count === 0) return;
    this.#candles.setData([]);
    this.#volume.setData([]);
    this.#drawn = null;
    this.#count = 0;
  }

  /**
   * Another picture takes the place of the last: as near, and as far back where the candles are as
   * long.
   *
   * @param {Picture | null} before
   * @param {Picture} picture
   */
  #begin(before, picture) {
    const { axis, tickSize, priceText } = picture;
    const timeScale = this.#chart.timeScale();
    const position = timeScale.scrollPosition();
    this.#chart.applyOptions({
      localization: {
        timeFormatter: (/** @type {Time} */ at) => axis.momentText(axis.timeAt(Number(at))),
      },
      timeScale: {
        tickMarkFormatter: (/** @type {Time} */ at, /** @type {TickMarkType} */ kind) =>
          axis.markText(Number(at), kind),
      },
    });
    this.#candles.applyOptions({
      priceFormat: { type: "custom", minMove: Number(tickSize), formatter: priceText },
    });
    this.#drawAll(picture);
    const isAlike = before !== null && intervalOf(before) === intervalOf(picture);
    timeScale.scrollToPosition(isAlike ? position : RIGHT_OFFSET, false);
    this.#chart.priceScale("right").applyOptions({ autoScale: true });
  }

  /** @param {Picture} picture */
  #drawAll({ rows, axis }) {
    this.#candles.setData(rows.map((row) => bodyOf(row, axis)));
    this.#volume.setData(rows.map((row) => this.#barOf(row, axis)));
    this.#count = rows.length;
    this.#firstMs = rows[0]?.openMs ?? 0;
  }

  /**
   * Whether only the last of the drawn candles has changed, and others have followed it.
   *
   * @param {Picture} picture
   * @param {number} redrawn of what is drawn
   */
  #isContinuedBy({ redrawn: newest, rows }, redrawn) {
    const isSameStart = rows[0]?.openMs === this.#firstMs && rows.length >= this.#count;
    return this.#count > 0 && isSameStart && newest === redrawn;
  }

  /**
   * The line and label of the last price have the colour of the last candle; its own, which is the
   * ground's where it is hollow, would not be seen.
   *
   * @param {Picture} picture
   */
  #colourLast({ rows }) {
    const last = rows.at(-1);
    const { up, down } = this.#colours;
    const colour = last && hasFallen(last) ? down : up;
    if (colour === this.#lastColour) return;
    this.#lastColour = colour;
    this.#candles.applyOptions({ priceLineColor: colour });
  }

  /** @param {Picture} picture */
  #drawNew({ rows, axis }) {
    for (const row of rows.slice(Math.max(0, this.#count - 1))) {
      this.#candles.update(bodyOf(row, axis));
      this.#volume.update(this.#barOf(row, axis));
    }
    this.#count = rows.length;
  }

  /**
   * @param {Candle} row
   * @param {TimeAxis} axis
   */
  #barOf(row, axis) {
    return {
      time: placeOf(row, axis),
      value: Number(row.volume) * VOLUME_SCALE,
      color: hasFallen(row) ? this.#colours.downSoft : this.#colours.upSoft,
    };
  }
}

/**
 * @param {Candle} row
 * @param {TimeAxis} axis
 */
function bodyOf(row, axis) {
  return {
    time: placeOf(row, axis),
    open: Number(row.open),
    high: Number(row.high),
    low: Number(row.low),
    close: Number(row.close),
  };
}

/**
 * @param {Candle} row
 * @param {TimeAxis} axis
 */
function placeOf(row, axis) {
  return /** @type {import("lightweight-charts").UTCTimestamp} */ (axis.place(row.openMs));
}

/** @param {Candle} row */
function hasFallen({ open, close }) {
  return Number(close) < Number(open);
}

/** @param {Picture} picture */
function intervalOf({ key }) {
  return key.slice(key.lastIndexOf(":"));
}
