/** @import { ConnectionState } from "../streams/connection.js" */
import { one, setText } from "./dom.js";
import { ageText } from "./figures.js";

// A reconnect that succeeds needs no words, and a first connection that never comes needs more.
const PATIENCE_MS = 3_000;
const SUSPICION_MS = 20_000;
const BLOCKED = "A firewall, this network or a country's rules may block Binance.";
const ALL_IS_DOWN = "Your own connection, or Binance, may be down.";

/** Says in words that Binance does not answer, and what still works. */
export class LineNotice {
  #root;
  /** @type {string | null} */
  #reason = null;
  #wasLive = false;
  #brokenSinceMs = Number.POSITIVE_INFINITY;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#root = root;
  }

  /**
   * @param {{ state: ConnectionState, reason: string | null }} status
   * @param {number} nowMs
   */
  take({ state, reason }, nowMs) {
    this.#reason = reason;
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
    const sentences = [this.#reason ?? "Binance does not answer.", pricesText(pricesAsOfMs, nowMs)];
    if (!isServerAway) sentences.push("List, filter, order and watchlist go on working.");
    if (isSuspicious) sentences.push(isServerAway ? ALL_IS_DOWN : BLOCKED);
    setText(notice, sentences.join(" "));
  }
}

/**
 * @param {number | null} asOfMs
 * @param {number} nowMs
 */
function pricesText(asOfMs, nowMs) {
  if (asOfMs === null) return "No prices are known here yet.";
  const time = new Date(asOfMs).toLocaleTimeString("en-GB", { timeStyle: "short" });
  return `The prices shown are from ${time}, ${ageText(nowMs - asOfMs)} ago.`;
}
