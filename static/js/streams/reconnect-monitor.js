/** @import { Clock } from "../lib/clock.js" */
/** @import { AttemptBudget } from "./attempt-budget.js" */
import { fullJitterMs } from "../lib/backoff.js";

const RECONNECT_BASE_MS = 500;
const RECONNECT_MAX_MS = 30_000;
// Between any two attempts, so that an `online` event that flaps does not become a flood.
const ATTEMPT_GAP_MS = 1_000;

/** Decides when a connection dials again; knows nothing of sockets. */
export class ReconnectMonitor {
  #clock;
  #random;
  #budget;
  #dial;
  #failures = 0;
  #dialledAtMs = Number.NEGATIVE_INFINITY;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {() => number} options.random
   * @param {AttemptBudget} options.budget
   * @param {() => void} options.dial
   */
  constructor({ clock, random, budget, dial }) {
    this.#clock = clock;
    this.#random = random;
    this.#budget = budget;
    this.#dial = dial;
  }

  get isWaiting() {
    return this.#timer !== null;
  }

  /** Dials after a wait that grows with each failure. */
  later() {
    this.#failures += 1;
    const waitMs = fullJitterMs(this.#failures, RECONNECT_BASE_MS, RECONNECT_MAX_MS, this.#random);
    this.#schedule(waitMs);
  }

  /** Dials as soon as the limits allow. */
  now() {
    this.#schedule(0);
  }

  /** The connection has held for a while: the next failure is a first one again. */
  forgive() {
    this.#failures = 0;
  }

  cancel() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** @param {number} delayMs */
  #schedule(delayMs) {
    this.cancel();
    const nowMs = this.#clock.now();
    const gapMs = Math.min(ATTEMPT_GAP_MS, this.#dialledAtMs + ATTEMPT_GAP_MS - nowMs);
    const waitMs = Math.max(delayMs, gapMs, this.#budget.waitMs(nowMs));
    if (waitMs <= 0) {
      this.#fire(nowMs);
      return;
    }
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      // Another connection may have used up the budget meanwhile.
      if (this.#budget.waitMs(this.#clock.now()) > 0) this.#schedule(0);
      else this.#fire(this.#clock.now());
    }, waitMs);
  }

  /** @param {number} nowMs */
  #fire(nowMs) {
    this.#dialledAtMs = nowMs;
    this.#budget.take(nowMs);
    this.#dial();
  }
}
