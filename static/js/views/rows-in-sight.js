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
  const bodies = table.tBodies;
  const frame = frameOf(table)?.getBoundingClientRect();
  if (!bodies[0] || !frame) return [];
  const { top, height } = bodies[0].getBoundingClientRect();
  const size = bodies[0].rows.length;
  const rowHeight = height / size;
  if (!(rowHeight > 0)) return [];
  const placeAt = (/** @type {number} */ px) => Math.max(0, (px - top) / rowHeight);
  const end = placeAt(Math.min(innerHeight, frame.bottom) + NEAR_PX);
  const rows = [];
  let place = Math.floor(placeAt(Math.max(0, frame.top) - NEAR_PX));
  for (; place < end; place += 1) {
    const row = bodies[Math.floor(place / size)]?.rows[place % size];
    if (!row) break;
    rows.push(row);
  }
  return rows;
}
