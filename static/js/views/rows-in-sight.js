import { firstNot } from "../lib/first-not.js";

// Rows this near to the visible ones count too, so that scrolling finds them ready.
const NEAR_PX = 240;

/**
 * The rows of a table's body that are in the window or near it. It asks a few of them where they
 * are: an observer of each of 1,000 rows would cost the browser 2.5 ms of every frame.
 *
 * @param {Element} body whose rows stand one below the other
 * @returns {HTMLElement[]}
 */
export function rowsInSight(body) {
  const rows = /** @type {HTMLCollectionOf<HTMLElement>} */ (body.children);
  const { top, bottom, height } = body.getBoundingClientRect();
  const isFar = bottom < -NEAR_PX || top > innerHeight + NEAR_PX;
  if (height === 0 || isFar) return []; // a far one is not even laid out
  // Not by where a row is painted: while rows change places, some are held where they were.
  const start = (rows[0]?.offsetTop ?? 0) - top;
  const rowAt = (/** @type {number} */ at) => /** @type {HTMLElement} */ (rows[at]);
  const isAbove = (/** @type {number} */ at) =>
    rowAt(at).offsetTop + rowAt(at).offsetHeight < start - NEAR_PX;
  const isBelow = (/** @type {HTMLElement} */ row) => row.offsetTop > start + innerHeight + NEAR_PX;
  const found = [];
  for (let at = firstNot(isAbove, rows.length); at < rows.length; at += 1) {
    if (isBelow(rowAt(at))) break;
    found.push(rowAt(at));
  }
  return found;
}
