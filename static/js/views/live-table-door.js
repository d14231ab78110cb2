/** @import { PriceRow } from "../state/prices.js" */
/** @import { Later } from "../lib/later.js" */
/** @import { Query } from "./query.js" */

/**
 * @typedef {object} LiveTable what is behind the door
 * @property {(query: Query, how?: { isSeen: boolean }) => void} rebind
 * @property {(changed: PriceRow[]) => void} take
 */

/** Loads what moves the table's rows when their order first follows the prices. */
export class LiveTableDoor {
  #table;
  /** @type {Query | null} */
  #query = null;

  /** @param {Later<any, LiveTable>} table */
  constructor(table) {
    this.#table = table;
  }

  /**
   * The page holds other rows now.
   *
   * @param {Query} query
   */
  rebind(query) {
    this.#query = query;
    if (this.#table.part) this.#table.part.rebind(query);
    else if (query.followsPrices) this.#open();
  }

  /** @param {PriceRow[]} changed */
  take(changed) {
    this.#table.part?.take(changed);
  }

  async #open() {
    const table = await this.#table.want();
    if (table && this.#query) table.rebind(this.#query, { isSeen: true });
  }
}
