/** @import { ShownBook } from "./order-book.js" */
/** @import { Units } from "./pair-panel.js" */
import { compare, decimalsOf, isDecimal, round } from "../lib/decimal.js";
import { orderCost, slippage } from "../lib/order-cost.js";
import { one, setText } from "./dom.js";
import { stepOf, stepText } from "./figures.js";

const QUOTE_STEP = "0.01";

/** What a market order of a given size would cost, as the book stands. */
export class BookCost {
  #form;
  #result;
  /** @type {(() => void) | null} writes the result anew */
  #again = null;

  /** @param {HTMLElement} form */
  constructor(form) {
    this.#form = /** @type {HTMLFormElement} */ (form);
    this.#result = one(form, "[data-book-cost-result]");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.#again?.());
  }

  /**
   * @param {ShownBook} book
   * @param {Units} units
   */
  paint(book, units) {
    this.#again = () => setText(this.#result, this.#text(book, units));
    this.#again();
  }

  /**
   * @param {ShownBook} book
   * @param {Units} units
   */
  #text(book, units) {
    const wish = new FormData(this.#form);
    const amount = String(wish.get("amount")).trim().replaceAll(",", "");
    if (amount === "") return "Type an amount.";
    if (!isDecimal(amount) || compare(amount, "0") <= 0)
      return "An amount is a number such as 0.5.";
    const side = wish.get("way") === "sell" ? "bid" : "ask";
    const cost = orderCost(
      book.levels(side),
      amount,
      wish.get("unit") === "quote" ? "quote" : "base",
    );
    if (cost === null) return "There is nothing on that side of the book.";
    const { base, average, worst, quote } = cost;
    if (!cost.isFilled) {
      return `More than the known book: ${stepText(base, units.stepSize)} ${units.base} ${side === "ask" ? "up" : "down"} to ${stepText(worst, units.tickSize)}.`;
    }
    const [bid = worst] = book.levels("bid", 1)[0] ?? [];
    const [ask = worst] = book.levels("ask", 1)[0] ?? [];
    return [
      `${averageText(average, units.tickSize || worst)} on average`,
      `worst ${stepText(worst, units.tickSize)}`,
      `${stepText(round(quote, 2), QUOTE_STEP)} ${units.quote}`,
      `${slippage(average, bid, ask)} bps off the middle`,
    ].join(" · ");
  }
}

/**
 * @param {string} average
 * @param {string} tick tick size, or a price that has its decimals
 */
function averageText(average, tick) {
  const decimals = decimalsOf(tick) + 2; // an average lies between ticks
  return stepText(round(average, decimals), stepOf(decimals));
}
