/** @import { Clock } from "../../../static/js/lib/clock.js" */

/**
 * A clock that a test moves by hand; timers run in order of their time.
 *
 * @implements {Clock}
 */
export class FakeClock {
  #nowMs = 1_800_000_000_000;
  #nextId = 1;
  /** @type {Map<number, { atMs: number, run: () => void }>} */
  #timers = new Map();

  now = () => this.#nowMs;

  /** @type {Clock["setTimeout"]} */
  setTimeout = (run, delayMs) => {
    const id = this.#nextId++;
    this.#timers.set(id, { atMs: this.#nowMs + Math.max(0, delayMs), run });
    return id;
  };

  /** @type {Clock["clearTimeout"]} */
  clearTimeout = (timer) => {
    this.#timers.delete(/** @type {number} */ (timer));
  };

  /** How many timers have been left behind. */
  get pending() {
    return this.#timers.size;
  }

  /** @param {number} ms */
  advance(ms) {
    const untilMs = this.#nowMs + ms;
    for (let due = this.#due(untilMs); due !== null; due = this.#due(untilMs)) this.#run(due);
    this.#nowMs = untilMs;
  }

  /**
   * Like `advance`, but lets promises settle before and after each timer.
   *
   * @param {number} ms
   */
  async advanceAndSettle(ms) {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let due = this.#due(untilMs); due !== null; due = this.#due(untilMs)) {
      this.#run(due);
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /**
   * Moves the time without running timers, as a sleeping device does, or a clock that is set.
   *
   * @param {number} ms
   */
  jump(ms) {
    this.#nowMs += ms;
  }

  /** @param {number} untilMs */
  #due(untilMs) {
    const ids = [...this.#timers].sort(([a, x], [b, y]) => x.atMs - y.atMs || a - b);
    const first = ids[0];
    return first && first[1].atMs <= untilMs ? first[0] : null;
  }

  /** @param {number} id */
  #run(id) {
    const timer = this.#timers.get(id);
    this.#timers.delete(id);
    this.#nowMs = Math.max(this.#nowMs, timer?.atMs ?? 0);
    timer?.run();
  }
}

function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}
