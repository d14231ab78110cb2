/** @import { AlertKind } from "./alerts.js" */
/** @import { ChosenPair } from "../../state/chosen-pair.js" */
/** @import { PriceBook, PriceRow } from "../../state/prices.js" */
/** @import { Pair } from "../../streams/feed.js" */
/** @import { AlertHistory } from "./history.js" */
/** @import { Figure } from "./rules.js" */
import { compare } from "../../lib/decimal.js";
import { moveFigure, priceFigure, spreadFigure } from "./rules.js";
import { DAY_MS } from "./watched-pair.js";

/** A pair's figures of this moment, as far as the page knows them, for whoever sets an alert. */
export class FiguresOfNow {
  #prices;
  #chosen;
  #history;

  /** @param {{ prices: PriceBook, chosen: ChosenPair, history: AlertHistory }} parts */
  constructor({ prices, chosen, history }) {
    this.#prices = prices;
    this.#chosen = chosen;
    this.#history = history;
  }

  /**
   * @param {Pair} pair
   * @param {AlertKind} kind
   * @param {number} windowMs of a move
   * @returns {Promise<Figure | null>} null when it is not known
   */
  async get(pair, kind, windowMs) {
    if (kind === "spread") return this.#spread(pair);
    const row = this.#prices.get(pair.market, pair.symbol);
    if (!row) return null;
    return kind === "price" ? priceFigure(row.last) : this.#move(row, windowMs);
  }

  /** @param {Pair} pair of which only the chosen one's best prices are known */
  #spread({ market, symbol }) {
    const { pair, best } = this.#chosen;
    const isChosen = pair?.market === market && pair.symbol === symbol;
    return isChosen && best ? spreadFigure(best.bid, best.ask) : null;
  }

  /**
   * @param {PriceRow} row
   * @param {number} windowMs
   */
  async #move({ market, symbol, open, last }, windowMs) {
    const atMs = Date.now() - windowMs;
    const known = windowMs >= DAY_MS ? [] : await this.#history.prices(market, symbol, windowMs);
    const then = known.findLast((price) => price.atMs <= atMs)?.price;
    const before = windowMs >= DAY_MS ? open : then;
    return before && compare(before, "0") > 0 ? moveFigure(before, last) : null;
  }
}
