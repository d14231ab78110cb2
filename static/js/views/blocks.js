import { all } from "./dom.js";

export const BLOCK_ROWS = 16; // as webapp/markets/row_html.py has it

/**
 * The table's rows stand in blocks of so many, each a body of its own. One that is far from view
 * costs the browser nothing, and to watch 60 of them costs it little: to watch 1,000 rows would
 * take a third of each frame while somebody scrolls. A block too many goes, with what is in it.
 *
 * @template Row
 * @param {HTMLElement} table
 * @param {Row[]} rows
 * @returns {{ block: HTMLElement, rows: Row[] }[]} each block with those that belong into it
 */
export function intoBlocks(table, rows) {
  const blocks = all(table, "tbody");
  const needed = Math.ceil(rows.length / BLOCK_ROWS);
  while (blocks.length < needed) blocks.push(table.appendChild(newBlock()));
  for (const block of blocks.splice(needed)) block.remove();
  return blocks.map((block, at) => {
    const start = at * BLOCK_ROWS;
    return { block, rows: rows.slice(start, start + BLOCK_ROWS) };
  });
}

function newBlock() {
  const block = document.createElement("tbody");
  block.setAttribute("role", "rowgroup");
  return block;
}
