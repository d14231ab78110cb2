/**
 * An order on the way from one to another, so that no frame need wait until all rows are moved: the
 * places nearest to a middle hold what they are to hold in the end, and what stood there stands
 * where that has stood.
 *
 * Near the middle a step is small, as each row that the browser draws has to be laid out anew.
 *
 * @param {string[]} shown
 * @param {string[]} wanted the same in another order
 * @param {{ middle: number, reach: number, mostNear: number, most: number }} limits how many places
 *   are put right: fewer where one of them is no further than `reach` from the middle
 * @returns {string[]}
 */
export function orderStep(shown, wanted, { middle, reach, mostNear, most }) {
  const step = [...shown];
  const placeOf = new Map(shown.map((symbol, place) => [symbol, place]));
  const distance = (/** @type {number} */ place) => Math.abs(place - middle);
  const wrong = [...wanted.keys()].filter((place) => shown[place] !== wanted[place]);
  wrong.sort((a, b) => distance(a) - distance(b));
  const isNear = wrong[0] !== undefined && distance(wrong[0]) <= reach;
  for (const place of wrong.slice(0, isNear ? mostNear : most)) {
    const symbol = /** @type {string} */ (wanted[place]);
    const from = /** @type {number} */ (placeOf.get(symbol));
    const displaced = /** @type {string} */ (step[place]);
    step[place] = symbol;
    step[from] = displaced;
    placeOf.set(displaced, from);
  }
  return step;
}
