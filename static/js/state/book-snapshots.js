/** @import { Clock } from "../lib/clock.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { BookSnapshot } from "./local-book.js" */
import { areLevels, isId } from "../streams/payloads.js";

// As many levels as are shown at any grouping, at half the weight of the next larger limit.
const LIMIT = 500;
const TRY_TIMEOUT_MS = 4_000;
const PER_MINUTE_MAX = 20;
const MINUTE_MS = 60_000;
const DIRECT_PATHS = { spot: "/api/v3/depth", futures: "/fapi/v1/depth" };

/**
 * Where a book's snapshots come from: this site's server, which asks Binance once for all its
 * visitors, else Binance itself from here. Never more than 20 a minute, whatever happens: each
 * costs request weight.
 */
export class BookSnapshots {
  #fetch;
  #clock;
  #rest;
  /** @type {number[]} */
  #askedAtMs = [];

  /**
   * @param {object} options
   * @param {typeof globalThis.fetch} options.fetch
   * @param {Clock} options.clock
   * @param {Record<Market, string[]>} options.rest Binance's hosts that the browser may ask
   */
  constructor({ fetch, clock, rest }) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#rest = rest;
  }

  /** @returns {number} until another may be asked for; 0 when it may now */
  get waitMs() {
    const nowMs = this.#clock.now();
    this.#askedAtMs = this.#askedAtMs.filter((atMs) => Math.abs(nowMs - atMs) < MINUTE_MS);
    const [oldestMs = 0] = this.#askedAtMs;
    return this.#askedAtMs.length < PER_MINUTE_MAX ? 0 : oldestMs + MINUTE_MS - nowMs;
  }

  /**
   * @param {Market} market
   * @param {string} symbol
   * @returns {Promise<BookSnapshot | null>} null when nobody gave one
   */
  async get(market, symbol) {
    this.#askedAtMs.push(this.#clock.now());
    for (const url of this.#urls(market, symbol)) {
      const snapshot = await this.#ask(url);
      if (snapshot !== null) return snapshot;
    }
    return null;
  }

  /**
   * @param {Market} market
   * @param {string} symbol
   */
  #urls(market, symbol) {
    const name = encodeURIComponent(symbol);
    const direct = this.#rest[market].map(
      (base) => `${base}${DIRECT_PATHS[market]}?symbol=${name}&limit=${LIMIT}`,
    );
    return [`/api/v1/depth/${market}/${name}?limit=${LIMIT}`, ...direct];
  }

  /**
   * @param {string} url
   * @returns {Promise<BookSnapshot | null>}
   */
  async #ask(url) {
    try {
      const answer = await this.#fetch(url, { signal: AbortSignal.timeout(TRY_TIMEOUT_MS) });
      if (!answer.ok) return null;
      const body = await answer.json();
      return readSnapshot(body.data ?? body);
    } catch (error) {
      // No network, no JSON, or too late: the next address may do better.
      if (error instanceof TypeError || error instanceof SyntaxError) return null;
      if (error instanceof DOMException) return null;
      throw error;
    }
  }
}

/**
 * @param {any} body
 * @returns {BookSnapshot | null}
 */
function readSnapshot({ lastUpdateId, bids, asks }) {
  if (!isId(lastUpdateId) || !areLevels(bids) || !areLevels(asks)) return null;
  return { lastId: lastUpdateId, bids, asks, limit: LIMIT };
}
