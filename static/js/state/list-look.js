/** @import { Clock } from "../lib/clock.js" */
/** @import { Market } from "../streams/routes.js" */

// All pages hear of a change at once; their looks need not come at once.
const SPREAD_MS = 2_000;

/** Asks our server to look at a market's list anew, because the exchange said that it changed. */
export class ListLook {
  #fetch;
  #clock;
  #random;
  /** @type {Set<Market>} for which a look is due */
  #due = new Set();

  /** @param {{ fetch: typeof globalThis.fetch, clock: Clock, random?: () => number }} options */
  constructor({ fetch, clock, random = Math.random }) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * @param {Market} market
   * @param {number} [afterMs]
   */
  ask(market, afterMs = 0) {
    if (this.#due.has(market)) return;
    this.#due.add(market);
    this.#clock.setTimeout(() => this.#look(market), afterMs + this.#random() * SPREAD_MS);
  }

  /** @param {Market} market */
  async #look(market) {
    this.#due.delete(market);
    try {
      const answer = await this.#fetch(`/api/v1/looks/${market}`, { method: "POST" });
      // The list is too young to be fetched again, and may be older than the change.
      const waitMs = Number(answer.headers.get("Retry-After")) * 1000;
      if (answer.ok && waitMs) this.ask(market, waitMs);
    } catch {
      // The list is refreshed every few minutes in any case.
    }
  }
}
