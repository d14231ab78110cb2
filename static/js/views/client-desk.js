/** @import { SafeStorage } from "../lib/safe-storage.js" */
/** @import { PriceBook } from "../state/prices.js" */
/** @import { LoadedSymbols, SymbolRow } from "../state/symbols.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { SortColumn } from "./query.js" */
import { arrange } from "./arrange.js";
import { ClientRows, namePair, nameSwitch } from "./client-rows.js";
import { all, fields, one, setData, setText } from "./dom.js";
import { UNKNOWN } from "./figures.js";
import { Query } from "./query.js";

const NOTICE =
  "This server does not answer. List, filter, order and watchlist come from this browser for now.";
const WHEN_LIVE = " Prices still come straight from Binance.";
const MARKET_NAMES = { spot: "Spot", futures: "Futures" };

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
   * @param {SafeStorage} storage
   */
  constructor(root, prices, storage) {
    this.#root = root;
    this.#prices = prices;
    this.#rows = new ClientRows(root, storage);
  }

  /** Learns from the rows of a swap what the browser's list does not tell. */
  rebind() {
    this.#rows.learn();
  }

  /**
   * @param {string} url
   * @param {LoadedSymbols} loaded of the market that the URL names
   */
  show(url, { market, symbols }) {
    const query = Query.ofUrl(url);
    const shown = arrange(symbols, query, (symbol) => this.#prices.get(market, symbol));
    const rows = shown.map((row) => this.#rows.make(market, row, query.url({ pair: row.symbol })));
    one(this.#root, "#pairs-body").replaceChildren(...rows);
    for (const empty of all(this.#root, "#markets .empty")) empty.hidden = true;
    showNotice(one(this.#root, "[data-notice]"));
    this.#showCount(shown.length, symbols.length, query);
    setText(one(this.#root, "#markets-title"), `${MARKET_NAMES[market]} markets`);
    showTabs(this.#root, query);
    showHeadings(this.#root, query);
    one(this.#root, "#url-state").replaceChildren(...hiddenInputs(query));
    this.#showPair(query, symbols);
  }

  /**
   * @param {string[]} keys such as "spot:BTCUSDT"
   * @param {(market: Market, symbol: string) => SymbolRow | undefined} find
   */
  showWatchlist(keys, find) {
    const query = Query.ofUrl(location.href);
    const rows = keys.map((key) => {
      const market = key.startsWith("futures:") ? "futures" : "spot";
      const symbol = key.slice(market.length + 1);
      const known = find(market, symbol) ?? unknownSymbol(symbol);
      return this.#rows.make(market, known, query.url({ market, pair: symbol }));
    });
    one(this.#root, "#watchlist-body").replaceChildren(...rows);
    one(this.#root, "[data-watchlist-empty]").hidden = keys.length > 0;
  }

  /**
   * @param {number} shown
   * @param {number} known
   * @param {Query} query
   */
  #showCount(shown, known, query) {
    const note = one(this.#root, "[data-filter-note]");
    note.hidden = query.q === "";
    setText(one(note, "span"), `${shown} of ${known} pairs match “${query.q}”`);
    /** @type {HTMLAnchorElement} */ (one(note, "a")).href = query.url({ q: "" });
  }

  /**
   * @param {Query} query
   * @param {SymbolRow[]} symbols
   */
  #showPair({ market, pair }, symbols) {
    const panel = one(this.#root, "#pair");
    const row = pair ? symbols.find(({ symbol }) => symbol === pair) : symbols[0];
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
    setText(one(fresh, "[data-pair-kind]"), MARKET_NAMES[market]);
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
    whenLive.textContent = WHEN_LIVE;
    notice.replaceChildren(NOTICE, whenLive);
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
 */
function showHeadings(root, query) {
  for (const link of /** @type {HTMLAnchorElement[]} */ (all(root, "[data-sort]"))) {
    const column = /** @type {SortColumn} */ (link.dataset.sort);
    link.href = query.sortUrl(column);
    link.setAttribute("hx-get", link.href);
    link.parentElement?.setAttribute("aria-sort", query.ariaSort(column));
  }
}

/** @param {Query} query */
function hiddenInputs(query) {
  const forms = ["find-form", "watch-form"];
  return forms.flatMap((form) =>
    [...new URLSearchParams(query.url())]
      .filter(([name]) => name !== "q" || form === "watch-form")
      .map(([name, value]) => {
        const input = document.createElement("input");
        Object.assign(input, { type: "hidden", name, value });
        input.setAttribute("form", form);
        return input;
      }),
  );
}

/**
 * @param {string} symbol
 * @returns {SymbolRow}
 */
function unknownSymbol(symbol) {
  const base = symbol.replace(/(?<=.)USDT$/, "");
  return { symbol, baseAsset: base, quoteAsset: "USDT", status: "" };
}
