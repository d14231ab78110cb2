/** @import { Clock } from "../lib/clock.js" */

const LOOK_EVERY_MS = 5_000;
// Browsers slow the timers of hidden tabs down to one a minute; only more than that is sleep.
// https://developer.chrome.com/blog/timer-throttling-in-chrome-88
const SLEEP_MIN_MS = 70_000;

/**
 * Notices that the device woke up, the tab was shown again or the network came back.
 */
export class WakeMonitor {
  #page;
  #clock;
  #on;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {EventTarget} options.page the window, to which the document's visibilitychange bubbles
   * @param {Clock} options.clock
   * @param {{ woke: () => void, shown: () => void }} options.on `woke`: sockets are likely dead;
   *   `shown`: they may be
   */
  constructor({ page, clock, on }) {
    this.#page = page;
    this.#clock = clock;
    this.#on = on;
    page.addEventListener("online", on.woke);
    page.addEventListener("visibilitychange", on.shown);
    this.#lookLater();
  }

  close() {
    this.#clock.clearTimeout(this.#timer);
    this.#page.removeEventListener("online", this.#on.woke);
    this.#page.removeEventListener("visibilitychange", this.#on.shown);
  }

  #lookLater() {
    const beforeMs = this.#clock.now();
    this.#timer = this.#clock.setTimeout(() => {
      this.#lookLater();
      if (Math.abs(this.#clock.now() - beforeMs) >= SLEEP_MIN_MS) this.#on.woke();
    }, LOOK_EVERY_MS);
  }
}
