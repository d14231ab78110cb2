/** @import { LastKnown } from "../state/last-known.js" */
/** @import { MarketLists } from "../state/market-lists.js" */
/** @import { Market } from "../streams/routes.js" */
/** @import { ClientDesk } from "./client-desk.js" */
/** @import { ConnectionView } from "./connection.js" */
import { Query } from "./query.js";

const LIST_EVERY_MS = 300_000;
const LIST_RETRY_MS = 10_000;

/**
 * @typedef {object} Parts
 * @property {MarketLists} lists
 * @property {ConnectionView} connection
 * @property {LastKnown} lastKnown
 * @property {ClientDesk} desk makes the page's states
 * @property {() => void} reload asks the server once more for the state that is shown
 * @property {() => void} shown the page holds a state that was made here
 */

/** The page in the time in which the server does not answer: this browser makes its states. */
export class WithoutServer {
  #root;
  #parts;
  #isAway = false;

  /**
   * @param {ParentNode} root
   * @param {Parts} parts
   */
  constructor(root, parts) {
    this.#root = root;
    this.#parts = parts;
  }

  /** Whether what is shown was made here. */
  get isAway() {
    return this.#isAway;
  }

  /** Whether the server made this page without a list, and the browser has not filled it yet. */
  get hasNoList() {
    return !this.#isAway && this.#root.querySelector("#pairs[data-no-list]") !== null;
  }

  /** The server has given the state that is shown. */
  answered() {
    this.#isAway = false;
  }

  /** A page that came without a list need not wait until the API has failed too. */
  showWhatIsKnown() {
    this.#parts.lastKnown.restore();
    this.#parts.lists.takeKnown();
    // What is restored was live in an earlier page: until it is again, it is grey.
    this.#parts.connection.takeAsLive();
    this.fill();
  }

  /**
   * Shows a state that the server could not show, from the list that this browser has.
   *
   * @param {string} url
   * @param {"push" | "replace" | "keep"} action
   */
  show(url, action) {
    // The mark by which htmx knows the entries of the history to which it leads back.
    const state = { htmx: true };
    history.replaceState(state, "", action === "replace" ? url : location.href);
    if (action === "push") history.pushState(state, "", url);
    this.#parts.lists.takeKnown(); // the page may be so new that its lists have not come yet
    this.fill();
    this.#parts.lists.load(marketHere());
  }

  /** Makes the state that the URL names, when its list is there. */
  fill() {
    const loaded = this.#parts.lists.get(marketHere());
    if (!loaded) return;
    this.#isAway = true;
    this.#parts.desk.show(location.href, loaded);
    this.#parts.shown();
  }

  /**
   * Loads a market's list now and again, sooner while the server is not well.
   *
   * @param {Market} market
   */
  async keepFresh(market) {
    const isWell = (await this.#parts.lists.load(market)) === "api";
    const isShown = marketHere() === market;
    if (isShown && isWell && this.#isAway) this.#parts.reload();
    else if (isShown && this.hasNoList) this.fill();
    const pauseMs = isWell && !this.#isAway ? LIST_EVERY_MS : LIST_RETRY_MS;
    setTimeout(() => this.keepFresh(market), pauseMs);
  }
}

function marketHere() {
  return Query.ofUrl(location.href).market;
}
