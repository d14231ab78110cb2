/** @import { SymbolRow } from "../state/symbols.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { ClientRows } from "./client-rows.js" */
import { splitKey } from "../lib/watch-key.js";
import { fill, words } from "../words.js";
import { all, one, setText } from "./dom.js";
import { Query } from "./query.js";

const ROWS_URL = "/markets/watchlist/rows";

/**
 * @typedef {object} Sources
 * @property {ClientRows} rows
 * @property {(market: Market, symbol: string) => SymbolRow} find
 * @property {typeof fetch} fetch
 * @property {() => void} changed after rows have come or gone
 */

/**
 * The watchlist's rows. Only those that come, go or move are touched, so that no price flickers. A
 * row that comes is made here at once; the server's own, which knows more, replaces it when it has
 * arrived.
 */
export class WatchRows {
  #root;
  #sources;
  /** @type {Map<string, HTMLElement>} by key, those of before a swap too */
  #rows = new Map();
  /** @type {Set<string>} of which the server was asked for a row */
  #asked = new Set();

  /**
   * @param {ParentNode} root
   * @param {Sources} sources
   */
  constructor(root, sources) {
    this.#root = root;
    this.#sources = sources;
  }

  /** A swap has brought new rows; those that it did not bring may be out of date. */
  rebind() {
    this.#asked.clear();
    for (const row of this.#rows.values()) row.dataset.made = "";
  }

  /** @param {string[]} keys */
  show(keys) {
    const body = this.#body;
    const focused = document.activeElement;
    const onPage = new Map(all(body, "[data-row]").map((row) => [keyOf(row), row]));
    const rows = keys.map((key) => onPage.get(key) ?? this.#rows.get(key) ?? this.#make(key));
    this.#rows = new Map(keys.map((key, place) => [key, /** @type {HTMLElement} */ (rows[place])]));
    const successor = focusAfter(body, focused, new Set(rows));
    arrange(body, rows);
    if (focused instanceof HTMLElement && body.contains(focused)) focused.focus();
    else successor?.focus();
    one(this.#root, "[data-watchlist-empty]").hidden = keys.length > 0;
    this.#sources.changed();
    this.#askForMade();
  }

  get #body() {
    return one(this.#root, "#watchlist-body");
  }

  /** @param {string} key */
  #make(key) {
    const { market, symbol } = splitKey(key);
    const { rows, find } = this.#sources;
    const url = Query.ofUrl(location.href).url({ market, pair: symbol });
    const row = rows.make(market, find(market, symbol), url, "#watch-row-template");
    if (market === "futures" && !symbol.includes("_")) {
      const tag = document.createElement("small");
      tag.className = "tag";
      setText(tag, words.watchlist.perpetual);
      one(row, "a").after(tag);
    }
    one(row, "[data-grip]").ariaLabel = fill(words.watchlist.handle, { pair: symbol });
    row.dataset.made = "";
    return row;
  }

  async #askForMade() {
    const made = all(this.#body, "[data-made]").map(keyOf);
    const keys = made.filter((key) => !this.#asked.has(key));
    if (keys.length === 0) return;
    for (const key of keys) this.#asked.add(key);
    const html = await this.#fetchRows(keys);
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = all(template.content, "[data-row]");
    for (const row of fresh) this.#replace(row);
    if (fresh.length > 0) this.#sources.changed();
  }

  /**
   * @param {string[]} keys
   * @returns {Promise<string>} "" when the server does not give them
   */
  async #fetchRows(keys) {
    const headers = { "Content-Type": "application/json" }; // no form: it needs no token of one
    const body = JSON.stringify(keys);
    try {
      const url = ROWS_URL + location.search;
      const answer = await this.#sources.fetch(url, { method: "POST", headers, body });
      return answer.ok ? await answer.text() : "";
    } catch (error) {
      if (error instanceof TypeError) return ""; // out of reach: the rows made here stay
      throw error;
    }
  }

  /** @param {HTMLElement} row of the server, in place of the one that was made here */
  #replace(row) {
    const key = keyOf(row);
    const made = this.#rows.get(key);
    if (made?.dataset.made === undefined || !made.isConnected) return;
    const focused = made.contains(document.activeElement) ? document.activeElement : null;
    made.replaceWith(row);
    this.#rows.set(key, row);
    const same = focused && row.querySelector(`.${focused.classList[0] ?? "c-symbol a"}`);
    if (same instanceof HTMLElement) same.focus();
  }
}

/** @param {HTMLElement} row */
export function keyOf({ dataset }) {
  return `${dataset.market}:${dataset.symbol}`;
}

/**
 * @param {HTMLElement} body
 * @param {HTMLElement[]} rows
 */
function arrange(body, rows) {
  const wanted = new Set(rows);
  for (const row of all(body, "[data-row]")) if (!wanted.has(row)) row.remove();
  let next = body.firstElementChild;
  for (const row of rows) {
    if (row === next) next = next.nextElementSibling;
    else body.insertBefore(row, next);
  }
}

/**
 * When the row that has the focus goes, the next one's same control gets it.
 *
 * @param {HTMLElement} body
 * @param {Element | null} focused
 * @param {Set<HTMLElement>} staying
 * @returns {HTMLElement | null}
 */
function focusAfter(body, focused, staying) {
  const row = focused?.closest("[data-row]");
  if (!focused || !(row instanceof HTMLElement) || !body.contains(row) || staying.has(row)) {
    return null;
  }
  const rows = all(body, "[data-row]");
  const place = rows.indexOf(row);
  const isStaying = (/** @type {HTMLElement} */ other) => staying.has(other);
  const next = rows.slice(place).find(isStaying) ?? rows.slice(0, place).findLast(isStaying);
  return next?.querySelector(focused.localName === "a" ? "a" : "button.star") ?? null;
}
