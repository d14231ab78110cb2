/** @import { Clock } from "../../lib/clock.js" */
/** @import { ExchangeClock } from "../../state/exchange-clock.js" */
/** @import { PriceBook } from "../../state/prices.js" */
/** @import { LoadedSymbols } from "../../state/symbols.js" */
/** @import { MarketFeed } from "../../streams/feed.js" */
/** @import { Market } from "../../streams/routes.js" */
import { one } from "../../views/dom.js";
import { Frame } from "../../views/frame.js";
import { ContractFacts } from "./contract-facts.js";
import { relatedPairs } from "./related-pairs.js";
import { RelatedState } from "./related-state.js";
import { RelatedView } from "./related-view.js";

// Who scrolls past the panel comes back: its streams stay for a while.
const LINGER_MS = 15_000;
const SECOND_MS = 1_000;

/**
 * @typedef {object} RelatedParts
 * @property {MarketFeed} feed
 * @property {PriceBook} prices
 * @property {ExchangeClock} exchangeClock
 * @property {typeof globalThis.fetch} fetch
 * @property {Clock} clock
 */

/**
 * The chosen pair's asset in both markets, live while its panel is in view: then it has streams of its
 * own, asks this server for what those do not tell, and counts down to the next funding.
 */
export class Related {
  #root;
  #feed;
  #clock;
  #exchangeClock;
  #state;
  #facts;
  #view;
  #frame;
  #observer;
  #aborter = new AbortController();
  #isInView = false;
  #isFollowing = false;
  /** @type {number | null} */
  #offsetMs = null;
  /** @type {unknown} */
  #lingerTimer = null;
  /** @type {unknown} */
  #tickTimer = null;

  /**
   * @param {ParentNode} root
   * @param {RelatedParts} parts
   */
  constructor(root, { feed, prices, exchangeClock, fetch, clock }) {
    this.#root = root;
    this.#feed = feed;
    this.#clock = clock;
    this.#exchangeClock = exchangeClock;
    this.#state = new RelatedState({ prices, now: clock.now });
    this.#facts = new ContractFacts({ fetch, clock });
    this.#view = this.#bound();
    this.#frame = new Frame(() => this.#paint());
    this.#observer = new IntersectionObserver((entries) => this.#moved(entries));
    this.#state.follow(feed);
    const options = { signal: this.#aborter.signal };
    for (const source of [this.#state, this.#facts]) {
      source.addEventListener("change", () => this.#request(), options);
    }
    feed.addEventListener("tickers", () => this.#request(), options);
    document.addEventListener("visibilitychange", () => this.#look(), options);
    this.#observer.observe(this.#view.panel);
    this.#adopt();
  }

  /** Takes up the panel that a swap has brought. */
  rebind() {
    if (one(this.#root, "#related") === this.#view.panel) return;
    this.#observer.disconnect();
    this.#view = this.#bound();
    this.#observer.observe(this.#view.panel);
    this.#adopt();
  }

  /**
   * Makes the panel's state in the browser, when the server could not: from the names alone.
   *
   * @param {{ get: (market: Market) => LoadedSymbols | undefined }} lists
   */
  showFrom(lists) {
    const { base = "", market, symbol } = one(this.#root, "#pair").dataset;
    const symbolsOf = (/** @type {Market} */ name) => lists.get(name)?.symbols ?? [];
    const known = { spot: symbolsOf("spot"), futures: symbolsOf("futures") };
    const found = relatedPairs(base, known);
    const has = { spot: Boolean(lists.get("spot")), futures: Boolean(lists.get("futures")) };
    this.#view.show(base, found, `${market}:${symbol}`, has);
    this.#adopt();
  }

  close() {
    this.#aborter.abort();
    this.#observer.disconnect();
    this.#facts.close();
    this.#frame.close();
    this.#clock.clearTimeout(this.#lingerTimer);
    this.#clock.clearTimeout(this.#tickTimer);
    this.#feed.showRelated(null);
  }

  #bound() {
    return new RelatedView(one(this.#root, "#related"), this.#clock.now());
  }

  /** The panel's pairs are others now. */
  #adopt() {
    const { pairs } = this.#view;
    this.#state.choose(pairs);
    this.#facts.choose(pairs.find(({ isPerpetual }) => isPerpetual)?.symbol ?? "");
    if (this.#isFollowing) this.#feed.showRelated(pairs);
    this.#paint();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #moved(entries) {
    this.#isInView = entries.at(-1)?.isIntersecting ?? false;
    this.#look();
  }

  /** Follows what is in view, and lets go of it a while after. */
  #look() {
    const isSeen = this.#isInView && !document.hidden;
    this.#clock.clearTimeout(this.#lingerTimer);
    this.#facts.want(isSeen);
    if (isSeen) {
      this.#follow(true);
      this.#compareClocks();
    } else {
      this.#lingerTimer = this.#clock.setTimeout(() => this.#follow(false), LINGER_MS);
    }
    this.#tick();
  }

  /** @param {boolean} isWanted */
  #follow(isWanted) {
    if (isWanted === this.#isFollowing) return;
    this.#isFollowing = isWanted;
    this.#feed.showRelated(isWanted ? this.#view.pairs : null);
  }

  /** What nobody sees is not painted; the look that begins when it is seen again catches up. */
  #request() {
    if (this.#isInView && !document.hidden) this.#frame.request();
  }

  async #compareClocks() {
    const reading = await this.#exchangeClock.read();
    if (reading) this.#offsetMs = reading.offsetMs.futures;
    this.#request();
  }

  /** Paints at each full second of the exchange's clock, so that the countdown is right to it. */
  #tick() {
    this.#clock.clearTimeout(this.#tickTimer);
    if (!this.#isInView || document.hidden) return;
    this.#request();
    const restMs = SECOND_MS - (((this.#exchangeNow() % SECOND_MS) + SECOND_MS) % SECOND_MS);
    this.#tickTimer = this.#clock.setTimeout(() => this.#tick(), restMs);
  }

  #exchangeNow() {
    return this.#clock.now() + (this.#offsetMs ?? this.#state.exchangeAheadMs);
  }

  #paint() {
    this.#view.paint(this.#state, this.#facts, {
      nowMs: this.#clock.now(),
      exchangeNowMs: this.#exchangeNow(),
    });
  }
}
