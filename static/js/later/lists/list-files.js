/** @import { NamedKeys, Unread } from "./tradingview.js" */

import { cleanName, isWatchKey, KEYS_MAX } from "../../lib/watch-key.js";
import { readTradingView } from "./tradingview.js";

const FORMAT = "marketdeck-watchlists";
const VERSION = 1;

export const FILE_MAX_BYTES = 1_000_000;
export const LISTS_MAX = 200;

/** A file of which nothing can be taken over; `reason` names the words that say why. */
export class UnreadableFile extends Error {
  /** @param {"no_json" | "no_lists" | "newer" | "too_many" | "too_big"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Reads a file of lists: this page's JSON, or TradingView's text.
 *
 * @param {string} text
 * @returns {{ lists: NamedKeys[], unread: Unread[] }} at least one list
 */
export function readListFile(text) {
  if (text.length > FILE_MAX_BYTES) throw new UnreadableFile("too_big");
  const bare = text.replace(/^\uFEFF/, "").trim();
  const read = /^[{[]/.test(bare) ? readJson(bare) : readTradingView(bare);
  const lists = read.lists.filter(({ name, keys }) => name || keys.length > 0);
  if (lists.length === 0) throw new UnreadableFile("no_lists");
  if (lists.length > LISTS_MAX || lists.some(({ keys }) => keys.length > KEYS_MAX)) {
    throw new UnreadableFile("too_many");
  }
  return { lists, unread: read.unread };
}

/** @param {NamedKeys[]} lists */
export function writeJson(lists) {
  const bare = lists.map(({ name, keys }) => ({ name, keys }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, lists: bare }, null, 2)}\n`;
}

/**
 * @param {string} text
 * @returns {{ lists: NamedKeys[], unread: Unread[] }}
 */
function readJson(text) {
  const file = parsed(text);
  if (file?.format !== FORMAT || !Array.isArray(file.lists)) throw new UnreadableFile("no_lists");
  if (!(file.version <= VERSION)) throw new UnreadableFile("newer");
  /** @type {Unread[]} */
  const unread = [];
  const numbers = { next: 1 };
  const lists = file.lists.map((/** @type {any} */ list) => ({
    name: cleanName(String(list?.name ?? "")),
    keys: keysIn(Array.isArray(list?.keys) ? list.keys : [], numbers, unread),
  }));
  return { lists, unread };
}

/**
 * @param {unknown[]} entries
 * @param {{ next: number }} numbers of the entries of the whole file
 * @param {Unread[]} unread to which those are added that are no key, or no new one
 */
function keysIn(entries, numbers, unread) {
  /** @type {Set<string>} */
  const keys = new Set();
  for (const entry of entries) {
    const number = numbers.next++;
    if (!isWatchKey(entry)) unread.push({ number, text: shown(entry), reason: "symbol" });
    else if (keys.has(entry)) unread.push({ number, text: entry, reason: "repeated" });
    else keys.add(entry);
  }
  return [...keys];
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnreadableFile("no_json");
    throw error;
  }
}

/** @param {unknown} entry */
function shown(entry) {
  return typeof entry === "string" ? entry : JSON.stringify(entry);
}
