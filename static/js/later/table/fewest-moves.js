import { firstNot } from "./first-not.js";

/**
 * How to get from one order to another by moving as few as possible: all that stand in the right
 * order already (a longest increasing subsequence) stay where they are.
 *
 * @template T
 * @param {T[]} current each of them once
 * @param {T[]} wanted each of them once
 * @returns {{ removed: T[], placed: { item: T, before: T | null }[] }} what is to be taken away,
 *   then what is to be put before another, in this order
 */
export function fewestMoves(current, wanted) {
  const isWanted = new Set(wanted);
  const removed = current.filter((item) => !isWanted.has(item));
  const placeOf = new Map(current.map((item, place) => [item, place]));
  const stays = longestIncreasing(wanted.map((item) => placeOf.get(item) ?? -1));
  const placed = [];
  for (let at = wanted.length - 1; at >= 0; at--) {
    if (!stays.has(at)) placed.push({ item: itemAt(wanted, at), before: wanted[at + 1] ?? null });
  }
  return { removed, placed };
}

/**
 * @template T
 * @param {T[]} items
 * @param {number} at within them
 */
function itemAt(items, at) {
  return /** @type {T} */ (items[at]);
}

/**
 * @param {number[]} values negative ones are left out
 * @returns {Set<number>} where in the list a longest increasing subsequence stands
 */
function longestIncreasing(values) {
  /** @type {number[]} for each length, where the subsequence with the least last value ends */
  const ends = [];
  /** @type {number[]} for each place, the one before it in its subsequence */
  const previous = [];
  values.forEach((value, at) => {
    if (value < 0) return;
    const length = firstNot((at) => itemAt(values, itemAt(ends, at)) < value, ends.length);
    previous[at] = ends[length - 1] ?? -1;
    ends[length] = at;
  });
  const found = new Set();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) found.add(at);
  return found;
}
