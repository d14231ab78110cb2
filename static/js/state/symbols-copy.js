/** @import { SafeStorage } from "../lib/safe-storage.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { SymbolList } from "./symbols-answer.js" */
import { readSymbols } from "./symbols-answer.js";

const KEY_PREFIX = "marketdeck:symbols:v1:";

/** The last list of each market that the server gave, kept in this browser. */
export class SymbolsCopy {
  #storage;

  /** @param {SafeStorage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * @param {Market} market
   * @param {SymbolList} list
   * @param {number} savedAtMs
   * @returns {boolean} whether it will survive a reload
   */
  save(market, list, savedAtMs) {
    return this.#storage.setItem(KEY_PREFIX + market, JSON.stringify({ ...list, savedAtMs }));
  }

  /**
   * @param {Market} market
   * @returns {(SymbolList & { savedAtMs: number }) | null} null when there is none to be trusted
   */
  read(market) {
    const copy = this.#storage.getJson(KEY_PREFIX + market);
    const owner = copy?.owner ?? "";
    const symbols = readSymbols(copy?.symbols, owner);
    if (symbols === null || typeof copy?.savedAtMs !== "number") return null;
    const listedAtMs = typeof copy.listedAtMs === "number" ? copy.listedAtMs : null;
    return { symbols, listedAtMs, savedAtMs: copy.savedAtMs, owner };
  }
}
