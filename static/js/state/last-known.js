/** @import { SafeStorage } from "../lib/safe-storage.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { PriceBook, PriceRow } from "./prices.js" */
import { isDecimal } from "../lib/decimal.js";

const KEY = "marketdeck:last-known:v1";
// Longer away, and a price says nothing any more; so delisted pairs are forgotten too.
const KEPT_FOR_MS = 7 * 86_400_000;
const DECIMALS = 6;

/**
 * @typedef {[seenMs: number, eventTimeMs: number, ...decimals: string[]]} Kept last, open, high,
 *   low, volume and quote volume
 */

/** The last prices that this browser saw, for when nobody answers: some 140 kB of text. */
export class LastKnown {
  #storage;
  #prices;
  #now;
  #savedMs = Number.NEGATIVE_INFINITY;
  #isRestored = false;
  /** @type {Record<string, any> | null} what was kept before this page was */
  #earlier = null;

  /**
   * @param {SafeStorage} storage
   * @param {PriceBook} prices
   * @param {() => number} [now]
   */
  constructor(storage, prices, now = Date.now) {
    this.#storage = storage;
    this.#prices = prices;
    this.#now = now;
  }

  /** Keeps what this page has learnt, beside what other tabs have and what it never showed. */
  save() {
    const rows = this.#prices.all();
    const newestMs = Math.max(...rows.map(({ receivedAtMs }) => receivedAtMs));
    if (newestMs <= this.#savedMs) return;
    this.#savedMs = newestMs;
    const kept = this.#kept();
    for (const row of rows) {
      const key = `${row.market}:${row.symbol}`;
      if (!(kept[key]?.[0] > row.receivedAtMs)) kept[key] = packed(row);
    }
    const oldestMs = this.#now() - KEPT_FOR_MS;
    for (const key in kept) if (!(kept[key]?.[0] >= oldestMs)) delete kept[key];
    this.#storage.setItem(KEY, JSON.stringify(kept));
  }

  /** Gives the prices what was saved, once; a row that cannot be understood is left out. */
  restore() {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const oldestMs = this.#now() - KEPT_FOR_MS;
    const rows = Object.entries(this.#kept()).flatMap(([key, kept]) => unpacked(key, kept));
    this.#prices.restore(rows.filter((row) => row.receivedAtMs >= oldestMs));
  }

  /**
   * What was kept of one pair before this page was; the prices of the page are not changed by it.
   *
   * @param {string} key
   * @returns {PriceRow | null}
   */
  earlier(key) {
    this.#earlier ??= this.#kept();
    const [row] = unpacked(key, this.#earlier[key]);
    const ageMs = row ? this.#now() - row.receivedAtMs : Number.NaN;
    return row && ageMs >= 0 && ageMs <= KEPT_FOR_MS ? row : null;
  }

  /** @returns {Record<string, any>} by key such as "spot:BTCUSDT", each meant to be a Kept */
  #kept() {
    const kept = this.#storage.getJson(KEY);
    return kept?.constructor === Object ? kept : {};
  }
}

/**
 * @param {PriceRow} row
 * @returns {Kept}
 */
function packed({ receivedAtMs, eventTimeMs, last, open, high, low, volume, quoteVolume }) {
  return [receivedAtMs, eventTimeMs, last, open, high, low, volume, quoteVolume];
}

/**
 * @param {string} key
 * @param {unknown} kept
 * @returns {PriceRow[]} one row, or none
 */
function unpacked(key, kept) {
  const [name, symbol] = key.split(":");
  if ((name !== "spot" && name !== "futures") || !symbol || !isKept(kept)) return [];
  /** @type {Market} */
  const market = name;
  const [receivedAtMs, eventTimeMs, ...decimals] = kept;
  const [last = "", open = "", high = "", low = "", volume = "", quoteVolume = ""] = decimals;
  const figures = { last, open, high, low, volume, quoteVolume };
  return [{ market, symbol, ...figures, eventTimeMs, receivedAtMs }];
}

/**
 * @param {unknown} value
 * @returns {value is Kept}
 */
function isKept(value) {
  if (!Array.isArray(value)) return false;
  const [seenMs, eventTimeMs, ...decimals] = value;
  if (!Number.isSafeInteger(seenMs) || !Number.isSafeInteger(eventTimeMs)) return false;
  return decimals.length === DECIMALS && decimals.every(isDecimal);
}
