/** @import { Direction, Figures, SortColumn } from "./columns.js" */
import { fold } from "../lib/fold.js";
import { keyOf } from "./columns.js";
import { VIEWS } from "./table-views.js";

/**
 * @typedef {object} Entry
 * @property {string} symbol
 * @property {Figures | null} figures null while nothing is known of the pair
 * @property {string | null} key by which the table sorts it; null comes last
 * @property {string | null} viewKey by which its view does
 * @property {boolean} isEligible whether the view can hold it
 */

/**
 * Which pairs the table shows and in which order, as their figures go. Keys are made anew only for
 * what has changed; of two with one value the one that stood first stays first.
 */
export class LiveOrder {
  #column;
  #direction;
  #view;
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Entry[]} all of them, as last sorted */
  #ordered = [];
  /** @type {Set<Entry>} those whose keys are out of date */
  #outdated = new Set();

  /**
   * @param {{ sort: SortColumn | null, direction: Direction, view: string }} wish without a
   *   `sort` they stay in the order in which they were added
   */
  constructor({ sort, direction, view }) {
    this.#column = sort;
    this.#direction = direction;
    this.#view = VIEWS[view] ?? null;
  }

  /**
   * @param {string} symbol
   * @param {Figures | null | undefined} figures
   */
  add(symbol, figures = null) {
    const entry = { symbol, figures, key: null, viewKey: null, isEligible: false };
    this.#entries.set(symbol, entry);
    this.#ordered.push(entry);
    this.#outdated.add(entry);
  }

  /** @param {Figures & { symbol: string }} figures of a pair that may be none of these */
  take(figures) {
    const entry = this.#entries.get(figures.symbol);
    if (!entry) return;
    entry.figures = figures;
    this.#outdated.add(entry);
  }

  /** @returns {string[]} the symbols to be shown */
  wanted() {
    for (const entry of this.#outdated) this.#refresh(entry);
    this.#outdated.clear();
    if (this.#column) this.#ordered.sort(by("key", this.#direction));
    return this.#members().map(({ symbol }) => symbol);
  }

  /** @param {Entry} entry */
  #refresh(entry) {
    const { figures, symbol } = entry;
    if (this.#column === "symbol") entry.key = fold(symbol);
    else if (this.#column) entry.key = figures && keyOf(this.#column, figures);
    if (!this.#view) return;
    const { column, holds } = this.#view;
    entry.isEligible = figures !== null && holds(figures);
    entry.viewKey = column === this.#column ? entry.key : figures && keyOf(column, figures);
  }

  #members() {
    if (!this.#view) return this.#ordered;
    const eligible = this.#ordered.filter(({ isEligible }) => isEligible);
    const { limit, direction } = this.#view;
    if (eligible.length <= limit) return eligible;
    const leaders = [...eligible].sort(by("viewKey", direction)).slice(0, limit);
    const isLeader = new Set(leaders);
    return eligible.filter((entry) => isLeader.has(entry));
  }
}

/**
 * @param {"key" | "viewKey"} name
 * @param {Direction} direction
 * @returns {(a: Entry, b: Entry) => number}
 */
function by(name, direction) {
  const way = direction === "asc" ? 1 : -1;
  return ({ [name]: a }, { [name]: b }) => {
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1;
    return a < b ? -way : way;
  };
}
