import { all } from "./dom.js";

// Rows this near to the visible ones count too, so that scrolling finds them ready.
const NEAR_PX = 240;
/** How far a table may scroll before other rows can have come into sight. */
export const SIGHT_LASTS_PX = NEAR_PX - 40;

/**
 * What the table scrolls in, where it does not scroll with the page.
 *
 * @param {HTMLElement} table
 */
export function frameOf(table) {
  return table.closest(".table-scroll, .panel");
}

/**
 * The rows of a table that are seen, or nearly. They are reckoned from where its first body is: to
 * ask rows where they are, or to have 1,000 of them observed, would cost 2 ms of a frame.
 *
 * @param {HTMLTableElement} table whose bodies hold equally many rows, all of one height, the last
 *   body perhaps fewer
 * @returns {HTMLElement[]}
 */
export function rowsInSight(table) {
  const [body] = table.tBodies;
  const frame = frameOf(table)?.getBoundingClientRect();
  if (!body || !frame) return [];
  const { top, height } = body.getBoundingClientRect();
  const rowHeight = height / body.rows.length;
  if (!(rowHeight > 0)) return [];
  const placeAt = (/** @type {number} */ px) => Math.max(0, (px - top) / rowHeight);
  const start = placeAt(Math.max(0, frame.top) - NEAR_PX);
  const end = placeAt(Math.min(innerHeight, frame.bottom) + NEAR_PX);
  return all(table, "[data-row]").slice(Math.floor(start), Math.ceil(end));
}
