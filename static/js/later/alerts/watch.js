/** @import { Clock } from "../../lib/clock.js" */
/** @import { Span } from "./spans.js" */
/** @import { Alert, Alerts, Firing } from "./alerts.js" */
/** @import { Best, Ticker } from "../../streams/payloads.js" */
/** @import { MarketFeed } from "../../streams/feed.js" */
/** @import { Market, WatchPart } from "../../streams/routes.js" */
/** @import { AlertHistory } from "./history.js" */
/** @import { Ledger } from "./ledger.js" */
/** @import { Figure } from "./rules.js" */
import { figureValue, isReached, judge, moveFigure, priceFigure, spreadFigure } from "./rules.js";
import { WatchedPair } from "./watched-pair.js";

// Candles of a minute are whole so long after it has ended.
const WHOLE_AFTER_MS = 3_000;
const MINUTE_MS = 60_000;

/**
 * @typedef {object} Unwatched what is not settled about an alert's last gap
 * @property {Span} gap
 * @property {boolean} isAsked the candles are being asked
 * @property {boolean} isFirst the next figure is the first one after the gap
 * @property {Figure | null} reached the first figure after the gap, if it was past the limit
 */

/**
 * Watches the alerts: feeds every figure to those that wait for it, keeps the ledger of what was
 * watched, and finds out what happened where it was not. Only the tab that leads has one at work.
 *
 * Dispatches `fired` (`detail`: `{ alert, firing }`) once for each firing.
 */
export class AlertWatch extends EventTarget {
  #alerts;
  #feed;
  #ledger;
  #history;
  #clock;
  /** @type {Record<Market, Map<string, WatchedPair>>} by symbol */
  #pairs = { spot: new Map(), futures: new Map() };
  /** @type {Map<string, Unwatched>} by alert */
  #unwatched = new Map();
  /** @type {Set<unknown>} */
  #timers = new Set();
  /** @type {string | null} which alerts, and since when */
  #followed = null;
  /** @type {AbortController | null} while at work */
  #aborter = null;

  /**
   * @param {object} options
   * @param {Alerts} options.alerts
   * @param {MarketFeed} options.feed
   * @param {Ledger} options.ledger
   * @param {AlertHistory} options.history
   * @param {Clock} options.clock
   */
  constructor({ alerts, feed, ledger, history, clock }) {
    super();
    this.#alerts = alerts;
    this.#feed = feed;
    this.#ledger = ledger;
    this.#history = history;
    this.#clock = clock;
  }

  get isAtWork() {
    return this.#aborter !== null;
  }

  start() {
    if (this.#aborter) return;
    this.#aborter = new AbortController();
    const options = { signal: this.#aborter.signal };
    this.#ledger.reload();
    this.#ledger.keepOnly(this.#alerts.all);
    this.#alerts.addEventListener("change", () => this.#follow(), options);
    this.#feed.addEventListener("tickers", (event) => this.#tickers(detailOf(event)), options);
    this.#feed.addEventListener("watched", (event) => this.#figure(detailOf(event)), options);
    this.#feed.addEventListener("pulse", (event) => this.#pulse(detailOf(event)), options);
    this.#follow();
  }

  stop() {
    if (!this.#aborter) return;
    this.#aborter.abort();
    this.#aborter = null;
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
    this.#unwatched.clear();
    this.#followed = null;
    this.#pairs = { spot: new Map(), futures: new Map() };
    this.#ledger.save();
    this.#feed.watch([]);
  }

  /** Joins the streams to the alerts that are there, when those are not the same any more. */
  #follow() {
    const followed = this.#alerts.live.map(({ id, sinceMs }) => `${id}@${sinceMs}`).join();
    if (followed === this.#followed) return;
    this.#followed = followed;
    const before = this.#pairs;
    this.#pairs = { spot: new Map(), futures: new Map() };
    for (const alert of this.#alerts.live) {
      const { market, symbol } = alert;
      const known = this.#pairs[market].get(symbol) ?? before[market].get(symbol)?.cleared();
      const pair = known ?? new WatchedPair(market, symbol, this.#history, this.#clock.now);
      this.#pairs[market].set(symbol, pair);
      pair.add(alert);
    }
    this.#feed.watch(this.#all().flatMap((pair) => pair.figures));
  }

  /** @param {{ market: Market, tickers: Ticker[] }} event */
  #tickers({ market, tickers }) {
    const pairs = this.#pairs[market];
    if (pairs.size === 0) return;
    for (const ticker of tickers) {
      const pair = pairs.get(ticker.symbol);
      if (pair) this.#ticker(pair, ticker);
    }
  }

  /** @param {any} event of a stream of its own: `part` tells whether it is a Ticker or a Best */
  #figure(event) {
    const pair = this.#pairs[/** @type {Market} */ (event.market)].get(event.symbol);
    if (!pair) return;
    if (event.part === "ticker") this.#ticker(pair, event);
    else this.#best(pair, event);
  }

  /**
   * @param {WatchedPair} pair
   * @param {Ticker} ticker
   */
  #ticker(pair, ticker) {
    const leaps = pair.take(ticker);
    if (leaps === null) return;
    for (const alert of pair.alerts("price")) {
      this.#prove(alert);
      const figure = priceFigure(ticker.last);
      // A price that is there needs no proof from the day's high that it was.
      const told = isReached(alert, figure) ? [] : leaps;
      for (const leap of told) this.#judge(alert, priceFigure(leap), "touched");
      this.#judge(alert, figure, "seen");
    }
    for (const alert of pair.alerts("move")) {
      const before = pair.priceAgo(alert.windowMs);
      if (before === null) continue;
      this.#prove(alert);
      this.#judge(alert, moveFigure(before, ticker.last), "seen");
    }
  }

  /**
   * @param {WatchedPair} pair
   * @param {Best} best
   */
  #best(pair, { bid, ask }) {
    for (const alert of pair.alerts("spread")) {
      this.#prove(alert);
      this.#judge(alert, spreadFigure(bid, ask), "seen");
    }
  }

  /**
   * The line is alive, so what has not spoken has not changed. A move changes all the same, as the
   * price a window ago does.
   *
   * @param {{ market: Market, parts: WatchPart[] }} pulse
   */
  #pulse({ market, parts }) {
    for (const pair of this.#pairs[market].values()) {
      if (parts.includes("best")) for (const alert of pair.alerts("spread")) this.#prove(alert);
      if (!parts.includes("ticker")) continue;
      for (const alert of pair.alerts("price")) this.#prove(alert);
      pair.carry();
      for (const alert of pair.alerts("move")) this.#judgeStillness(pair, alert);
    }
  }

  /**
   * @param {WatchedPair} pair
   * @param {Alert} alert on a move
   */
  #judgeStillness(pair, alert) {
    const before = pair.priceAgo(alert.windowMs);
    if (before === null || pair.last === null) return;
    this.#prove(alert);
    this.#judge(alert, moveFigure(before, pair.last), "seen");
  }

  /** @param {Alert} alert that is being watched now; if it was not before, that is looked into */
  #prove(alert) {
    const nowMs = this.#clock.now();
    const gap = this.#ledger.prove(alert, nowMs);
    if (gap === null) return;
    this.#alerts.update(alert.id, (current) => ({ ...current, gaps: [...current.gaps, gap] }));
    const isAsked = alert.kind === "price" && alert.armed === true;
    this.#unwatched.set(alert.id, { gap, isAsked, isFirst: true, reached: null });
    if (isAsked) this.#ask(alert, gap);
  }

  /**
   * @param {Alert} alert as it was when the message came
   * @param {Figure} figure
   * @param {"seen" | "touched"} how
   */
  #judge({ id }, figure, how) {
    const alert = this.#alerts.get(id);
    if (!alert || alert.isPaused || alert.isOver) return;
    const { fires, armed } = judge(alert, figure);
    const unwatched = this.#unwatched.get(id);
    if (unwatched?.isFirst) {
      unwatched.isFirst = false;
      if (fires) unwatched.reached = figure;
    }
    if (!fires) {
      if (armed !== alert.armed) this.#setArmed(alert, armed);
    } else if (unwatched?.reached) {
      if (!unwatched.isAsked) this.#fireMissed(alert, unwatched);
    } else this.#fire(alert, { value: figureValue(alert.kind, figure), how });
  }

  /**
   * Asks the candles at once, so that bad news comes soon, and once more when the minute in which
   * the gap ended is whole.
   *
   * @param {Alert} alert
   * @param {Span} gap
   */
  async #ask(alert, gap) {
    const endsMs = (Math.floor(gap[1] / MINUTE_MS) + 1) * MINUTE_MS + WHOLE_AFTER_MS;
    const isWhole = this.#clock.now() >= endsMs;
    const crossing = await this.#history.crossing(alert, gap);
    const current = this.#alerts.get(alert.id);
    const unwatched = this.#unwatched.get(alert.id);
    if (unwatched?.gap === gap) unwatched.isAsked = false;
    // What it has fired meanwhile must not be told again.
    const isSame = current?.armedAtMs === alert.armedAtMs && current.armed;
    if (!this.isAtWork || !isSame || current.isPaused) return;
    if (crossing) this.#fire(current, { how: "missed", ...crossing });
    else if (unwatched?.reached) this.#fireMissed(current, unwatched);
    else if (crossing === null && !isWhole) this.#later(endsMs, () => this.#ask(alert, gap));
    else if (crossing === null) this.#setClear(alert.id, gap);
  }

  /**
   * @param {Alert} alert
   * @param {Unwatched} unwatched
   */
  #fireMissed(alert, { gap: [fromMs, toMs], reached }) {
    const value = figureValue(alert.kind, /** @type {Figure} */ (reached));
    this.#fire(alert, { value, how: "missed", fromMs, toMs });
  }

  /**
   * @param {Alert} alert
   * @param {Omit<Firing, "atMs">} what
   */
  #fire({ id }, what) {
    const firing = { atMs: this.#clock.now(), ...what };
    this.#unwatched.delete(id);
    const alert = this.#alerts.update(id, (current) => {
      // Another tab may have been quicker.
      if (!current.armed || current.isPaused) return null;
      const fired = [firing, ...current.fired];
      return { ...current, fired, armed: false, isOver: !current.repeats };
    });
    if (alert) this.dispatchEvent(new CustomEvent("fired", { detail: { alert, firing } }));
  }

  /**
   * @param {Alert} alert
   * @param {boolean} armed
   */
  #setArmed({ id }, armed) {
    const armedAtMs = this.#clock.now();
    this.#alerts.update(id, (alert) => ({ ...alert, armed, armedAtMs }));
  }

  /**
   * @param {string} id
   * @param {Span} gap
   */
  #setClear(id, [fromMs, toMs]) {
    this.#alerts.update(id, (alert) => ({
      ...alert,
      gaps: alert.gaps.map((gap) =>
        gap[0] === fromMs && gap[1] === toMs ? [fromMs, toMs, "clear"] : gap,
      ),
    }));
  }

  /**
   * @param {number} atMs
   * @param {() => void} run
   */
  #later(atMs, run) {
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, atMs - this.#clock.now());
    this.#timers.add(timer);
  }

  #all() {
    return [...this.#pairs.spot.values(), ...this.#pairs.futures.values()];
  }
}

/** @param {Event} event */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}
