/** @import { Alert, AlertKind } from "./alerts.js" */
/** @import { Watched } from "../../streams/lines.js" */
/** @import { Ticker } from "../../streams/payloads.js" */
/** @import { Market, WatchPart } from "../../streams/routes.js" */
/** @import { AlertHistory } from "./history.js" */
import { compare } from "../../lib/decimal.js";
import { isRecent } from "../../state/prices.js";
import { PriceRing } from "./price-ring.js";

// A ticker that is older than the last one by up to so much came late.
const LATE_MAX_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 60_000;
/** Whose price of then every ticker tells. */
export const DAY_MS = 86_400_000;

/** What is known of one pair that has alerts. */
export class WatchedPair {
  #market;
  #symbol;
  #history;
  #now;
  /** @type {Alert[]} */
  #alerts = [];
  /** @type {Ticker | null} */
  #ticker = null;
  /** @type {PriceRing | null} */
  #ring = null;
  #ringMs = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #provenMs = Number.NEGATIVE_INFINITY;

  /**
   * @param {Market} market
   * @param {string} symbol
   * @param {AlertHistory} history
   * @param {() => number} now
   */
  constructor(market, symbol, history, now) {
    this.#market = market;
    this.#symbol = symbol;
    this.#history = history;
    this.#now = now;
  }

  /** The same pair with its prices and without its alerts. */
  cleared() {
    this.#alerts = [];
    return this;
  }

  /** @param {Alert} alert */
  add(alert) {
    this.#alerts.push(alert);
    if (alert.kind !== "move" || alert.windowMs >= DAY_MS || alert.windowMs <= this.#ringMs) return;
    this.#ringMs = alert.windowMs;
    this.#ring = new PriceRing(this.#ringMs);
    this.#fill();
  }

  /** @param {AlertKind} kind */
  alerts(kind) {
    return this.#alerts.filter((alert) => alert.kind === kind);
  }

  /** @returns {Watched[]} the figures that its alerts need */
  get figures() {
    /** @type {WatchPart[]} */
    const parts = this.#alerts.map(({ kind }) => (kind === "spread" ? "best" : "ticker"));
    return [...new Set(parts)].map((part) => ({
      market: this.#market,
      symbol: this.#symbol,
      part,
    }));
  }

  get last() {
    return this.#ticker?.last ?? null;
  }

  /**
   * @param {Ticker} ticker
   * @returns {string[] | null} prices that were traded since the ticker before and are shown by a
   *   new high or low of the day only; null when it came late
   */
  take(ticker) {
    this.#forgetIfBroken();
    const before = this.#ticker;
    const lateMs = before ? before.eventTimeMs - ticker.eventTimeMs : 0;
    if (lateMs > 0 && lateMs <= LATE_MAX_MS) return null;
    this.#ticker = ticker;
    this.#note();
    if (!before) return [];
    const leaps = [];
    if (compare(ticker.high, before.high) > 0) leaps.push(ticker.high);
    if (compare(ticker.low, before.low) < 0) leaps.push(ticker.low);
    return leaps;
  }

  /** The line is alive and the pair has not spoken: its price is what it was. */
  carry() {
    this.#forgetIfBroken();
    this.#note();
  }

  /**
   * @param {number} windowMs
   * @returns {string | null} the price then; null when it is not known or was nothing
   */
  priceAgo(windowMs) {
    const price = windowMs >= DAY_MS ? this.#ticker?.open : this.#ring?.at(this.#now() - windowMs);
    if (price == null) this.#fill();
    return price == null || compare(price, "0") === 0 ? null : price;
  }

  /** What a price was before a time without proof says nothing of what it is after it. */
  #forgetIfBroken() {
    const nowMs = this.#now();
    if (!isRecent(this.#provenMs, nowMs)) this.#ticker = null;
    this.#provenMs = nowMs;
  }

  #note() {
    if (this.#ring && this.last !== null) this.#ring.note(this.#now(), this.last);
  }

  /** Takes the prices before this page from the candles, now and then until they are there. */
  async #fill() {
    const ring = this.#ring;
    const nowMs = this.#now();
    if (!ring || Math.abs(nowMs - this.#askedMs) < ASK_AGAIN_AFTER_MS) return;
    this.#askedMs = nowMs;
    ring.fill(await this.#history.prices(this.#market, this.#symbol, this.#ringMs));
  }
}
