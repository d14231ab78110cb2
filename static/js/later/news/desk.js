/** @import { Clock } from "../../lib/clock.js" */
/** @import { Change } from "../../streams/exchange-news.js" */
/** @import { Market } from "../../streams/routes.js" */
/** @import { Fetchers } from "./outdated.js" */
import { NewsView } from "./news.js";
import { OutdatedParts } from "./outdated.js";

/** What follows from a change on the exchange: it is told, and what it puts out of date is fetched. */
export class NewsDesk {
  #view;
  #outdated;
  #concerns;

  /**
   * @param {Document} root
   * @param {Fetchers & { clock: Clock, concerns: (market: Market, symbol: string) => boolean }} parts
   *   concerns: whether it is news for who reads this list
   */
  constructor(root, { concerns, ...parts }) {
    this.#concerns = concerns;
    this.#view = new NewsView(root);
    this.#outdated = new OutdatedParts(root, parts);
  }

  /**
   * @param {Change} change
   * @param {string} shownMarket
   */
  take(change, shownMarket) {
    const isOurs = this.#outdated.take(change, shownMarket);
    const isTold = change.kind !== "tick_size" && this.#concerns(change.market_type, change.symbol);
    if (isOurs || isTold) this.#view.tell(change, isOurs);
  }
}
