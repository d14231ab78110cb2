/** @import { ChosenPair } from "../state/chosen-pair.js" */
/** @import { PriceBook } from "../state/prices.js" */
/** @import { Freshness } from "../state/prices.js" */
import { one } from "./dom.js";
import { OrderBookView } from "./order-book.js";
import { setTitle } from "./page-title.js";
import { PairPanel } from "./pair-panel.js";
import { TradesView } from "./trades.js";

/** The three panels of the chosen pair: its head, its order book and its last trades. */
export class ChosenPanels {
  #root;
  #state;
  #prices;
  #views;
  #showsTrades = false;

  /**
   * @param {ParentNode} root
   * @param {{ state: ChosenPair, prices: PriceBook }} parts
   */
  constructor(root, { state, prices }) {
    this.#root = root;
    this.#state = state;
    this.#prices = prices;
    this.#views = bind(root);
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
    this.#views = bind(this.#root);
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
    const { best, trade, trades: tape, book: levels } = this.#state;
    head.paint(this.#prices.get(this.pair.market, this.pair.symbol), best, trade);
    if (levels) book.paint(levels, head.units);
    if (this.#showsTrades) trades.paint(tape, head.units);
    this.paintFreshness();
  }

  /** Values age although nothing arrives. */
  paintFreshness() {
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

/** @param {ParentNode} root */
function bind(root) {
  const element = one(root, "#pair");
  return {
    element,
    head: new PairPanel(element),
    book: new OrderBookView(one(root, "#book")),
    trades: new TradesView(one(root, "#trades")),
  };
}
