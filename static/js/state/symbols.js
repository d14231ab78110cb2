/** @import { Clock } from "../lib/clock.js" */
/** @import { KeyValueStore } from "../lib/safe-storage.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { SymbolList } from "./symbols-answer.js" */
/** @import { NoListCause } from "./symbols-api.js" */
import { CircuitBreaker } from "../lib/circuit-breaker.js";
import { systemClock } from "../lib/clock.js";
import { SafeStorage } from "../lib/safe-storage.js";
import { POPULAR } from "./popular.js";
import { SymbolsApi, SymbolsUnavailable } from "./symbols-api.js";
import { SymbolsCopy } from "./symbols-copy.js";

const BREAKER_OPEN_MS = 30_000;
const BREAKER_KEY = "marketdeck:symbols-breaker:v1";

/**
 * @typedef {import("./symbols-answer.js").SymbolRow} SymbolRow
 *
 * @typedef {object} LoadedSymbols
 * @property {Market} market
 * @property {"api" | "local-storage" | "static"} source
 * @property {SymbolRow[]} symbols
 * @property {number | null} savedAtMs when this browser kept the list; null when it is not kept
 * @property {number | null} listedAtMs when Binance gave the list; null when unknown
 * @property {string} owner "testnet-key" or "mainnet-key" when it is a person's own, else ""
 * @property {NoListCause | null} cause why it is not from the API; null when it is
 */

/**
 * A market's symbols from whichever tier still works: the JSON API (three tries behind a circuit
 * breaker), then the copy in this browser, then a short built-in list. It always gives a list.
 * Dispatches `loaded` with the LoadedSymbols.
 */
export class SymbolsLoader extends EventTarget {
  #api;
  #copy;
  #breaker;
  #clock;
  /** @type {Map<Market, Promise<LoadedSymbols>>} */
  #loading = new Map();

  /**
   * @param {object} [options]
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {KeyValueStore} [options.storage] localStorage unless given
   * @param {Clock} [options.clock]
   * @param {() => number} [options.random]
   * @param {CircuitBreaker} [options.breaker]
   * @param {string} [options.apiBase]
   */
  constructor({
    fetch = (input, init) => globalThis.fetch(input, init),
    storage,
    clock = systemClock,
    random = Math.random,
    breaker,
    apiBase = "/api/v1",
  } = {}) {
    super();
    const safeStorage = new SafeStorage(() => storage ?? globalThis.localStorage);
    this.#clock = clock;
    this.#api = new SymbolsApi({ fetch, clock, random, base: apiBase });
    this.#copy = new SymbolsCopy(safeStorage);
    this.#breaker =
      breaker ??
      new CircuitBreaker({
        store: safeStorage,
        key: BREAKER_KEY,
        now: clock.now,
        openMs: BREAKER_OPEN_MS,
      });
  }

  /**
   * @param {Market} market
   * @returns {Promise<LoadedSymbols>} never rejects for want of a network
   */
  load(market) {
    const loading = this.#loading.get(market) ?? this.#load(market);
    this.#loading.set(market, loading);
    return loading;
  }

  /**
   * What this browser knows without asking anyone.
   *
   * @param {Market} market
   * @returns {LoadedSymbols}
   */
  known(market) {
    return this.#without(market, { name: "unasked" });
  }

  /** The server has just given a page: what it failed at before is no reason not to ask it. */
  serverAnswered() {
    this.#breaker.succeed();
  }

  /** @param {Market} market */
  async #load(market) {
    try {
      const loaded = await this.#fromTiers(market);
      this.dispatchEvent(new CustomEvent("loaded", { detail: loaded }));
      return loaded;
    } finally {
      this.#loading.delete(market);
    }
  }

  /**
   * @param {Market} market
   * @returns {Promise<LoadedSymbols>}
   */
  async #fromTiers(market) {
    try {
      return this.#kept(market, await this.#askApi(market));
    } catch (error) {
      if (!(error instanceof SymbolsUnavailable)) throw error;
      return this.#without(market, error.noList);
    }
  }

  /**
   * @param {Market} market
   * @param {NoListCause} cause
   */
  #without(market, cause) {
    return this.#fromCopy(market, cause) ?? fromBuiltIn(market, cause);
  }

  /** @param {Market} market */
  async #askApi(market) {
    const permission = this.#breaker.acquire();
    if (permission === "refused") {
      const seconds = Math.ceil(this.#breaker.waitMs / 1000);
      throw new SymbolsUnavailable({ name: "paused", seconds });
    }
    try {
      const list = await this.#api.get(market, permission === "probe" ? 1 : undefined);
      this.#breaker.succeed();
      return list;
    } catch (error) {
      const askedForMs = error instanceof SymbolsUnavailable ? error.retryAfterMs : 0;
      this.#breaker.fail(Math.max(BREAKER_OPEN_MS, askedForMs));
      throw error;
    }
  }

  /**
   * @param {Market} market
   * @param {SymbolList} list
   * @returns {LoadedSymbols}
   */
  #kept(market, list) {
    const nowMs = this.#clock.now();
    const savedAtMs = this.#copy.save(market, list, nowMs) ? nowMs : null;
    return { market, source: "api", ...list, savedAtMs, cause: null };
  }

  /**
   * @param {Market} market
   * @param {NoListCause} cause
   * @returns {LoadedSymbols | null}
   */
  #fromCopy(market, cause) {
    const copy = this.#copy.read(market);
    if (copy === null) return null;
    return { market, source: "local-storage", ...copy, cause };
  }
}

/**
 * @param {Market} market
 * @param {NoListCause} cause
 * @returns {LoadedSymbols}
 */
function fromBuiltIn(market, cause) {
  return {
    market,
    source: "static",
    symbols: POPULAR[market],
    savedAtMs: null,
    listedAtMs: null,
    owner: "",
    cause,
  };
}
