/** @import { LoadedSymbols, SymbolsLoader } from "./symbols.js" */
/** @import { Market } from "../streams/routes.js" */

/** @type {Market[]} */
export const MARKETS = ["spot", "futures"];

/** Both markets' lists as this browser has them. Dispatches `change` with the market's list. */
export class MarketLists extends EventTarget {
  #loader;
  /** @type {Map<Market, LoadedSymbols>} */
  #lists = new Map();

  /** @param {SymbolsLoader} loader */
  constructor(loader) {
    super();
    this.#loader = loader;
  }

  /** @returns {LoadedSymbols[]} those that are there, spot first */
  get all() {
    return MARKETS.flatMap((market) => this.#lists.get(market) ?? []);
  }

  /** @param {Market} market */
  get(market) {
    return this.#lists.get(market);
  }

  /**
   * @param {Market} market
   * @param {string} symbol
   */
  find(market, symbol) {
    return this.#lists.get(market)?.symbols.find((row) => row.symbol === symbol);
  }

  /**
   * Whether what happens to a pair of Binance's concerns who reads this list.
   *
   * @param {Market} market
   * @param {string} symbol
   */
  concerns(market, symbol) {
    const owner = this.#lists.get(market)?.owner;
    return !owner || (owner === "mainnet-key" && this.find(market, symbol) !== undefined);
  }

  /**
   * @param {Market} market
   * @returns {Promise<LoadedSymbols["source"]>} where it came from
   */
  async load(market) {
    const loaded = await this.#loader.load(market);
    this.#take(loaded);
    return loaded.source;
  }

  /** Where there is no list yet, takes what this browser knows without asking anyone. */
  takeKnown() {
    const missing = MARKETS.filter((market) => !this.#lists.has(market));
    for (const market of missing) this.#take(this.#loader.known(market));
  }

  /** @param {LoadedSymbols} loaded */
  #take(loaded) {
    this.#lists.set(loaded.market, loaded);
    this.dispatchEvent(new CustomEvent("change", { detail: loaded }));
  }
}
