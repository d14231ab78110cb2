/**
 * @typedef {{ row: number, column: number }} Place
 * @typedef {{ rows: number, columns: number, page: number }} Size
 */

/**
 * Where a key leads in a grid, by the keys of https://www.w3.org/WAI/ARIA/apg/patterns/grid/.
 *
 * @param {Place} from
 * @param {{ key: string, ctrlKey: boolean }} pressed
 * @param {Size} size `page` is how many rows PageUp and PageDown pass
 * @returns {Place | null} null when the key means nothing here
 */
export function stepFrom({ row, column }, { key, ctrlKey }, { rows, columns, page }) {
  const [lastRow, lastColumn] = [rows - 1, columns - 1];
  /** @type {Record<string, [row: number, column: number]>} */
  const places = ctrlKey
    ? { Home: [0, 0], End: [lastRow, lastColumn] }
    : {
        ArrowUp: [row - 1, column],
        ArrowDown: [row + 1, column],
        ArrowLeft: [row, column - 1],
        ArrowRight: [row, column + 1],
        Home: [row, 0],
        End: [row, lastColumn],
        PageUp: [row - page, column],
        PageDown: [row + page, column],
      };
  const place = places[key];
  if (!place) return null;
  return { row: clamp(place[0], lastRow), column: clamp(place[1], lastColumn) };
}

/**
 * @param {number} value
 * @param {number} last
 */
function clamp(value, last) {
  return Math.max(0, Math.min(last, value));
}
