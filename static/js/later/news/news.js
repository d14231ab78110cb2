/** @import { Change } from "../../streams/exchange-news.js" */

import { one } from "../../views/dom.js";
import { decimalText } from "../../views/figures.js";
import { fill, words } from "../../words.js";
import { stateText } from "./states.js";

const LINES_MAX = 5;
const SHOWN_FOR_MS = 60_000;

/** Tells in a few lines what has changed on the exchange. */
export class NewsView {
  #element;
  #list;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#element = one(root, "[data-news]");
    this.#list = one(this.#element, "ul");
    one(this.#element, "button").addEventListener("click", () => {
      this.#list.replaceChildren();
      this.#showOrHide();
    });
  }

  /**
   * @param {Change} change
   * @param {boolean} isOurs it concerns a watched pair or the chosen one: it stays until dismissed
   */
  tell(change, isOurs) {
    const line = document.createElement("li");
    line.textContent = sentence(change);
    this.#element.hidden = false; // before the line comes, so that a screen reader reads it
    this.#list.prepend(line);
    while (this.#list.childElementCount > LINES_MAX) this.#list.lastElementChild?.remove();
    if (isOurs) return;
    setTimeout(() => {
      line.remove();
      this.#showOrHide();
    }, SHOWN_FOR_MS);
  }

  #showOrHide() {
    this.#element.hidden = this.#list.childElementCount === 0;
  }
}

/** @param {Change} change */
function sentence({ market_type, kind, symbol, baseAsset, status = "", tickSize, ...before }) {
  // Isolated, so that a name in a script from right to left keeps its place.
  const pair = baseAsset ? `\u2068${baseAsset}\u2069/USDT` : `\u2068${symbol}\u2069`;
  const names = { pair, market: words.market.in_text[market_type] };
  const { news } = words;
  if (kind === "removed") return fill(news.removed, names);
  if (kind === "tick_size") {
    const steps = {
      step: decimalText(tickSize ?? ""),
      previous: decimalText(before.previousTickSize ?? ""),
    };
    return fill(news.tick_size, { ...names, ...steps });
  }
  if (status !== "TRADING") return fill(news.state, { ...names, state: stateText(status) });
  return fill(kind === "added" ? news.added : news.trades_again, names);
}
