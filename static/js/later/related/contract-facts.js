/** @import { Clock } from "../../lib/clock.js" */
/** @import { Session } from "./sessions.js" */
import { isDecimal } from "../../lib/decimal.js";
import { readSchedule } from "./sessions.js";

const ASK_EVERY_MS = 30_000;
const PATIENCE_MS = 6_000;
// Open interest that could not be asked for anew since is no longer that of now.
const OLD_AFTER_MS = 90_000;

/**
 * @typedef {object} Facts what this server tells of a contract
 * @property {string | null} openInterest in units of the base asset
 * @property {number | null} fundingHours between two fundings
 * @property {Session[]} sessions
 */

/** @type {Facts} */
const NOTHING = { openInterest: null, fundingHours: null, sessions: [] };

/**
 * Asks this server for what only REST tells of a contract, again and again while it is looked at.
 * Dispatches `change`.
 */
export class ContractFacts extends EventTarget {
  #fetch;
  #clock;
  #symbol = "";
  #isWanted = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  /** @type {unknown} */
  #timer = null;
  /** @type {Facts} */
  facts = NOTHING;

  /** @param {{ fetch: typeof globalThis.fetch, clock: Clock }} parts */
  constructor({ fetch, clock }) {
    super();
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** @param {string} symbol of a contract; "" when there is none */
  choose(symbol) {
    if (symbol === this.#symbol) return;
    this.#symbol = symbol;
    this.facts = NOTHING;
    this.#askedAtMs = this.#answeredAtMs = Number.NEGATIVE_INFINITY;
    this.#schedule();
  }

  /** @param {boolean} isWanted whether anybody looks */
  want(isWanted) {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    this.#schedule();
  }

  /** @returns {"live" | "stale"} of the open interest */
  get freshness() {
    const ageMs = Math.abs(this.#clock.now() - this.#answeredAtMs);
    return this.facts.openInterest !== null && ageMs <= OLD_AFTER_MS ? "live" : "stale";
  }

  close() {
    this.#isWanted = false;
    this.#clock.clearTimeout(this.#timer);
  }

  #schedule() {
    this.#clock.clearTimeout(this.#timer);
    if (!this.#isWanted || this.#symbol === "") return;
    const dueMs = Math.max(0, this.#askedAtMs + ASK_EVERY_MS - this.#clock.now());
    this.#timer = this.#clock.setTimeout(() => this.#ask(), dueMs);
  }

  async #ask() {
    const symbol = this.#symbol;
    this.#askedAtMs = this.#clock.now();
    this.#schedule();
    const data = await this.#answer(symbol);
    if (data === null || symbol !== this.#symbol) return;
    const { openInterest, fundingIntervalHours: hours, sessions } = data;
    this.facts = {
      openInterest: isDecimal(openInterest) ? openInterest : null,
      fundingHours: Number.isInteger(hours) && hours > 0 ? hours : null,
      sessions: readSchedule(sessions),
    };
    this.#answeredAtMs = this.#clock.now();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {string} symbol
   * @returns {Promise<any>} null when there is none: the next look may do better
   */
  async #answer(symbol) {
    try {
      const url = `/api/v1/contracts/${encodeURIComponent(symbol)}`;
      const answer = await this.#fetch(url, {
        cache: "no-store", // a kept answer would hide that the server is gone
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return answer.ok ? ((await answer.json())?.data ?? null) : null;
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return null;
      if (error instanceof DOMException) return null;
      throw error;
    }
  }
}
