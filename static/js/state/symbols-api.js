/** @import { Clock } from "../lib/clock.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { SymbolList } from "./symbols-answer.js" */
import { fullJitterMs } from "../lib/backoff.js";
import { sleep } from "../lib/clock.js";
import { readAnswer } from "./symbols-answer.js";

const TRIES_MAX = 3;
const TRY_TIMEOUT_MS = 4_000;
const RETRY_BASE_MS = 300;
const RETRY_MAX_MS = 2_000;
// A person waits no longer than this because the server asked for it; there is a saved copy.
const RETRY_AFTER_MAX_MS = 3_000;

/**
 * @typedef {object} NoListCause why the symbol service gave no list
 * @property {"unasked" | "paused" | "incomplete" | "status" | "silent" | "unreachable" | "no_json"} name
 * @property {number} [status] with which it answered
 * @property {number} [seconds] that it was given to answer, or until it is asked again
 */

/** A try, or all tries, at the symbol service that gave no list. */
export class SymbolsUnavailable extends Error {
  /**
   * @param {NoListCause} noList
   * @param {object} [options]
   * @param {boolean} [options.isRetryable]
   * @param {number} [options.retryAfterMs] as the server asked; 0 when it did not
   */
  constructor(noList, { isRetryable = true, retryAfterMs = 0 } = {}) {
    super(noList.name);
    this.name = "SymbolsUnavailable";
    this.noList = noList;
    this.isRetryable = isRetryable && retryAfterMs <= RETRY_AFTER_MAX_MS;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Asks this site's JSON API for a market's list, with bounded and jittered retries. */
export class SymbolsApi {
  #fetch;
  #clock;
  #random;
  #base;

  /**
   * @param {object} options
   * @param {typeof globalThis.fetch} options.fetch
   * @param {Clock} options.clock
   * @param {() => number} options.random
   * @param {string} options.base such as "/api/v1"
   */
  constructor({ fetch, clock, random, base }) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#random = random;
    this.#base = base;
  }

  /**
   * @param {Market} market
   * @param {number} [tries]
   * @returns {Promise<SymbolList>}
   * @throws {SymbolsUnavailable}
   */
  async get(market, tries = TRIES_MAX) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(market);
      } catch (error) {
        if (!(error instanceof SymbolsUnavailable)) throw error;
        if (!error.isRetryable || attempt >= tries) throw error;
        const backoffMs = fullJitterMs(attempt, RETRY_BASE_MS, RETRY_MAX_MS, this.#random);
        await sleep(Math.max(backoffMs, error.retryAfterMs), this.#clock);
      }
    }
  }

  /**
   * @param {Market} market
   * @returns {Promise<SymbolList>}
   */
  async #try(market) {
    const controller = new AbortController();
    const timer = this.#clock.setTimeout(() => controller.abort(), TRY_TIMEOUT_MS);
    try {
      const response = await this.#fetch(`${this.#base}/symbols/${market}`, {
        headers: { Accept: "application/json" },
        signal: controller.signal,
      });
      if (!response.ok) throw refusal(response, this.#clock.now());
      const owner = response.headers.get("X-Data-Source")?.match(/.+-key$/)?.[0] ?? "";
      const symbols = readAnswer(await response.json(), market, owner);
      if (symbols === null) throw new SymbolsUnavailable({ name: "incomplete" });
      return { symbols, listedAtMs: dateMs(response.headers.get("Last-Modified")), owner };
    } catch (error) {
      throw translated(error);
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }
}

/**
 * @param {Response} response
 * @param {number} nowMs
 */
function refusal({ status, headers }, nowMs) {
  return new SymbolsUnavailable(
    { name: "status", status },
    {
      isRetryable: status === 429 || status >= 500,
      retryAfterMs: retryAfterMs(headers.get("Retry-After"), nowMs),
    },
  );
}

/**
 * @param {unknown} error
 * @returns {unknown}
 */
function translated(error) {
  if (error instanceof DOMException && error.name === "AbortError") {
    return new SymbolsUnavailable({ name: "silent", seconds: TRY_TIMEOUT_MS / 1000 });
  }
  // fetch rejects with a TypeError when the network fails, json() with a SyntaxError.
  if (error instanceof TypeError) return new SymbolsUnavailable({ name: "unreachable" });
  if (error instanceof SyntaxError) return new SymbolsUnavailable({ name: "no_json" });
  return error;
}

/**
 * @param {string | null} header seconds or a date
 * @param {number} nowMs
 */
function retryAfterMs(header, nowMs) {
  if (header === null) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  return Math.max(0, (dateMs(header) ?? 0) - nowMs);
}

/**
 * @param {string | null} header
 * @returns {number | null}
 */
function dateMs(header) {
  const ms = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(ms) ? null : ms;
}
