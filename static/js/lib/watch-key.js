/** @import { Market } from "../streams/routes.js" */

// A pair of one market, such as "spot:BTCUSDT"; the same that `parse_key` of the server reads.
const KEY = /^(spot|futures):[^\s,:;"<>&\p{C}\p{Z}]{1,40}$/u;
const NAME_MAX_LENGTH = 60;

/** As many pairs as one list may hold. */
export const KEYS_MAX = 1_000;

/**
 * @param {unknown} key
 * @returns {key is string}
 */
export function isWatchKey(key) {
  return typeof key === "string" && KEY.test(key);
}

/**
 * @param {string} key
 * @returns {{ market: Market, symbol: string }}
 */
export function splitKey(key) {
  const colon = key.indexOf(":");
  const market = key.slice(0, colon) === "futures" ? "futures" : "spot";
  return { market, symbol: key.slice(colon + 1) };
}

/**
 * The pairs that can be read, each once.
 *
 * @param {string} text such as "spot:BTCUSDT,futures:ETHUSDT"
 */
export function parseKeys(text) {
  const keys = text.split(",").map((part) => part.trim());
  return [...new Set(keys.filter(isWatchKey))];
}

/**
 * A list's name in one line, cut to its longest; "" when nothing is left.
 *
 * @param {string} text
 */
export function cleanName(text) {
  const line = text.replace(/[\p{C}\p{Z}\s]+/gu, " ").trim();
  return [...line].slice(0, NAME_MAX_LENGTH).join("").trim();
}
