import { decoded } from "./cookies.js";
import { cleanName, isWatchKey } from "./watch-key.js";

/**
 * A list as the cookie holds it: `spot:BTCUSDT,+12,id=main,name=Majors`, with `of=<tag>` where it is
 * an account's. `more` are those at its end that found no room. `webapp/markets/watchlist.py` reads
 * and writes the same.
 *
 * @typedef {object} CookieList
 * @property {string} tag of the account; "" when it is nobody's
 * @property {string} id "" when the server made the list
 * @property {string} name "" when it has none
 * @property {string[]} keys
 * @property {number} more
 */

export const COOKIE_MAX_LENGTH = 3_800; // browsers drop one of more than 4,096 with its attributes
const KEYS_MAX = 150;

/**
 * @param {string} text the cookie's value, decoded
 * @returns {CookieList}
 */
export function parseCookieList(text) {
  const parts = text.split(",");
  const after = (/** @type {string} */ prefix) =>
    parts.find((part) => part.startsWith(prefix))?.slice(prefix.length) ?? "";
  const more = after("+");
  return {
    tag: after("of="),
    id: after("id="),
    name: cleanName(decoded(after("name="))),
    keys: [...new Set(parts.filter(isWatchKey))],
    more: /^\d{1,5}$/.test(more) ? Number(more) : 0,
  };
}

/**
 * The cookie's value: as much of the list as fits in it, and how much does not.
 *
 * @param {{ id: string, name: string, keys: string[] }} list
 * @param {string} [tag]
 */
export function formatCookieList({ id, name, keys }, tag = "") {
  const tail = [
    ...(tag ? [`of=${tag}`] : []),
    `id=${id}`,
    ...(name ? [`name=${encodeURIComponent(name)}`] : []),
  ];
  let shown = Math.min(keys.length, KEYS_MAX);
  const value = () => {
    const more = keys.length - shown;
    const parts = [...keys.slice(0, shown), ...(more ? [`+${more}`] : []), ...tail];
    return encodeURIComponent(parts.join(","));
  };
  while (shown > 0 && value().length > COOKIE_MAX_LENGTH) shown -= 1;
  return value();
}
