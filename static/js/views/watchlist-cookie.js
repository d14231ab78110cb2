/**
 * The watchlist's cookie, which `webapp/markets/watchlist.py` writes and reads too.
 */
const COOKIE = "watchlist";
const COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600;
const MAX_ENTRIES = 150;

/** @returns {string[]} keys such as "spot:BTCUSDT", oldest first */
export function readWatchlist() {
  const pairs = document.cookie.split("; ").map((part) => part.split("="));
  const value = pairs.find(([name]) => name === COOKIE)?.[1] ?? "";
  return decoded(value).split(",").filter(Boolean);
}

/**
 * Adds or removes one key.
 *
 * @param {string} key
 * @param {boolean} isWatched
 */
export function setWatched(key, isWatched) {
  const others = readWatchlist().filter((other) => other !== key);
  const keys = isWatched ? [...others, key].slice(0, MAX_ENTRIES) : others;
  const value = encodeURIComponent(keys.join(","));
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${COOKIE}=${value}; path=/; max-age=${COOKIE_MAX_AGE_SECONDS}; samesite=lax`;
}

/** @param {string} value */
function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return "";
    throw error;
  }
}
