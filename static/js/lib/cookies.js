const YEAR_SECONDS = 365 * 24 * 3600;

/**
 * A cookie of this site, decoded; "" when there is none or it is damaged.
 *
 * @param {string} name
 */
export function readCookie(name) {
  return decoded(rawCookie(name) ?? "");
}

/**
 * Keeps a text for a year, as the server's own cookies are kept.
 *
 * @param {string} name
 * @param {string} text
 */
export function writeCookie(name, text) {
  setRawCookie(name, encodeURIComponent(text));
}

/**
 * @param {string} name
 * @returns {string | null} its value as it stands there; null when there is none
 */
export function rawCookie(name) {
  const start = `${name}=`;
  const found = document.cookie.split("; ").find((part) => part.startsWith(start));
  return found?.slice(start.length) ?? null;
}

/**
 * @param {string} name
 * @param {string} value encoded
 * @param {number} [maxAgeSeconds] 0 takes it away
 */
export function setRawCookie(name, value, maxAgeSeconds = YEAR_SECONDS) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${name}=${value}; path=/; max-age=${maxAgeSeconds}; samesite=lax`;
}

/**
 * @param {string} value
 * @returns {string} "" when it is damaged
 */
export function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return "";
    throw error;
  }
}
