/** @import { Clock } from "../../lib/clock.js" */
/** @import { Change } from "../../streams/exchange-news.js" */
/** @import { Market } from "../../streams/routes.js" */

// Changes come in bursts, and every process of the server has the new list within a second.
const GATHER_MS = 2_000;
// A busy one takes longer, and gives the old list until then.
const TRIES_MAX = 8;

/**
 * @typedef {object} Fetchers
 * @property {(target: string) => Promise<Partial<Record<Market, number>>>} fetchPart of the page, as
 *   htmx names it; gives when Binance gave the lists that it is made of
 * @property {(market: Market) => Promise<number | null>} fetchList the browser's own; gives the
 *   same, in whole seconds
 */

/**
 * Fetches what a change on the exchange has put out of date: parts of the page, and the lists. What
 * comes from an older list than the one that shows the change is fetched again.
 */
export class OutdatedParts {
  #root;
  #fetchers;
  #clock;
  /** @type {Map<Market, number>} when Binance gave the list that shows the newest change */
  #changedAtMs = new Map();
  /** @type {Set<Market>} */
  #lists = new Set();
  /** @type {Set<string>} */
  #targets = new Set();
  #tries = 0;
  #isDue = false;

  /**
   * @param {ParentNode} root
   * @param {Fetchers & { clock: Clock }} parts
   */
  constructor(root, { clock, ...fetchers }) {
    this.#root = root;
    this.#fetchers = fetchers;
    this.#clock = clock;
  }

  /**
   * @param {Change} change
   * @param {string} shownMarket
   * @returns {boolean} whether a watched pair or the chosen one is concerned
   */
  take({ market_type: market, symbol, at }, shownMarket) {
    const pair = `[data-market="${market}"][data-symbol="${CSS.escape(symbol)}"]`;
    const isWatched = this.#root.querySelector(`#watchlist ${pair}`) !== null;
    const isChosen = this.#root.querySelector(`#pair${pair}`) !== null;
    this.#changedAtMs.set(market, Math.max(at, this.#changedAtMs.get(market) ?? 0));
    this.#lists.add(market);
    if (market === shownMarket) this.#targets.add("section#markets");
    if (isWatched) this.#targets.add("section#watchlist");
    if (isChosen) this.#targets.add("div#chosen");
    this.#tries = 0;
    this.#fetchSoon();
    return isWatched || isChosen;
  }

  #fetchSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#clock.setTimeout(() => this.#fetch(), GATHER_MS);
  }

  async #fetch() {
    const targets = [...this.#targets];
    const lists = [...this.#lists];
    this.#isDue = false;
    this.#targets.clear();
    this.#lists.clear();
    this.#tries += 1;
    await Promise.all([
      this.#fetchParts(targets),
      ...lists.map((market) => this.#fetchList(market)),
    ]);
    const isOld = this.#targets.size > 0 || this.#lists.size > 0;
    if (isOld && this.#tries < TRIES_MAX) this.#fetchSoon();
  }

  /** @param {string[]} targets one after the other: htmx lets a newer request replace another */
  async #fetchParts(targets) {
    for (const target of targets) {
      const listedAtMs = await this.#fetchers.fetchPart(target);
      const isOld = [...this.#changedAtMs].some(([market, at]) => (listedAtMs[market] ?? at) < at);
      if (isOld) this.#targets.add(target);
    }
  }

  /** @param {Market} market */
  async #fetchList(market) {
    const at = this.#changedAtMs.get(market) ?? 0;
    const listedAtMs = (await this.#fetchers.fetchList(market)) ?? at;
    if (listedAtMs < at - (at % 1_000)) this.#lists.add(market);
  }
}
