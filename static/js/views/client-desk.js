/** @import { PriceBook } from "../state/prices.js" */
/** @import { LoadedSymbols, SymbolRow } from "../state/symbols.js" */
/** @import { ClientRows } from "./client-rows.js" */
/** @import { SortColumn } from "../state/columns.js" */
import { isolated } from "../lib/isolate.js";
import { fill, words } from "../words.js";
import { arrange } from "./arrange.js";
import { intoBlocks } from "./blocks.js";
import { namePair, nameSwitch, unknownSymbol } from "./client-rows.js";
import { all, fields, one, setData, setText } from "./dom.js";
import { decimalText, UNKNOWN } from "./figures.js";
import { Query } from "./query.js";

/**
 * The page's state made in the browser, from the loader's list: for the time in which the server
 * cannot be reached. It fills the same elements that the server's fragments would replace.
 */
export class ClientDesk {
  #root;
  #prices;
  #rows;

  /**
   * @param {ParentNode} root
   * @param {PriceBook} prices
   * @param {ClientRows} rows
   */
  constructor(root, prices, rows) {
    this.#root = root;
    this.#prices = prices;
    this.#rows = rows;
  }

  /**
   * @param {string} url
   * @param {LoadedSymbols} loaded of the market that the URL names
   */
  show(url, { market, symbols, owner }) {
    const query = Query.ofUrl(url);
    const { shown, others } = arrange(symbols, query, (symbol) => this.#prices.get(market, symbol));
    const make = (/** @type {SymbolRow} */ row) =>
      this.#rows.make(market, row, query.url({ pair: row.symbol }));
    const table = one(this.#root, "#pairs");
    for (const { block, rows } of intoBlocks(table, shown.map(make)))
      block.replaceChildren(...rows);
    this.#keepOthers(others.map(make));
    for (const empty of all(this.#root, "#markets .empty")) empty.hidden = true;
    showNotice(one(this.#root, "[data-notice]"));
    this.#showCount(shown.length + others.length, symbols.length, query);
    showViews(this.#root, query, shown.length === 0);
    setText(one(this.#root, "#markets-title"), words.market.title[market]);
    const ownList = /** @type {HTMLElement | null} */ (this.#root.querySelector("[data-own-list]"));
    if (ownList) ownList.hidden = ownList.dataset.ownList !== owner;
    showTabs(this.#root, query);
    showHeadings(this.#root, query);
    one(this.#root, "#url-state").replaceChildren(...hiddenInputs(query));
    this.#showPair(query, symbols);
  }

  /** @param {HTMLElement[]} rows that the view keeps out of the table, and may let in later */
  #keepOthers(rows) {
    const kept = this.#root.querySelector("#other-rows") ?? document.createElement("template");
    kept.id = "other-rows";
    /** @type {HTMLTemplateElement} */ (kept).content.replaceChildren(...rows);
    one(this.#root, "#markets").append(kept);
  }

  /**
   * @param {number} shown
   * @param {number} known
   * @param {Query} query
   */
  #showCount(shown, known, query) {
    const note = one(this.#root, "[data-filter-note]");
    note.hidden = query.q === "";
    setText(
      one(note, "span"),
      fill(words.offline.matches, {
        shown: decimalText(String(shown)),
        known: decimalText(String(known)),
        text: isolated(query.q),
      }),
    );
    /** @type {HTMLAnchorElement} */ (one(note, "a")).href = query.url({ q: "" });
  }

  /**
   * @param {Query} query
   * @param {SymbolRow[]} symbols
   */
  #showPair({ market, pair }, symbols) {
    const panel = one(this.#root, "#pair");
    const row = pair ? symbols.find(({ symbol }) => symbol.normalize("NFC") === pair) : symbols[0];
    const { symbol, baseAsset, quoteAsset } = row ?? unknownSymbol(pair);
    if (panel.dataset.symbol === symbol && panel.dataset.market === market) return;
    // A new element, so that the views see that the pair is another.
    const fresh = /** @type {HTMLElement} */ (panel.cloneNode(true));
    const tickSize = this.#rows.tickSize(`${market}:${symbol}`);
    const names = { base: baseAsset, quote: quoteAsset };
    Object.assign(fresh.dataset, { market, symbol, tickSize, stepSize: "", ...names });
    setData(fresh, "unknown", null);
    for (const cell of Object.values(fields(fresh))) setText(cell, UNKNOWN);
    namePair(one(fresh, "h2"), baseAsset, quoteAsset);
    nameSwitch(fresh, `${market}:${symbol}`);
    setText(one(fresh, "[data-pair-kind]"), words.market.name[market]);
    const alert = one(fresh, "[data-alert-new]");
    alert.ariaLabel = fill(words.alerts.new_name, { pair: symbol });
    alert.hidden = false;
    panel.replaceWith(fresh);
    setText(one(this.#root, "[data-book-cost] [value=base]"), baseAsset);
    setText(one(this.#root, "[data-book-cost] [value=quote]"), quoteAsset);
  }
}

/** @param {HTMLElement} notice which the server has filled when it knows the cause */
function showNotice(notice) {
  if (notice.hidden) {
    const whenLive = document.createElement("span");
    whenLive.dataset.whenLive = "";
    whenLive.textContent = ` ${words.offline.prices}`;
    notice.replaceChildren(words.offline.notice, whenLive);
  }
  notice.hidden = false;
}

/**
 * @param {ParentNode} root
 * @param {Query} query
 */
function showTabs(root, query) {
  for (const tab of /** @type {HTMLAnchorElement[]} */ (all(root, "[data-market-tab]"))) {
    const market = tab.dataset.marketTab ?? "";
    const isCurrent = market === query.market;
    tab.href = query.url(isCurrent ? {} : { market, pair: "" });
    tab.setAttribute("hx-get", tab.href);
    tab.ariaCurrent = isCurrent ? "page" : null;
  }
}

/**
 * @param {ParentNode} root
 * @param {Query} query
 * @param {boolean} isEmpty
 */
function showViews(root, query, isEmpty) {
  for (const link of /** @type {HTMLAnchorElement[]} */ (all(root, "[data-view]"))) {
    const { view = "" } = link.dataset;
    link.href = query.viewUrl(view);
    link.setAttribute("hx-get", link.href);
    link.ariaCurrent = view === query.view ? "true" : null;
  }
  const empty = one(root, "[data-view-empty]");
  const sentences = /** @type {Record<string, string>} */ (words.table.empty);
  setText(empty, sentences[query.view] ?? "");
  empty.hidden = !isEmpty || query.view === "";
}

/**
 * @param {ParentNode} root
 * @param {Query} query
 */
function showHeadings(root, query) {
  for (const link of /** @type {HTMLAnchorElement[]} */ (all(root, "[data-sort]"))) {
    const column = /** @type {SortColumn} */ (link.dataset.sort);
    link.href = query.sortUrl(column);
    link.setAttribute("hx-get", link.href);
    link.parentElement?.setAttribute("aria-sort", query.ariaSort(column));
  }
}

/**
 * The URL's state for the form that finds a pair; the others are not sent without a server.
 *
 * @param {Query} query
 */
function hiddenInputs(query) {
  return [...new URLSearchParams(query.url())]
    .filter(([name]) => name !== "q")
    .map(([name, value]) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      input.setAttribute("form", "find-form");
      return input;
    });
}
