/** @import { ShownBook } from "../../views/order-book.js" */
/** @import { Units } from "../../views/pair-panel.js" */
import { compare, decimalsOf, round } from "../../lib/decimal.js";
import { isolated } from "../../lib/isolate.js";
import { parseAmount } from "../../lib/number-look.js";
import { one, setText } from "../../views/dom.js";
import { basisPointsText, decimalText, stepOf, stepText } from "../../views/figures.js";
import { fill, words } from "../../words.js";
import { orderCost, slippage } from "./order-cost.js";

const QUOTE_STEP = "0.01";
const EXAMPLE = "0.5";

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
    const typed = String(wish.get("amount")).trim();
    if (typed === "") return words.cost.type_one;
    const amount = parseAmount(typed);
    if (amount === null || compare(amount, "0") <= 0) {
      return fill(words.cost.no_amount, { example: decimalText(EXAMPLE) });
    }
    const side = wish.get("way") === "sell" ? "bid" : "ask";
    const cost = orderCost(
      book.levels(side),
      amount,
      wish.get("unit") === "quote" ? "quote" : "base",
    );
    if (cost === null) return words.cost.nothing_there;
    const { base, average, worst, quote } = cost;
    if (!cost.isFilled) {
      return fill(words.cost.too_much[side], {
        quantity: stepText(base, units.stepSize),
        asset: isolated(units.base),
        price: stepText(worst, units.tickSize),
      });
    }
    const [bid = worst] = book.levels("bid", 1)[0] ?? [];
    const [ask = worst] = book.levels("ask", 1)[0] ?? [];
    return [
      fill(words.cost.average, { price: averageText(average, units.tickSize || worst) }),
      fill(words.cost.worst, { price: stepText(worst, units.tickSize) }),
      `${stepText(round(quote, 2), QUOTE_STEP)} ${units.quote}`,
      fill(words.cost.slippage, { distance: basisPointsText(slippage(average, bid, ask)) }),
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
