/** @import { Change } from "../streams/exchange-news.js" */
import { one } from "./dom.js";

const LINES_MAX = 5;
const SHOWN_FOR_MS = 60_000;

/** Tells in a few lines what has changed on the exchange. */
export class NewsView {
  #element;
  #list;
  #states;

  /**
   * @param {ParentNode} root
   * @param {Record<string, string>} states the exchange's words for a pair's state, in ours
   */
  constructor(root, states) {
    this.#element = one(root, "[data-news]");
    this.#list = one(this.#element, "ul");
    this.#states = states;
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
    line.textContent = this.#sentence(change);
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

  /** @param {Change} change */
  #sentence({ market_type: market, kind, symbol, baseAsset, status = "", ...sizes }) {
    // Isolated, so that a name in a script from right to left keeps its place.
    const name = baseAsset ? `\u2068${baseAsset}\u2069/USDT` : `\u2068${symbol}\u2069`;
    const state = this.#states[status] ?? status.replaceAll("_", " ").toLowerCase();
    if (kind === "removed") return `${name} was taken off ${market}.`;
    if (kind === "tick_size")
      return `${name} on ${market} moves in steps of ${sizes.tickSize} now, not ${sizes.previousTickSize}.`;
    if (status !== "TRADING") return `${name} on ${market} is ${state}.`;
    return kind === "added" ? `New on ${market}: ${name}.` : `${name} on ${market} trades again.`;
  }
}
