/** @import { PriceBook } from "../state/prices.js" */
/** @import { Candidate } from "./ranking.js" */
import { setData, setText } from "./dom.js";
import { changeFigure, stepText } from "./figures.js";

const MARKET_NAMES = { spot: "Spot", futures: "Futures" };

/**
 * One option of the picker: symbol, market, and price and change where they are known.
 *
 * @param {Candidate} candidate
 * @param {number} index
 * @param {PriceBook} prices
 */
export function option({ market, symbol, baseAsset }, index, prices) {
  const element = document.createElement("li");
  element.id = `find-option-${index}`;
  element.role = "option";
  element.ariaSelected = "false";
  Object.assign(element.dataset, { market, symbol });
  element.append(
    name(symbol, baseAsset),
    cell("small", MARKET_NAMES[market]),
    cell("span", ""),
    cell("span", ""),
  );
  paintOption(element, { market, symbol }, prices);
  return element;
}

/**
 * Writes price and change, once they are known.
 *
 * @param {Element} element
 * @param {Pick<Candidate, "market" | "symbol">} candidate
 * @param {PriceBook} prices
 */
export function paintOption(element, { market, symbol }, prices) {
  const ticker = prices.get(market, symbol);
  const [, , price, change] = /** @type {HTMLElement[]} */ ([...element.children]);
  if (!ticker || !price || !change) return;
  const { text, trend } = changeFigure(ticker.open, ticker.last);
  setText(price, stepText(ticker.last, ""));
  setText(change, text);
  setData(change, "trend", trend);
}

/**
 * The symbol, with its base asset standing out.
 *
 * @param {string} symbol
 * @param {string} base
 */
function name(symbol, base) {
  const element = document.createElement("bdi");
  const known = symbol.startsWith(base) ? base : "";
  element.append(cell("b", known), symbol.slice(known.length));
  return element;
}

/**
 * @param {string} name
 * @param {string} text
 */
function cell(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
