// Binance allows 300 attempts in 5 minutes to one IP address, and bans it for more; a third of
// that leaves room for a second and a third tab.
// https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md
const ATTEMPTS_MAX = 100;
const WINDOW_MS = 300_000;

/** Counts the connection attempts of all sockets of a page, so that they stay under the limit whatever happens. */
export class AttemptBudget {
  /** @type {number[]} */
  #takenAtMs = [];

  /**
   * @param {number} nowMs
   * @returns {number} until another attempt is allowed; 0 when it is now
   */
  waitMs(nowMs) {
    this.#takenAtMs = this.#takenAtMs.filter((takenMs) => Math.abs(nowMs - takenMs) < WINDOW_MS);
    const [oldestMs = 0] = this.#takenAtMs;
    return this.#takenAtMs.length < ATTEMPTS_MAX ? 0 : oldestMs + WINDOW_MS - nowMs;
  }

  /** @param {number} nowMs */
  take(nowMs) {
    this.#takenAtMs.push(nowMs);
  }
}
