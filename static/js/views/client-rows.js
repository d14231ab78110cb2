/** @import { SafeStorage } from "../lib/safe-storage.js" */
/** @import { SymbolRow } from "../state/symbols.js" */
/** @import { Market } from "../streams/routes.js" */
import { fill, words } from "../words.js";
import { all, one, setText } from "./dom.js";

const TICK_SIZES_KEY = "marketdeck:tick-sizes:v1";

/** Makes rows in the browser from the page's own `<template>`, as the server would make them. */
export class ClientRows {
  #root;
  #storage;
  /** @type {Map<string, string>} by key: a list of names has no tick sizes, but the page had them */
  #tickSizes;

  /**
   * @param {ParentNode} root
   * @param {SafeStorage} storage
   */
  constructor(root, storage) {
    this.#root = root;
    this.#storage = storage;
    this.#tickSizes = new Map(Object.entries(storage.getJson(TICK_SIZES_KEY) ?? {}));
  }

  /** Learns what the server's rows on the page tell, for this page and for later ones. */
  learn() {
    let hasLearnt = false;
    for (const { dataset } of all(this.#root, "[data-row]")) {
      const { market, symbol, tickSize } = dataset;
      const key = `${market}:${symbol}`;
      if (!tickSize || this.#tickSizes.get(key) === tickSize) continue;
      this.#tickSizes.set(key, tickSize);
      hasLearnt = true;
    }
    if (!hasLearnt) return;
    const sizes = Object.fromEntries(this.#tickSizes);
    this.#storage.setItem(TICK_SIZES_KEY, JSON.stringify(sizes));
  }

  /** @param {string} key */
  tickSize(key) {
    return this.#tickSizes.get(key) ?? "";
  }

  /**
   * @param {Market} market
   * @param {SymbolRow} row
   * @param {string} url of the state in which the pair is chosen
   * @param {string} [selector] of the row's template
   * @returns {HTMLElement}
   */
  make(market, { symbol, baseAsset, quoteAsset }, url, selector = "#row-template") {
    const template = /** @type {HTMLTemplateElement} */ (one(this.#root, selector));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const key = `${market}:${symbol}`;
    Object.assign(row.dataset, { market, symbol, tickSize: this.tickSize(key) });
    nameSwitch(row, key);
    const link = /** @type {HTMLAnchorElement} */ (one(row, "a"));
    link.href = url;
    namePair(link, baseAsset, quoteAsset);
    // A dated contract is named after its day: BTCUSDT_261225.
    const day = symbol.split("_")[1];
    if (day) link.after(tag(day));
    return row;
  }
}

/** @param {string} text */
function tag(text) {
  const element = document.createElement("small");
  element.className = "tag";
  setText(element, text);
  return element;
}

/**
 * @param {ParentNode} root that holds one watch switch
 * @param {string} key
 */
export function nameSwitch(root, key) {
  const button = /** @type {HTMLButtonElement} */ (one(root, "button.star"));
  button.value = key;
  button.ariaLabel = fill(words.row.watch, { pair: key.slice(key.indexOf(":") + 1) });
}

/**
 * @param {HTMLElement} element
 * @param {string} base
 * @param {string} quote
 */
export function namePair(element, base, quote) {
  const name = document.createElement("bdi");
  const slash = document.createElement("span");
  setText(name, base);
  setText(slash, `/${quote}`);
  element.replaceChildren(name, slash);
}

/**
 * What can be told of a pair that is on no list that this browser has.
 *
 * @param {string} symbol
 * @returns {SymbolRow}
 */
export function unknownSymbol(symbol) {
  const base = symbol.replace(/(?<=.)USDT$/, "");
  return { symbol, baseAsset: base, quoteAsset: "USDT", status: "" };
}
