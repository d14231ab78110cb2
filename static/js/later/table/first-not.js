/**
 * The first place at which something does not hold, found by halving.
 *
 * @param {(at: number) => boolean} holds for the first places, and for none after them
 * @param {number} length how many places there are
 * @returns {number} `length` when it holds for all
 */
export function firstNot(holds, length) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
