/** @import { Level } from "../streams/payloads.js" */
/** @import { ShownBook } from "./order-book.js" */
/** @import { Units } from "./pair-panel.js" */
import { grouped, groupSteps } from "../lib/book-grouping.js";
import { SafeStorage } from "../lib/safe-storage.js";
import { one, setText } from "./dom.js";
import { stepText } from "./figures.js";

const STEP_KEY = "marketdeck:book-step:";
const UNIT_KEY = "marketdeck:book-unit";
const MORE_KEY = "marketdeck:book-more";
const LEVELS = { usual: 20, more: 50 };
// Quote amounts are sums of money: two decimals say enough.
const QUOTE_STEP = "0.01";

const storage = new SafeStorage(() => globalThis.localStorage);

/**
 * How the person wants the book: grouped by which size (kept for each pair), told in which asset,
 * how deep.
 */
export class BookTools {
  #select;
  #unit;
  #more;
  #key = "";
  #steps = "";

  /**
   * @param {HTMLElement} panel
   * @param {() => void} changed the person wants something else
   */
  constructor(panel, changed) {
    this.#select = /** @type {HTMLSelectElement} */ (one(panel, "[data-book-step]"));
    this.#unit = /** @type {HTMLSelectElement} */ (one(panel, "[data-book-unit]"));
    this.#unit.value = storage.getItem(UNIT_KEY) === "quote" ? "quote" : "base";
    this.#more = one(panel, "[data-book-more]");
    this.#more.ariaPressed = String(storage.getItem(MORE_KEY) === "true");
    this.#select.addEventListener("change", () => {
      storage.setItem(STEP_KEY + this.#key, this.#select.value);
      changed();
    });
    this.#unit.addEventListener("change", () => {
      storage.setItem(UNIT_KEY, this.#unit.value);
      changed();
    });
    this.#more.addEventListener("click", () => {
      this.#more.ariaPressed = String(this.#more.ariaPressed !== "true");
      storage.setItem(MORE_KEY, this.#more.ariaPressed);
      changed();
    });
  }

  /** How many levels of each side are wanted. */
  get levels() {
    return this.#more.ariaPressed === "true" ? LEVELS.more : LEVELS.usual;
  }

  /**
   * Offers the sizes that make sense for the pair's price.
   *
   * @param {Units} units
   * @param {string | undefined} price
   */
  bind({ key, tickSize, base, quote }, price) {
    for (const [index, asset] of [base, quote].entries()) setText(this.#unit.options[index], asset);
    if (price === undefined || tickSize === "") return;
    const steps = groupSteps(tickSize, price);
    const text = `${key} ${steps.join(" ")}`;
    if (text === this.#steps) return;
    this.#steps = text;
    this.#key = key;
    const kept = storage.getItem(STEP_KEY + key) ?? "";
    this.#select.replaceChildren(...steps.map((step) => new Option(stepText(step, step), step)));
    this.#select.value = steps.includes(kept) ? kept : tickSize;
  }

  /**
   * The steps in which prices and quantities are written; "" where they are not known.
   *
   * @param {Units} units
   */
  view({ tickSize, stepSize }) {
    const isQuote = this.#isQuote;
    return { isQuote, priceStep: tickSize, quantityStep: isQuote ? QUOTE_STEP : stepSize };
  }

  /**
   * @param {ShownBook} book
   * @param {"bid" | "ask"} side
   * @param {number} count
   * @param {Units} units
   * @returns {Level[]} best first
   */
  group(book, side, count, { tickSize }) {
    const step = this.#select.value;
    if (step === "" || step === tickSize) return book.levels(side, count);
    return grouped(book.levels(side), { side, step, count, isWhole: book.isWhole(side) });
  }

  get #isQuote() {
    return this.#unit.value === "quote";
  }
}
