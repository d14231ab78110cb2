/** @import { Level } from "../../streams/payloads.js" */
import { add, compare, divide, multiply, subtract } from "../../lib/decimal.js";

const DECIMALS = 18;

/**
 * @typedef {object} OrderCost exact but for the averages, which have 18 decimals
 * @property {string} base bought or sold
 * @property {string} quote paid or received
 * @property {string} average price
 * @property {string} worst price
 * @property {boolean} isFilled whether the levels suffice; else the figures are those of all levels
 */

/**
 * What a market order would take from one side of a book.
 *
 * @param {Level[]} levels best first: asks for buying, bids for selling
 * @param {string} amount above 0
 * @param {"base" | "quote"} unit of the amount
 * @returns {OrderCost | null} null when there are no levels
 */
export function orderCost(levels, amount, unit) {
  let [base, quote, worst] = ["0", "0", ""];
  let left = amount;
  for (const [price, quantity] of levels) {
    if (compare(left, "0") <= 0) break;
    const value = multiply(price, quantity);
    const isWhole = compare(unit === "base" ? quantity : value, left) <= 0;
    const took = isWhole ? { base: quantity, quote: value } : part(price, left, unit);
    base = add(base, took.base);
    quote = add(quote, took.quote);
    left = subtract(left, took[unit]);
    worst = price;
  }
  if (worst === "" || compare(base, "0") === 0) return null;
  const average = divide(quote, base, DECIMALS);
  return { base, quote, average, worst, isFilled: compare(left, "0") <= 0 };
}

/**
 * How far an average is from the middle of the book, in basis points of the middle.
 *
 * @param {string} average
 * @param {string} bid
 * @param {string} ask
 * @returns {string} with two decimals; never negative
 */
export function slippage(average, bid, ask) {
  const twiceMiddle = add(bid, ask);
  const gap = subtract(multiply(average, "2"), twiceMiddle).replace("-", "");
  return divide(multiply(gap, "10000"), twiceMiddle, 2);
}

/**
 * @param {string} price
 * @param {string} amount
 * @param {"base" | "quote"} unit
 */
function part(price, amount, unit) {
  if (unit === "base") return { base: amount, quote: multiply(price, amount) };
  return { base: divide(amount, price, DECIMALS), quote: amount };
}
