/** @import { ChosenPair } from "../state/chosen-pair.js" */
/** @import { PriceBook } from "../state/prices.js" */
/** @import { Freshness } from "../state/prices.js" */
import { one } from "./dom.js";
import { OrderBookView } from "./order-book.js";
import { setTitle } from "./page-title.js";
import { PairPanel } from "./pair-panel.js";
import { TradesView } from "./trades.js";

const NEARLY_SEEN = "100px"; // a turn of the wheel

/**
 * The three panels of the chosen pair: its head, its order book and its last trades. Ten times a
 * second the latter two take a browser more than all of the table: only where they are seen.
 */
export class ChosenPanels {
  #root;
  #state;
  #prices;
  #views;
  #showsTrades = false;
  #observer = new IntersectionObserver((entries) => this.#look(entries), {
    rootMargin: NEARLY_SEEN,
  });
  /** @type {Set<Element>} the panels that are out of sight */
  #unseen = new Set();

  /**
   * @param {ParentNode} root
   * @param {{ state: ChosenPair, prices: PriceBook }} parts
   */
  constructor(root, { state, prices }) {
    this.#root = root;
    this.#state = state;
    this.#prices = prices;
    this.#views = this.#bind();
  }

  /** The pair that the page shows; null when the list does not hold the one in the URL. */
  get pair() {
    return this.#views.head.pair;
  }

  get units() {
    return this.#views.head.units;
  }

  /** Takes up the panels that a swap has brought; nothing of another pair stays in them. */
  rebind() {
    if (one(this.#root, "#pair") === this.#views.element) return;
    this.#views = this.#bind();
    this.#views.book.clear();
    this.#views.trades.clear();
  }

  /** From now on: their first time of day takes a browser up to 50 ms, and the price comes first. */
  showTrades() {
    this.#showsTrades = true;
    this.paint();
  }

  paint() {
    if (this.pair === null) return;
    const { head, book, trades } = this.#views;
    const { best, trade } = this.#state;
    head.paint(this.#prices.get(this.pair.market, this.pair.symbol), best, trade);
    if (!this.#unseen.has(book.panel)) this.#paintBook();
    if (!this.#unseen.has(trades.panel)) this.#paintTrades();
    this.#paintFreshness();
  }

  /**
   * Once a second: values age although nothing arrives, and what is out of sight is read all the same
   * by who has the page read out.
   */
  paintSeldom() {
    if (this.pair === null) return;
    if (this.#unseen.has(this.#views.book.panel)) this.#paintBook();
    if (this.#unseen.has(this.#views.trades.panel)) this.#paintTrades();
    this.#paintFreshness();
  }

  #paintBook() {
    const { head, book } = this.#views;
    if (this.#state.book) book.paint(this.#state.book, head.units);
  }

  #paintTrades() {
    const { head, trades } = this.#views;
    if (this.#showsTrades) trades.paint(this.#state.trades, head.units);
  }

  #paintFreshness() {
    if (this.pair === null) return;
    const { head, book, trades } = this.#views;
    setTitle(head.title);
    const { market, symbol } = this.pair;
    // The price is the newest of the last trade and the ticker.
    head.setFreshness(
      fresher(this.#prices.freshness(market, symbol), this.#state.freshness("trade")),
      this.#state.freshness("best"),
    );
    book.setFreshness(this.#state.freshness("book"));
    trades.setFreshness(this.#state.freshness("trade"));
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) this.#unseen.add(target);
      else if (this.#unseen.delete(target)) this.paint(); // what it shows is up to a second old
    }
  }

  #bind() {
    const element = one(this.#root, "#pair");
    const book = new OrderBookView(one(this.#root, "#book"));
    const trades = new TradesView(one(this.#root, "#trades"));
    this.#observer.disconnect();
    this.#unseen.clear();
    for (const { panel } of [book, trades]) this.#observer.observe(panel);
    return { element, head: new PairPanel(element), book, trades };
  }
}

/**
 * @param {Freshness} a
 * @param {Freshness} b
 * @returns {Freshness}
 */
function fresher(a, b) {
  /** @type {Freshness[]} */
  const best = ["live", "quiet", "stale"];
  return best[Math.min(best.indexOf(a), best.indexOf(b))] ?? "stale";
}
