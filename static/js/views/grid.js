import { whenIdle } from "../lib/idle.js";
import { all, one } from "./dom.js";
import { stepFrom } from "./grid-steps.js";
import { showBlockOf } from "./lay-out-ahead.js";
import { frameOf, rowsInSight } from "./rows-in-sight.js";

const ROLES = { table: "grid", cell: "gridcell" };
const DRESSED_AT_ONCE = 128; // rows: a few ms
const DRESSED_AFTER_MS = 1_000; // at the latest

/**
 * Makes a table of pairs a grid (https://www.w3.org/WAI/ARIA/apg/patterns/grid/): one stop for the
 * Tab key, arrow keys from cell to cell. A cell's link or button takes the focus for its cell; a
 * cell that has neither takes it itself. Without JavaScript the table stays one of links.
 *
 * The rows are watched: whoever puts, takes or moves some need not know of the grid.
 */
export class Grid {
  #root;
  #selector;
  /** @type {HTMLElement | null} */
  #table = null;
  /** @type {HTMLElement | null} the one stop */
  #stop = null;
  #place = { row: 0, column: 0, key: "" };
  #hasFocus = false;
  #observer = new MutationObserver((records) => this.#changed(records));
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {string} selector of the table, or of its body, which a swap replaces
   */
  constructor(root, selector) {
    this.#root = root;
    this.#selector = selector;
    const options = { signal: this.#aborter.signal };
    root.addEventListener("focusin", (event) => this.#focused(event), options);
    root.addEventListener("focusout", (event) => this.#left(event), options);
    root.addEventListener("keydown", (event) => this.#pressed(event), options);
  }

  /** Takes up the table that a swap has brought. */
  rebind() {
    const body = one(this.#root, this.#selector);
    const table = /** @type {HTMLTableElement} */ (body.closest("table"));
    if (table === this.#table) return this.#settle();
    this.#table = table;
    this.#stop = null;
    this.#observer.disconnect();
    this.#observer.observe(body, { childList: true, subtree: true });
    table.setAttribute("role", ROLES.table);
    table.setAttribute("aria-readonly", "true");
    for (const row of [...this.#headRows, ...rowsInSight(table)]) dress(row);
    this.#number();
    this.#settle();
    this.#dressRest(all(table, "[data-row]"));
  }

  close() {
    this.#observer.disconnect();
    this.#aborter.abort();
  }

  get #body() {
    return one(this.#root, this.#selector);
  }

  /** A head that is only read aloud has nothing that could be seen to have the focus. */
  get #headRows() {
    return all(/** @type {HTMLElement} */ (this.#table), "thead:not(.visually-hidden) tr");
  }

  get #rows() {
    return [...this.#headRows, ...all(this.#body, "[data-row]")];
  }

  /** @param {MutationRecord[]} records */
  #changed(records) {
    const ofRows = records.filter(({ target }) => !isInRow(target));
    if (ofRows.length === 0) return; // it is a figure that has come
    for (const node of ofRows.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof HTMLTableRowElement) dress(node);
    }
    this.#number();
    // Only where it must: it has the browser lay out all that has moved, long before the frame.
    if (this.#isLost || !this.#table?.contains(this.#stop)) this.#settle();
  }

  get #isLost() {
    return this.#hasFocus && document.activeElement === document.body;
  }

  /**
   * Rows that nobody sees yet are dressed when the browser has time: 1,000 take it 40 ms.
   *
   * @param {HTMLElement[]} rows
   */
  #dressRest(rows) {
    const table = this.#table;
    whenIdle(() => {
      if (table !== this.#table) return;
      for (const row of rows.slice(0, DRESSED_AT_ONCE)) dress(row);
      if (rows.length > DRESSED_AT_ONCE) this.#dressRest(rows.slice(DRESSED_AT_ONCE));
    }, DRESSED_AFTER_MS);
  }

  /** Tells each row's place, so that a screen reader can say it. */
  #number() {
    const rows = all(this.#body, "[data-row]");
    for (const [place, row] of rows.entries()) setIndex(row, place + 2); // the head is the first
    this.#table?.setAttribute("aria-rowcount", String(rows.length + 1));
  }

  /** Sees to it that there is one stop, and that the focus is not lost with what had it. */
  #settle() {
    const isThere = this.#stop && this.#table?.contains(this.#stop) && isShown(this.#stop);
    this.#setStop(isThere ? this.#stop : this.#successor());
    if (this.#isLost) this.#stop?.focus({ preventScroll: true });
  }

  /** The element in the place of the one that is gone: in its pair's row, or in its row's place. */
  #successor() {
    const rows = this.#rows;
    const { row: place, column, key } = this.#place;
    const isSame = (/** @type {HTMLElement} */ row) => key !== "" && keyOf(row) === key;
    const isChosen = (/** @type {HTMLElement} */ row) => row.hasAttribute("aria-current");
    const fresh = rows.find(isChosen) ?? rows[this.#headRows.length] ?? rows[0];
    const row = rows.find(isSame) ?? (key === "" ? fresh : rows[Math.min(place, rows.length - 1)]);
    if (!row) return null;
    showBlockOf(row);
    return targetIn(row, key === "" ? pairColumn(row) : column);
  }

  /** @param {HTMLElement | null} element */
  #setStop(element) {
    const row = element?.closest("tr");
    if (row) dress(row); // else it would be no stop any more once its row's turn comes
    if (this.#stop && this.#stop !== element) this.#stop.tabIndex = -1;
    this.#stop = element;
    if (element) element.tabIndex = 0;
  }

  /** @param {FocusEvent} event */
  #focused({ target }) {
    this.#hasFocus = target instanceof HTMLElement && this.#table?.contains(target) === true;
    if (this.#hasFocus) this.#remember(/** @type {HTMLElement} */ (target));
  }

  /** @param {HTMLElement} element */
  #remember(element) {
    const row = element.closest("tr");
    if (!row) return;
    const column = [...row.cells].findIndex((cell) => cell.contains(element));
    this.#place = { row: this.#rows.indexOf(row), column, key: keyOf(row) };
    this.#setStop(element);
  }

  /** @param {FocusEvent} event */
  #left({ target }) {
    // From an element that is about to be taken away, the focus is not taken by the person.
    queueMicrotask(() => {
      const isInside = this.#table?.contains(document.activeElement);
      if (target instanceof Node && target.isConnected && !isInside) this.#hasFocus = false;
    });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const { target } = event;
    if (!(target instanceof HTMLElement) || !this.#table?.contains(target)) return;
    const row = target.closest("tr");
    if (!row || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    const isOnCell = target.matches("td, th");
    if (event.key === "Enter" && isOnCell) return pairLink(row)?.click();
    if (target.matches("[data-grip]") && !isSideways(event)) return; // they move its row
    const rows = this.#rows;
    const from = { row: rows.indexOf(row), column: shownCells(row).indexOf(cellOf(target)) };
    const size = { rows: rows.length, columns: shownCells(row).length, page: this.#pageRows(row) };
    const to = stepFrom(from, event, size);
    if (to === null) return;
    event.preventDefault();
    this.#go(rows[to.row], to.column);
  }

  /**
   * @param {HTMLElement | undefined} row
   * @param {number} column among those that are shown
   */
  #go(row, column) {
    if (!row) return;
    showBlockOf(row);
    const cells = shownCells(row);
    const element = focusTarget(cells[Math.min(column, cells.length - 1)]);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {HTMLElement} row */
  #pageRows({ offsetHeight }) {
    const frame = this.#table && frameOf(this.#table);
    const seen = Math.min(frame?.clientHeight ?? 0, innerHeight);
    return Math.max(1, Math.floor(seen / Math.max(1, offsetHeight)) - 2);
  }
}

/** @param {Node} node */
function isInRow(node) {
  return node instanceof Element && node.closest("tr") !== null;
}

/** @param {HTMLElement} row whose links and buttons the Tab key is to pass by */
function dress(row) {
  const { cells } = /** @type {HTMLTableRowElement} */ (row);
  if (cells[0]?.role === ROLES.cell) return; // it has only been moved
  for (const cell of cells) {
    if (cell.localName === "td") cell.setAttribute("role", ROLES.cell);
    controlIn(cell)?.setAttribute("tabindex", "-1");
  }
}

/**
 * @param {HTMLElement} row
 * @param {number} index
 */
function setIndex(row, index) {
  const text = String(index);
  if (row.getAttribute("aria-rowindex") !== text) row.setAttribute("aria-rowindex", text);
}

/** @param {HTMLElement} row */
function keyOf({ dataset: { market = "head", symbol = "" } }) {
  return `${market}:${symbol}`;
}

/**
 * @param {HTMLElement} row
 * @returns {HTMLElement | null}
 */
function pairLink(row) {
  return row.querySelector("[data-pair-link]");
}

/** @param {HTMLElement} row */
function pairColumn(row) {
  return [...cellsOf(row)].findIndex((cell) => cell.matches(".c-symbol"));
}

/** @param {HTMLElement} row */
function cellsOf(row) {
  return /** @type {HTMLTableRowElement} */ (row).cells;
}

/** @param {HTMLElement} row */
function shownCells(row) {
  return [...cellsOf(row)].filter((cell) => isShown(focusTarget(cell) ?? cell));
}

/** @param {HTMLElement} element */
function isShown(element) {
  return element.checkVisibility({ visibilityProperty: true });
}

/** @param {HTMLElement} element */
function cellOf(element) {
  return /** @type {HTMLTableCellElement} */ (element.closest("td, th"));
}

/**
 * @param {HTMLElement} row
 * @param {number} column among all
 */
function targetIn(row, column) {
  const cell = cellsOf(row)[column];
  const shown = shownCells(row);
  return focusTarget(cell && shown.includes(cell) ? cell : shown[0]);
}

/**
 * What has the focus for a cell.
 *
 * @param {HTMLTableCellElement | undefined} cell
 * @returns {HTMLElement | null}
 */
function focusTarget(cell) {
  if (!cell) return null;
  const control = controlIn(cell);
  if (control) return control;
  if (!cell.hasAttribute("tabindex")) cell.tabIndex = -1;
  return cell;
}

/** @param {HTMLTableCellElement} cell whose link or button stands first in it */
function controlIn({ firstElementChild: first }) {
  return first instanceof HTMLAnchorElement || first instanceof HTMLButtonElement ? first : null;
}

/** @param {KeyboardEvent} event */
function isSideways({ key }) {
  return key === "ArrowLeft" || key === "ArrowRight";
}
