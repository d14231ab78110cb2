/** @import { FeedStatus } from "../streams/status.js" */
import { fill, words } from "../words.js";
import { one, setText } from "./dom.js";
import { ageText, minuteText } from "./figures.js";
import { troubleText } from "./line-text.js";

// A reconnect that succeeds needs no words, and a first connection that never comes needs more.
const PATIENCE_MS = 3_000;
const SUSPICION_MS = 20_000;

/** Says in words that Binance does not answer, and what still works. */
export class LineNotice {
  #root;
  /** @type {FeedStatus["trouble"]} */
  #trouble = null;
  #wasLive = false;
  #brokenSinceMs = Number.POSITIVE_INFINITY;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#root = root;
  }

  /**
   * @param {Pick<FeedStatus, "state" | "trouble">} status
   * @param {number} nowMs
   */
  take({ state, trouble }, nowMs) {
    this.#trouble = trouble;
    if (state === "live") {
      this.#wasLive = true;
      this.#brokenSinceMs = Number.POSITIVE_INFINITY;
    } else {
      this.#brokenSinceMs = Math.min(this.#brokenSinceMs, nowMs);
    }
  }

  /**
   * @param {object} facts
   * @param {number | null} facts.pricesAsOfMs
   * @param {boolean} facts.isServerAway which has its own words about what still works
   * @param {number} nowMs
   */
  paint({ pricesAsOfMs, isServerAway }, nowMs) {
    const notice = one(this.#root, "[data-line-notice]");
    const brokenForMs = nowMs - this.#brokenSinceMs;
    notice.hidden = !(brokenForMs >= PATIENCE_MS);
    if (notice.hidden) return;
    const isSuspicious = !this.#wasLive && brokenForMs >= SUSPICION_MS;
    const { line } = words;
    const sentences = [troubleText(this.#trouble) ?? line.unknown, pricesText(pricesAsOfMs, nowMs)];
    if (!isServerAway) sentences.push(line.still_works);
    if (isSuspicious) sentences.push(isServerAway ? line.all_down : line.blocked);
    setText(notice, sentences.join(" "));
  }
}

/**
 * @param {number | null} asOfMs
 * @param {number} nowMs
 */
function pricesText(asOfMs, nowMs) {
  if (asOfMs === null) return words.line.no_prices;
  const time = minuteText(asOfMs);
  return fill(words.line.prices_from, { time, age: ageText(nowMs - asOfMs) });
}
