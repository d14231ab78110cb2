/** @import { MarketFeed } from "../streams/feed.js" */
/** @import { Interval } from "../streams/routes.js" */
/** @import { Pair } from "../streams/feed.js" */
/** @import { Chart } from "../later/chart/chart.js" */
/** @import { Units } from "./pair-panel.js" */
import { readCookie, writeCookie } from "../lib/cookies.js";
import { words } from "../words.js";
import { all, one, setAria, setData, setText } from "./dom.js";

const LOAD_AGAIN_MS = 10_000;
const COOKIE = "chart";
const LOOK = /^(shown|hidden)?\.(\w+)/;
// From here on there is room for a chart beside everything else; chart.css says the same.
const WIDE = "(min-width: 1160px)";

/**
 * The chart's panel: its head, which is always there, and the chart itself, which is loaded when it
 * is shown and taken down when it is hidden. The server reads the cookie, so that nothing moves
 * when the page starts.
 */
export class ChartPanel {
  #root;
  #parts;
  #panel;
  #wide = matchMedia(WIDE);
  /** @type {Chart | null} */
  #chart = null;
  #isLoading = false;
  #mayLoad = false;
  /** @type {Pair | null} */
  #pair = null;
  /** @type {Units | null} */
  #units = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #aborter = new AbortController();

  /**
   * @param {ParentNode} root
   * @param {{ feed: MarketFeed, fetch: typeof globalThis.fetch }} parts
   */
  constructor(root, parts) {
    this.#root = root;
    this.#parts = parts;
    this.#panel = one(root, "#chart");
    this.#remember();
    const options = { signal: this.#aborter.signal };
    this.#toggle.addEventListener("click", () => this.#show(!this.isShown), options);
    this.#panel.addEventListener("change", () => this.#chosen(), options);
    this.#wide.addEventListener("change", () => this.#follow(), options);
    this.#follow();
  }

  get isShown() {
    const { shown } = this.#panel.dataset;
    return shown === undefined ? this.#wide.matches : shown === "yes";
  }

  /** @returns {Interval} */
  get interval() {
    const checked = this.#panel.querySelector("[name=chart-interval]:checked");
    return /** @type {Interval} */ (
      /** @type {HTMLInputElement | null} */ (checked)?.value ?? "1h"
    );
  }

  /** The page's first prices are there, or will not come soon: now the chart may be loaded. */
  allow() {
    this.#mayLoad = true;
    this.#follow();
  }

  /**
   * Puts the panel back where a swap has brought a new one, and follows the chosen pair.
   *
   * @param {Pair | null} pair
   * @param {Units} units
   */
  rebind(pair, units) {
    const found = one(this.#root, "#chart");
    if (found !== this.#panel) found.replaceWith(this.#panel);
    this.#pair = pair;
    this.#units = units;
    setText(one(this.#panel, "[data-chart-pair]"), pair ? `${units.base}/${units.quote}` : "");
    this.#follow();
  }

  close() {
    this.#aborter.abort();
    clearTimeout(this.#timer);
    this.#chart?.close();
    this.#chart = null;
  }

  get #toggle() {
    return one(this.#panel, "[data-chart-toggle]");
  }

  /** The page that a browser keeps is nobody's own: the server has not read this one's cookie. */
  #remember() {
    const [, shown, interval] = LOOK.exec(readCookie(COOKIE)) ?? [];
    if (shown) setData(this.#panel, "shown", shown === "shown" ? "yes" : "no");
    for (const input of this.#inputs()) if (input.value === interval) input.checked = true;
  }

  /** @param {boolean} isShown */
  #show(isShown) {
    setData(this.#panel, "shown", isShown ? "yes" : "no");
    this.#chosen();
  }

  /** The person wants it otherwise. */
  #chosen() {
    const { shown } = this.#panel.dataset;
    const word = shown === undefined ? "" : shown === "yes" ? "shown" : "hidden";
    writeCookie(COOKIE, `${word}.${this.interval}`);
    this.#follow();
  }

  #follow() {
    setAria(this.#toggle, "ariaExpanded", String(this.isShown));
    if (!this.isShown) {
      this.#chart?.close();
      this.#chart = null;
    } else if (this.#chart) this.#choose(this.#chart);
    else if (this.#mayLoad) this.#load();
  }

  async #load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    clearTimeout(this.#timer);
    try {
      const { Chart } = await import("../later/chart/chart.js");
      const chart = await Chart.open(this.#panel, this.#parts);
      this.#chart = chart;
      this.#follow();
    } catch (error) {
      // A module that could not be fetched; anything else is our own fault.
      if (!(error instanceof TypeError)) throw error;
      const note = one(this.#panel, "[data-chart-note]");
      setText(note, words.chart.not_loaded);
      note.hidden = false;
      this.#timer = setTimeout(() => this.#follow(), LOAD_AGAIN_MS);
    } finally {
      this.#isLoading = false;
    }
  }

  /** @param {Chart} chart */
  #choose(chart) {
    const [pair, units] = [this.#pair, this.#units];
    const isIdle = this.#root.querySelector("#pair [data-pair-state]") !== null;
    chart.choose(pair && units && { pair, units, interval: this.interval, isIdle });
  }

  #inputs() {
    return /** @type {HTMLInputElement[]} */ (all(this.#panel, "[name=chart-interval]"));
  }
}
