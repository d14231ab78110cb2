/** @import { Freshness } from "../../state/prices.js" */
/** @import { Market } from "../../streams/routes.js" */
/** @import { Basis, Priced } from "./basis.js" */
/** @import { ContractFacts } from "./contract-facts.js" */
/** @import { Found } from "./related-pairs.js" */
/** @import { KnownPair, RelatedState } from "./related-state.js" */
import { decimalsOf, isDecimal, multiply, round } from "../../lib/decimal.js";
import { isolated } from "../../lib/isolate.js";
import { all, fields, one, setData, setText } from "../../views/dom.js";
import {
  ageText,
  countdownText,
  differenceText,
  impliedStep,
  signedPercent,
  signedText,
  stepText,
  UNKNOWN,
  volumeText,
} from "../../views/figures.js";
import { fill, words } from "../../words.js";
import { basisOf, percentOf, pointsOf, yearlyFundingPercent, yearlyPercentOf } from "./basis.js";
import { RelatedSkeleton } from "./related-skeleton.js";
import { worse } from "./related-state.js";
import { fundingSide, intervalText, leftText, sessionText } from "./related-words.js";
import { marketHours } from "./sessions.js";

const here = words.related;

/**
 * @typedef {{ nowMs: number, exchangeNowMs: number }} Moment
 *
 * @typedef {object} Details
 * @property {Found["kind"]} kind
 * @property {HTMLElement} element
 * @property {Record<string, HTMLElement>} cells
 * @property {number} multiple
 * @property {string} tickSize
 * @property {string} underlying of a TradFi perpetual
 * @property {number | null} deliveryAtMs
 *
 * @typedef {KnownPair & Details} ShownPair
 *
 * @typedef {{ priced: Priced | null, freshness: Freshness, asOfMs: number | null }} Seen
 */

/** The panel of one asset: spot beside perpetual, basis, funding, and the dated futures. */
export class RelatedView {
  #cells;
  #skeleton;
  /** @type {ShownPair[]} */
  #pairs = [];

  /**
   * @param {HTMLElement} panel
   * @param {number} nowMs when the panel came
   */
  constructor(panel, nowMs) {
    this.panel = panel;
    this.#skeleton = new RelatedSkeleton(panel);
    this.#cells = fields(one(panel, "[data-related-facts]"));
    this.#read(nowMs);
  }

  /** @returns {ShownPair[]} that the panel is of */
  get pairs() {
    return this.#pairs;
  }

  /**
   * @param {string} base
   * @param {Found[]} found
   * @param {string} chosenKey
   * @param {Record<Market, boolean>} hasList
   */
  show(base, found, chosenKey, hasList) {
    this.#skeleton.show(base, found, chosenKey, hasList);
    for (const cell of Object.values(this.#cells)) setText(cell, UNKNOWN);
    this.#read(null);
  }

  /**
   * @param {RelatedState} state
   * @param {ContractFacts} facts
   * @param {Moment} moment
   */
  paint(state, facts, moment) {
    const spot = this.#pairs.find(({ kind }) => kind === "spot");
    const near = spot && this.#see(spot, state);
    const seen = near ? [near] : [];
    for (const pair of this.#pairs) {
      if (pair === spot) continue;
      const far = this.#see(pair, state);
      seen.push(far);
      if (pair.kind === "dated") this.#paintDated(pair, near, far, moment);
      else this.#paintPerpetual(pair, near, far, { state, facts, moment });
    }
    this.#paintAge(seen, moment);
  }

  /** @param {number | null} nowMs null when the panel tells no prices */
  #read(nowMs) {
    this.#pairs = all(this.panel, "[data-instrument][data-symbol]").map((element) => {
      const { market, symbol = "", instrument, tickSize = "" } = element.dataset;
      const { multiple, last = null, tradfi = "", deliveryAt } = element.dataset;
      const age = this.panel.dataset[`${market}Age`];
      return {
        kind: /** @type {Found["kind"]} */ (instrument),
        element,
        cells: fields(element),
        market: /** @type {Market} */ (market),
        symbol,
        isPerpetual: instrument === "perpetual",
        hasSessions: tradfi !== "",
        last,
        asOfMs: age === undefined || nowMs === null ? null : nowMs - Number(age) * 1000,
        multiple: Number(multiple),
        tickSize,
        underlying: tradfi,
        deliveryAtMs: deliveryAt === undefined ? null : Number(deliveryAt),
      };
    });
  }

  /**
   * Writes a pair's price.
   *
   * @param {ShownPair} pair
   * @param {RelatedState} state
   * @returns {Seen}
   */
  #see(pair, state) {
    const { last, asOfMs } = state.lastOf(pair);
    const freshness = state.freshness(pair);
    write(pair.cells.price, last === null ? UNKNOWN : stepText(last, pair.tickSize), freshness);
    const priced = isDecimal(last) ? { price: last, multiple: pair.multiple } : null;
    return { priced, freshness, asOfMs };
  }

  /**
   * @param {ShownPair} pair
   * @param {Seen | undefined} near
   * @param {Seen} far
   * @param {Moment} moment
   */
  #paintDated(pair, near, far, { exchangeNowMs }) {
    const leftMs = (pair.deliveryAtMs ?? exchangeNowMs) - exchangeNowMs;
    setText(pair.cells.left, leftText(leftMs));
    const basis = basisBetween(near, far);
    const yearly = basis && yearlyPercentOf(basis, leftMs, 2);
    const freshness = worse(near?.freshness ?? "stale", far.freshness);
    write(pair.cells.basis, percentText(basis && percentOf(basis, 3), 3), freshness);
    write(pair.cells.year, percentText(yearly, 2), freshness);
  }

  /**
   * @param {ShownPair} pair
   * @param {Seen | undefined} near
   * @param {Seen} far
   * @param {{ state: RelatedState, facts: ContractFacts, moment: Moment }} known
   */
  #paintPerpetual(pair, near, far, { state, facts, moment }) {
    const basis = basisBetween(near, far);
    const freshness = worse(near?.freshness ?? "stale", far.freshness);
    write(this.#cells.basis, basis ? differenceOf(basis, this.#step(pair)) : UNKNOWN, freshness);
    write(this.#cells["basis-share"], basis ? shareText(basis) : "", freshness);
    this.#paintMark(pair, state, facts, moment);
    this.#paintInterest(pair, state, facts);
    if (pair.hasSessions) this.#paintSession(pair, state, facts, moment);
  }

  /**
   * @param {ShownPair} pair
   * @param {RelatedState} state
   * @param {ContractFacts} facts
   * @param {Moment} moment
   */
  #paintSession({ underlying }, state, { facts: { sessions } }, { exchangeNowMs }) {
    const hours = marketHours(sessions, state.session(underlying), exchangeNowMs);
    const session = one(this.panel, "[data-related-session]");
    setData(session, "session", hours && (hours.isOpen ? "open" : "closed"));
    setText(session, sessionText(hours, this.panel.dataset.base ?? "", exchangeNowMs));
  }

  /**
   * The finer of the two steps that a basis is a difference of.
   *
   * @param {ShownPair} future
   */
  #step(future) {
    const unit = Math.max(...this.#pairs.map(({ multiple }) => multiple));
    const steps = this.#pairs
      .filter((pair) => pair === future || pair.kind === "spot")
      .filter(({ tickSize }) => isDecimal(tickSize))
      .map(({ tickSize, multiple }) => multiply(tickSize, String(unit / multiple)));
    return impliedStep(steps);
  }

  /**
   * @param {ShownPair} pair
   * @param {RelatedState} state
   * @param {ContractFacts} facts
   * @param {Moment} moment
   */
  #paintMark({ tickSize }, { mark, markFreshness }, { facts: { fundingHours } }, moment) {
    if (mark === null) return;
    const { fundingRate: rate, nextFundingMs } = mark;
    const yearly = fundingHours && yearlyFundingPercent(rate, fundingHours, 2);
    const percent = signedPercent(multiply(rate, "100"), 4);
    const interval = fundingHours ? ` ${intervalText(fundingHours)}` : "";
    const year = yearly ? fill(here.a_year, { percent: percentText(yearly, 2) }) : "";
    const countdown = countdownText(nextFundingMs - moment.exchangeNowMs);
    const texts = {
      funding: percent + interval,
      "funding-year": year,
      countdown,
      "funding-side": fundingSide(rate),
      mark: stepText(roundedTo(mark.mark, tickSize), tickSize),
      index: stepText(roundedTo(mark.index, tickSize), tickSize),
    };
    for (const [name, text] of Object.entries(texts)) write(this.#cells[name], text, markFreshness);
  }

  /**
   * @param {ShownPair} pair
   * @param {RelatedState} state
   * @param {ContractFacts} facts
   */
  #paintInterest(pair, state, { facts: { openInterest }, freshness }) {
    const { interest, "interest-worth": worth } = this.#cells;
    const base = isolated(pair.element.dataset.base ?? "");
    const amount = openInterest === null ? null : stepText(openInterest, "1");
    const price = state.mark?.mark;
    write(
      interest,
      amount === null ? here.interest_unknown : fill(here.interest_of, { amount, base }),
      freshness,
    );
    const sum = openInterest !== null && price ? volumeText(multiply(openInterest, price)) : null;
    const markOr = worse(freshness, state.markFreshness);
    write(worth, sum === null ? "" : fill(here.interest_worth, { worth: sum }), markOr);
  }

  /**
   * How old the prices are that are not live.
   *
   * @param {Seen[]} seen
   * @param {Moment} moment
   */
  #paintAge(seen, { nowMs }) {
    const ages = this.#pairs
      .map(({ market }, index) => ({
        market,
        ...(seen[index] ?? { freshness: "stale", asOfMs: null }),
      }))
      .filter(({ freshness, asOfMs }) => freshness === "stale" && asOfMs !== null)
      .map(({ market, asOfMs }) => ({ market, ageMs: nowMs - (asOfMs ?? nowMs) }));
    /** @type {Market[]} */
    const markets = ["spot", "futures"];
    const texts = markets.flatMap((market) => {
      const own = ages.filter((one) => one.market === market).map(({ ageMs }) => ageMs);
      return own.length === 0 ? [] : [fill(here.ages[market], { age: ageText(Math.max(...own)) })];
    });
    setText(one(this.panel, "[data-related-age]"), texts.join(", "));
  }
}

/**
 * @param {HTMLElement | undefined} cell
 * @param {string} text
 * @param {Freshness} freshness
 */
function write(cell, text, freshness) {
  setText(cell, text);
  setData(cell, "freshness", freshness);
}

/**
 * @param {Seen | undefined} near
 * @param {Seen} far
 */
function basisBetween(near, far) {
  return near?.priced && far.priced ? basisOf(near.priced, far.priced) : null;
}

/**
 * @param {Basis} basis
 * @param {string} step
 */
function differenceOf({ difference }, step) {
  return fill(here.basis_of, { difference: differenceText(difference, step) });
}

/** @param {Basis} basis */
function shareText(basis) {
  const points = pointsOf(basis, 1);
  if (points === null) return "";
  const percent = percentText(percentOf(basis, 3), 3);
  return fill(here.basis_share, { percent, points: pointsText(points) });
}

/** @param {string} points */
function pointsText(points) {
  return fill(words.unit.basis_points, { count: signedText(points, 1) });
}

/**
 * @param {string | null} percent
 * @param {number} decimals
 */
function percentText(percent, decimals) {
  return percent === null ? UNKNOWN : signedPercent(percent, decimals);
}

/**
 * Mark and index are averages, of more decimals than any price has.
 *
 * @param {string} price
 * @param {string} tickSize
 */
function roundedTo(price, tickSize) {
  return isDecimal(tickSize) ? round(price, decimalsOf(tickSize)) : price;
}
