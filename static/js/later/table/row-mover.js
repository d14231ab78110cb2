import { BLOCK_ROWS, intoBlocks } from "../../views/blocks.js";
import { all } from "../../views/dom.js";
import { SHOWN_AHEAD } from "../../views/lay-out-ahead.js";
import { fewestMoves } from "./fewest-moves.js";

// Rows this near to the visible ones can come into view by a move.
const NEAR_ROWS = 8;
// From the middle of the window on: half of it, and what the browser shows ahead.
const DRAWN_WINDOWS = 0.5 + SHOWN_AHEAD;

/**
 * Puts the rows of a table into another order with as few changes of the page as possible.
 *
 * The rows in view first stay where they are seen, by a transform, and take their new places two
 * frames later: so no row is laid out elsewhere between two paints, which browsers (and their
 * layout-shift metric) take for content that jumps.
 */
export class RowMover {
  #table;
  #rows;

  /**
   * @param {HTMLElement} table
   * @param {Map<string, HTMLElement>} rows by symbol
   */
  constructor(table, rows) {
    this.#table = table;
    this.#rows = rows;
  }

  /**
   * @param {string[]} shown the symbols of the table's rows now
   * @param {string[]} wanted
   * @param {ParentNode} others where rows go that are shown no longer
   */
  move(shown, wanted, others) {
    const held = this.#inView(shown, wanted);
    const isWanted = new Set(wanted);
    for (const symbol of shown) if (!isWanted.has(symbol)) others.append(this.#row(symbol));
    for (const [at, { block, rows }] of intoBlocks(this.#table, wanted).entries()) {
      const isRight = rows.every((symbol, place) => shown[at * BLOCK_ROWS + place] === symbol);
      if (!isRight) this.#fill(block, rows);
    }
    for (const { row, offset } of held) {
      setReach(row, "100vh");
      if (offset === null) row.style.visibility = "hidden";
      else row.style.transform = `translateY(${offset}px)`;
    }
    requestAnimationFrame(() => requestAnimationFrame(() => letGo(held)));
  }

  /**
   * The place in the middle of the window, be it one of a row or not, and how many places away from
   * it the browser still draws rows.
   */
  get drawn() {
    const { top, height } = this.#firstRow;
    if (height === 0) return { middle: 0, reach: 0 };
    const middle = Math.round((innerHeight / 2 - top) / height);
    return { middle, reach: Math.ceil((DRAWN_WINDOWS * innerHeight) / height) };
  }

  get #firstRow() {
    const [block] = all(this.#table, "tbody");
    if (!block) return { top: 0, height: 0 };
    const { top, height } = block.getBoundingClientRect();
    return { top, height: height / block.childElementCount }; // its rows may not be laid out
  }

  /**
   * The rows that are or come near the view, with how far each is from where it is seen now.
   *
   * @param {string[]} shown
   * @param {string[]} wanted
   */
  #inView(shown, wanted) {
    const { top, height } = this.#firstRow;
    if (height === 0) return [];
    const first = Math.floor(-top / height) - NEAR_ROWS;
    const last = Math.ceil((innerHeight - top) / height) + NEAR_ROWS;
    const placeOf = new Map(shown.map((symbol, place) => [symbol, place]));
    return wanted.flatMap((symbol, place) => {
      const before = placeOf.get(symbol);
      const isNear = [place, before ?? place].some((at) => at >= first && at <= last);
      if (!isNear || before === place) return [];
      const offset = before === undefined ? null : (before - place) * height;
      return [{ row: this.#row(symbol), offset }];
    });
  }

  /**
   * What does not belong into the block goes when its own block is filled.
   *
   * @param {HTMLElement} block
   * @param {string[]} wanted the symbols of its rows
   */
  #fill(block, wanted) {
    const rows = /** @type {HTMLCollectionOf<HTMLElement>} */ (block.children);
    const now = Array.from(rows, (row) => row.dataset.symbol ?? "");
    const { placed } = fewestMoves(now, wanted);
    for (const { item } of placed) setSubmitting(this.#row(item), false);
    for (const { item, before } of placed) {
      block.insertBefore(this.#row(item), before === null ? null : this.#row(before));
    }
  }

  /** @param {string} symbol */
  #row(symbol) {
    return /** @type {HTMLElement} */ (this.#rows.get(symbol));
  }
}

/** @type {WeakSet<Element>} rows whose button submits nothing now */
const idle = new WeakSet();

/**
 * A button that submits its form costs 0.3 ms each time its row is moved: the browser looks among
 * all of the form's for the first one. So it submits only while it is pressed.
 *
 * @param {Element} row
 * @param {boolean} isSubmitting
 */
export function setSubmitting(row, isSubmitting) {
  if (isSubmitting !== idle.has(row)) return; // it is so already
  if (isSubmitting) idle.delete(row);
  else idle.add(row);
  const star = /** @type {HTMLButtonElement | null} */ (row.querySelector("button.star"));
  if (star) star.type = isSubmitting ? "submit" : "button";
}

/** @param {{ row: HTMLElement }[]} held */
function letGo(held) {
  for (const { row } of held) {
    setReach(row, "");
    row.style.transform = "";
    row.style.visibility = "";
  }
}

/**
 * How far beside its block a row is seen. If blocks had that reach all the time, each would cost a
 * fifth more when it is first shown.
 *
 * @param {HTMLElement} row
 * @param {string} length
 */
function setReach({ parentElement: block }, length) {
  block?.style.setProperty("overflow-clip-margin", length);
}
