import { cleanName, isWatchKey, splitKey } from "../../lib/watch-key.js";

/**
 * TradingView's text of watchlists: `###Section,BINANCE:BTCUSDT,BINANCE:BTCUSDT.P`, with commas or
 * new lines between. A perpetual ends in `.P`; a dated contract in the letter of its month and its
 * year, and Binance's lapse on the last Friday of the month.
 *
 * @typedef {object} NamedKeys
 * @property {string} name "" when it has none
 * @property {string[]} keys
 *
 * @typedef {object} Unread an entry that was not taken over
 * @property {number} number its place in the file, from 1
 * @property {string} text
 * @property {"exchange" | "symbol" | "repeated"} reason
 */

const SECTION = "###";
const EXCHANGE = "BINANCE:";
const MONTH_LETTERS = "FGHJKMNQUVXZ";
const DATED = /^(.+)([FGHJKMNQUVXZ])(20\d\d)$/;
const DATED_BY_BINANCE = /_(\d\d)(\d\d)(\d\d)$/;

/**
 * @param {string} text
 * @returns {{ lists: NamedKeys[], unread: Unread[] }}
 */
export function readTradingView(text) {
  /** @type {NamedKeys[]} */
  const lists = [];
  /** @type {Unread[]} */
  const unread = [];
  const entries = text.split(/[,\r\n]+/).map((entry) => entry.trim());
  for (const [index, entry] of entries.filter(Boolean).entries()) {
    if (entry.startsWith(SECTION)) {
      lists.push({ name: cleanName(entry.slice(SECTION.length)), keys: [] });
      continue;
    }
    if (lists.length === 0) lists.push({ name: "", keys: [] });
    const reason = take(entry, /** @type {NamedKeys} */ (lists.at(-1)).keys);
    if (reason) unread.push({ number: index + 1, text: entry, reason });
  }
  return { lists, unread };
}

/** @param {NamedKeys[]} lists */
export function writeTradingView(lists) {
  const lines = lists.flatMap(({ name, keys }) => [
    SECTION + name.replaceAll(",", " "),
    ...keys.map(tradingViewSymbol),
  ]);
  return `${lines.join("\n")}\n`;
}

/**
 * @param {string} entry
 * @param {string[]} keys to which it is added
 * @returns {Unread["reason"] | null} null when it was
 */
function take(entry, keys) {
  const upper = entry.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  if (/^[^\s:]+:/.test(upper) && !upper.startsWith(EXCHANGE)) return "exchange";
  const key = upper.startsWith(EXCHANGE) ? keyOf(upper.slice(EXCHANGE.length)) : "";
  if (!isWatchKey(key)) return "symbol";
  if (keys.includes(key)) return "repeated";
  keys.push(key);
  return null;
}

/** @param {string} symbol as TradingView names it, without its exchange */
function keyOf(symbol) {
  if (symbol.endsWith(".P")) return `futures:${symbol.slice(0, -2)}`;
  if (symbol.endsWith("USDTPERP")) return `futures:${symbol.slice(0, -4)}`;
  if (DATED_BY_BINANCE.test(symbol)) return `futures:${symbol}`;
  const [, pair, letter = "", year] = DATED.exec(symbol) ?? [];
  if (!pair?.endsWith("USDT")) return `spot:${symbol}`;
  const month = MONTH_LETTERS.indexOf(letter);
  const day = lastFriday(Number(year), month);
  const digits = [Number(year) % 100, month + 1, day].map((n) => String(n).padStart(2, "0"));
  return `futures:${pair}_${digits.join("")}`;
}

/** @param {string} key */
function tradingViewSymbol(key) {
  const { market, symbol } = splitKey(key);
  if (market === "spot") return EXCHANGE + symbol;
  const [whole = "", year, month, day] = DATED_BY_BINANCE.exec(symbol) ?? [];
  if (!whole) return `${EXCHANGE}${symbol}.P`;
  const pair = symbol.slice(0, -whole.length);
  const isUsual =
    pair.endsWith("USDT") && isLastFriday(2000 + Number(year), Number(month) - 1, Number(day));
  if (!isUsual) return EXCHANGE + symbol;
  return `${EXCHANGE}${pair}${MONTH_LETTERS[Number(month) - 1]}20${year}`;
}

/**
 * @param {number} year
 * @param {number} month from 0
 * @param {number} day
 */
function isLastFriday(year, month, day) {
  return month >= 0 && month < 12 && day === lastFriday(year, month);
}

/**
 * @param {number} year
 * @param {number} month from 0
 */
function lastFriday(year, month) {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return last.getUTCDate() - ((last.getUTCDay() + 2) % 7);
}
