/** @import { Level } from "../streams/payloads.js" */
import { fromUnits, multiply, toUnits } from "./decimal.js";

const SCALE = 18;
const MULTIPLES = ["1", "2", "5"];
// Coarser than a hundredth of the price, a ladder says nothing.
const COARSEST = 100n;

/**
 * The sizes by which levels can be grouped: 1, 2, 5, 10 … ticks.
 *
 * @param {string} tickSize such as "0.01"
 * @param {string} price of the pair
 * @returns {string[]} the tick itself first
 */
export function groupSteps(tickSize, price) {
  const coarsest = toUnits(price, SCALE) / COARSEST;
  /** @type {string[]} */
  const steps = [];
  for (let ten = tickSize; ; ten = multiply(ten, "10")) {
    for (const multiple of MULTIPLES) {
      const step = multiply(ten, multiple);
      if (steps.length > 0 && toUnits(step, SCALE) > coarsest) return steps;
      steps.push(step);
    }
  }
}

/**
 * Adds levels up into steps: bids downwards and asks upwards, so that no price looks better than
 * it is. A group that may go on beyond what is known is left out.
 *
 * @param {Iterable<Level>} levels best first
 * @param {object} options
 * @param {"bid" | "ask"} options.side
 * @param {string} options.step
 * @param {number} options.count of groups at the most
 * @param {boolean} options.isWhole whether there are no more levels than these
 * @returns {Level[]} best first
 */
export function grouped(levels, { side, step, count, isWhole }) {
  const stepUnits = toUnits(step, SCALE);
  /** @type {{ price: bigint, quantity: bigint }[]} */
  const groups = [];
  let isCut = false;
  for (const [price, quantity] of levels) {
    const group = groupPrice(toUnits(price, SCALE), stepUnits, side);
    const last = groups.at(-1);
    if (last?.price === group) last.quantity += toUnits(quantity, SCALE);
    else if (groups.length === count) {
      isCut = true;
      break;
    } else groups.push({ price: group, quantity: toUnits(quantity, SCALE) });
  }
  if (!isCut && !isWhole) groups.pop();
  return groups.map(({ price, quantity }) => [fromUnits(price, SCALE), fromUnits(quantity, SCALE)]);
}

/**
 * @param {bigint} price
 * @param {bigint} step
 * @param {"bid" | "ask"} side
 */
function groupPrice(price, step, side) {
  const floor = price - (price % step);
  return side === "bid" || floor === price ? floor : floor + step;
}
