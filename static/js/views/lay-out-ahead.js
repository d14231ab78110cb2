import { whenIdle } from "../lib/idle.js";
import { rowsInSight } from "./rows-in-sight.js";

/** A browser shows what has `content-visibility: auto` some 1.5 windows before it is seen. */
export const SHOWN_AHEAD = 1.5;
const BUSY_FOR_MS = 300; // without idle time for so long it is done all the same

/** @type {WeakMap<HTMLTableElement, number>} the block that was last found to come next */
const next = new WeakMap();
/** @type {Set<HTMLElement>} blocks of tables that have just come, which wait for idle time */
const waiting = new Set();

/**
 * Has the browser lay out in idle time those of a table's bodies that scrolling will show next: else
 * one frame would do it all, their styles, layout and paint.
 *
 * @param {HTMLTableElement} table whose bodies are of one height, the last perhaps of less
 */
export function layOutAhead(table) {
  const { tBodies } = table;
  const at = placesIn(table);
  if (tBodies.length < 2 || !at) return;
  const below = at(1 + SHOWN_AHEAD) + 1;
  if (next.get(table) === below) return;
  next.set(table, below);
  const layOut = () => {
    for (const place of [below, at(-SHOWN_AHEAD) - 1])
      tBodies[place]?.rows[0]?.getBoundingClientRect();
  };
  whenIdle(layOut, BUSY_FOR_MS);
}

/**
 * Has a table that has just come shown in steps: the first frame need not hold what the browser shows
 * ahead, which is more than what is seen.
 *
 * @param {HTMLTableElement} table
 */
export function showInSteps(table) {
  const seen = new Set(rowsInSight(table).map((row) => row.parentElement));
  const reach = placesIn(table)?.(1 + SHOWN_AHEAD) ?? -1;
  for (const [place, block] of [...table.tBodies].entries()) {
    const mayBeShort = block.matches(":last-child"); // whose height nobody knows while it is left out
    if (place > reach || seen.has(block) || mayBeShort) continue;
    block.style.contentVisibility = "hidden";
    waiting.add(block);
  }
  whenIdle(showNext, BUSY_FOR_MS);
}

/** Somebody scrolls: whatever comes into view is to be there. */
export function showAtOnce() {
  for (const block of waiting) show(block);
}

/**
 * Has a row shown that is to take the focus, which nothing takes that waits.
 *
 * @param {HTMLElement} row
 */
export function showBlockOf({ parentElement: block }) {
  if (block && waiting.has(block)) show(block);
}

function showNext() {
  const [block] = waiting;
  if (!block) return;
  show(block);
  block.firstElementChild?.getBoundingClientRect();
  whenIdle(showNext, BUSY_FOR_MS);
}

/** @param {HTMLElement} block */
function show(block) {
  waiting.delete(block);
  block.style.removeProperty("content-visibility");
}

/** @param {HTMLTableElement} table */
function placesIn({ tBodies }) {
  const { top = 0, height = 0 } = tBodies[0]?.getBoundingClientRect() ?? {};
  if (height === 0) return null;
  return (/** @type {number} */ windows) => Math.floor((windows * innerHeight - top) / height);
}
