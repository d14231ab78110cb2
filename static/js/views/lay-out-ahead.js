import { whenIdle } from "../lib/idle.js";

/** A browser shows what has `content-visibility: auto` some 1.5 windows before it is seen. */
export const SHOWN_AHEAD = 1.5;
const BUSY_FOR_MS = 300; // without idle time for so long it is done all the same

/** @type {WeakMap<HTMLTableElement, number>} the block that was last found to come next */
const next = new WeakMap();

/**
 * Has the browser lay out in idle time those of a table's bodies that scrolling will show next: else
 * one frame would do it all, their styles, layout and paint.
 *
 * @param {HTMLTableElement} table whose bodies are of one height, the last perhaps of less
 */
export function layOutAhead(table) {
  const { tBodies } = table;
  const { top = 0, height = 0 } = tBodies[0]?.getBoundingClientRect() ?? {};
  if (tBodies.length < 2 || height === 0) return;
  const at = (/** @type {number} */ windows) => Math.floor((windows * innerHeight - top) / height);
  const below = at(1 + SHOWN_AHEAD) + 1;
  if (next.get(table) === below) return;
  next.set(table, below);
  const layOut = () => {
    for (const place of [below, at(-SHOWN_AHEAD) - 1])
      tBodies[place]?.rows[0]?.getBoundingClientRect();
  };
  whenIdle(layOut, BUSY_FOR_MS);
}
