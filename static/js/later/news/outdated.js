/** @import { Change } from "../../streams/exchange-news.js" */
/** @import { Market } from "../../streams/routes.js" */

// Changes come in bursts, and every process of the server has the new list within a second, a busy
// one a little later: an older list, once fetched, would stay.
const GATHER_MS = 2_000;

/**
 * @typedef {object} Fetchers
 * @property {(target: string) => Promise<unknown>} fetchPart of the page, as htmx names it
 * @property {(market: Market) => unknown} fetchList the browser's own
 */

/** Fetches what a change on the exchange has put out of date: parts of the page, and the lists. */
export class OutdatedParts {
  #root;
  #fetchers;
  /** @type {Set<Market>} */
  #markets = new Set();
  /** @type {Set<string>} */
  #targets = new Set();

  /**
   * @param {ParentNode} root
   * @param {Fetchers} fetchers
   */
  constructor(root, fetchers) {
    this.#root = root;
    this.#fetchers = fetchers;
  }

  /**
   * @param {Change} change
   * @param {string} shownMarket
   * @returns {boolean} whether a watched pair or the chosen one is concerned
   */
  take({ market_type: market, symbol }, shownMarket) {
    const pair = `[data-market="${market}"][data-symbol="${CSS.escape(symbol)}"]`;
    const isWatched = this.#root.querySelector(`#watchlist ${pair}`) !== null;
    const isChosen = this.#root.querySelector(`#pair${pair}`) !== null;
    if (this.#markets.size === 0) setTimeout(() => this.#fetch(), GATHER_MS);
    this.#markets.add(market);
    if (market === shownMarket) this.#targets.add("section#markets");
    if (isWatched) this.#targets.add("section#watchlist");
    if (isChosen) this.#targets.add("div#chosen");
    return isWatched || isChosen;
  }

  async #fetch() {
    const targets = [...this.#targets];
    for (const market of this.#markets) this.#fetchers.fetchList(market);
    this.#markets.clear();
    this.#targets.clear();
    // One after the other: htmx lets a newer request replace one that is under way.
    for (const target of targets) await this.#fetchers.fetchPart(target);
  }
}
