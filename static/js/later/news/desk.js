/** @import { Change } from "../../streams/exchange-news.js" */
/** @import { Fetchers } from "./outdated.js" */
import { NewsView } from "./news.js";
import { OutdatedParts } from "./outdated.js";

/** What follows from a change on the exchange: it is told, and what it puts out of date is fetched. */
export class NewsDesk {
  #view;
  #outdated;

  /**
   * @param {Document} root
   * @param {Fetchers} fetchers
   */
  constructor(root, fetchers) {
    this.#view = new NewsView(root);
    this.#outdated = new OutdatedParts(root, fetchers);
  }

  /**
   * @param {Change} change
   * @param {string} shownMarket
   */
  take(change, shownMarket) {
    const isOurs = this.#outdated.take(change, shownMarket);
    if (isOurs || change.kind !== "tick_size") this.#view.tell(change, isOurs);
  }
}
