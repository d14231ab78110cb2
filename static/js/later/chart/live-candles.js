/** @import { Clock } from "../../lib/clock.js" */
/** @import { FeedStatus } from "../../streams/status.js" */
/** @import { ChartedPair, Refusal } from "./candle-history.js" */
/** @import { History } from "./candles.js" */
import { fullJitterMs } from "../../lib/backoff.js";
import { systemClock } from "../../lib/clock.js";
import { Candles } from "./candles.js";

const LOOK_EVERY_MS = 1_000;
const RETRY_MIN_MS = 1_000;
const RETRY_BASE_MS = 1_000;
const RETRY_MAX_MS = 30_000;
const RETRY_AFTER_MAX_MS = 300_000;
// A candle without a trade may come by no stream, but it is in the history a while after its end.
const BEHIND_AFTER_MS = 10_000;

/**
 * @typedef {{ get(pair: ChartedPair, isAgain: boolean): Promise<History | Refusal> }} HistorySource
 *
 * @typedef {"none" | "loading" | "empty" | "joined" | "unavailable" | "away"} CandlesState `none`: no
 *   pair; `empty`: it has no candles yet; `unavailable`, `away`: its history is asked for again,
 *   since Binance or the server gives none, and what the stream tells meanwhile is there
 */

/**
 * The candles of the pair that is shown: asks for history when a pair is chosen and whenever the
 * stream has left a gap, never twice at once, and tells by `change` when there is something new.
 */
export class LiveCandles extends EventTarget {
  #history;
  #clock;
  #random;
  #candles = new Candles();
  /** @type {ChartedPair | null} */
  #pair = null;
  /** @type {CandlesState} */
  #state = "none";
  #isLineLive = false;
  #isPaused = false;
  /** @type {ChartedPair | null} for which an answer is awaited */
  #asking = null;
  #asked = 0;
  #failures = 0;
  #nextAskMs = 0;
  /** The last candle's beginning when history was asked for because nothing followed it. */
  #behindMs = 0;
  /** @type {unknown} */
  #timer = null;
  #aborter = new AbortController();

  /**
   * @param {object} options
   * @param {HistorySource} options.history
   * @param {Clock} [options.clock]
   * @param {() => number} [options.random]
   */
  constructor({ history, clock = systemClock, random = Math.random }) {
    super();
    this.#history = history;
    this.#clock = clock;
    this.#random = random;
  }

  get pair() {
    return this.#pair;
  }

  get rows() {
    return this.#candles.rows;
  }

  get redrawn() {
    return this.#candles.redrawn;
  }

  /** @returns {boolean} whether the stream is ahead of the history, which is asked for again */
  get hasGap() {
    return this.#candles.hasGap;
  }

  get state() {
    return this.#state;
  }

  /** @returns {number} until history is asked for again */
  get waitMs() {
    return Math.max(0, this.#nextAskMs - this.#clock.now());
  }

  /** @returns {boolean} whether the last candle is as the exchange has it now */
  get isLive() {
    const isWhole = !this.#candles.hasHistory || !this.#candles.hasGap;
    return this.#isLineLive && isWhole && this.#state !== "loading" && this.rows.length > 0;
  }

  /**
   * Takes the candles of a feed, and whether its lines are up.
   *
   * @param {EventTarget & { status: FeedStatus | null }} feed
   */
  follow(feed) {
    const options = { signal: this.#aborter.signal };
    this.#lineIs(feed.status);
    feed.addEventListener(
      "connection",
      (event) => this.#lineIs(/** @type {CustomEvent} */ (event).detail),
      options,
    );
    feed.addEventListener(
      "candle",
      (event) => this.#take(/** @type {CustomEvent} */ (event).detail),
      options,
    );
  }

  /** @param {ChartedPair | null} pair */
  choose(pair) {
    if (isSame(pair, this.#pair)) return;
    this.#pair = pair;
    this.#candles = new Candles();
    this.#state = pair ? "loading" : "none";
    this.#asked = 0;
    this.#failures = 0;
    this.#nextAskMs = 0;
    this.#behindMs = 0;
    this.#look();
    this.#changed();
  }

  /** Nobody looks: nothing is asked for. */
  pause() {
    this.#isPaused = true;
    this.#clock.clearTimeout(this.#timer);
  }

  resume() {
    this.#isPaused = false;
    this.#look();
  }

  close() {
    this.#pair = null;
    this.#aborter.abort();
    this.#clock.clearTimeout(this.#timer);
  }

  /** @param {FeedStatus | null} status */
  #lineIs(status) {
    const isLive = status?.pair === "live";
    if (isLive === this.#isLineLive) return;
    this.#isLineLive = isLive;
    this.#changed();
  }

  /** @param {any} candle of the feed's event */
  #take(candle) {
    const { market, symbol, interval } = candle;
    if (!isSame({ market, symbol, interval }, this.#pair)) return;
    this.#candles.take(candle);
    this.#look();
    this.#changed();
  }

  /** Asks for history where it is needed and may be asked for, and looks again later. */
  #look() {
    this.#clock.clearTimeout(this.#timer);
    if (this.#pair === null || this.#isPaused) return;
    this.#timer = this.#clock.setTimeout(() => this.#look(), LOOK_EVERY_MS);
    const mayAsk = this.#asking !== this.#pair && this.#clock.now() >= this.#nextAskMs;
    if (mayAsk && this.#isHistoryNeeded()) this.#ask(this.#pair);
  }

  #isHistoryNeeded() {
    return this.#state !== "joined" || this.#candles.hasGap || this.#isBehind();
  }

  /** Asked once for each last candle: a pair that does not trade any more has no newer one. */
  #isBehind() {
    const last = this.rows.at(-1);
    if (!last || this.#clock.now() < last.closeMs + BEHIND_AFTER_MS) return false;
    const isNew = this.#behindMs !== last.openMs;
    this.#behindMs = last.openMs;
    return isNew;
  }

  /** @param {ChartedPair} pair */
  async #ask(pair) {
    this.#asking = pair;
    const answer = await this.#history.get(pair, this.#asked > 0);
    if (this.#asking === pair) this.#asking = null;
    if (this.#pair !== pair) return;
    this.#asked += 1;
    if ("refusal" in answer) this.#refused(answer);
    else this.#join(answer);
    this.#look();
    this.#changed();
  }

  /** @param {History} history */
  #join(history) {
    this.#candles.join(history);
    this.#state = this.#candles.hasHistory ? "joined" : "empty";
    const isEnough = this.#state === "joined" && !this.#candles.hasGap;
    this.#failures = isEnough ? 0 : this.#failures + 1;
    this.#nextAskMs = this.#clock.now() + RETRY_MIN_MS + this.#backoffMs();
  }

  /** @param {Refusal} refusal */
  #refused({ refusal, retryAfterMs }) {
    this.#failures += 1;
    this.#state = refusal;
    // It is not known yet whether the last candle is behind.
    this.#behindMs = 0;
    const waitMs = Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS);
    this.#nextAskMs = this.#clock.now() + Math.max(waitMs, RETRY_MIN_MS) + this.#backoffMs();
  }

  #backoffMs() {
    if (this.#failures === 0) return 0;
    return fullJitterMs(this.#failures, RETRY_BASE_MS, RETRY_MAX_MS, this.#random);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * @param {ChartedPair | null} a
 * @param {ChartedPair | null} b
 */
function isSame(a, b) {
  return a?.market === b?.market && a?.symbol === b?.symbol && a?.interval === b?.interval;
}
