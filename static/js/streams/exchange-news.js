/** @import { Clock } from "../lib/clock.js" */
/** @import { Market } from "./routes.js" */

// EventSource comes back by itself after a broken connection, not after a refusal.
const REOPEN_AFTER_MS = 30_000;
const CLOSED = 2;

/**
 * @typedef {object} Change as `/api/v1/symbols/events` tells it
 * @property {number} at when Binance gave the list that shows it
 * @property {Market} market_type
 * @property {"added" | "removed" | "status" | "tick_size"} kind
 * @property {string} symbol
 * @property {string} [baseAsset]
 * @property {string} [status] the exchange's own word
 * @property {string} [tickSize]
 * @property {string} [previousTickSize]
 */

/**
 * What changes on the exchange, as our server tells it. Dispatches `change` (`detail`: a Change).
 * To be open only while the page is shown: a browser has six connections to one host, for all tabs.
 */
export class ExchangeNews extends EventTarget {
  #EventSource;
  #clock;
  /** @type {EventSource | null} */
  #source = null;
  #lastId = "";
  /** @type {unknown} */
  #timer = null;

  /** @param {{ EventSource?: typeof globalThis.EventSource, clock: Clock }} options */
  constructor({ EventSource = globalThis.EventSource, clock }) {
    super();
    this.#EventSource = EventSource;
    this.#clock = clock;
  }

  /** The page is shown: opens the stream, from where it was closed. */
  resume() {
    if (this.#source) return;
    this.#clock.clearTimeout(this.#timer);
    const since = this.#lastId && `?since=${this.#lastId}`;
    const source = new this.#EventSource(`/api/v1/symbols/events${since}`);
    this.#source = source;
    source.addEventListener("heartbeat", (event) => this.#heard(event));
    source.addEventListener("change", (event) => {
      this.#heard(event);
      this.dispatchEvent(new CustomEvent("change", { detail: JSON.parse(event.data) }));
    });
    source.addEventListener("error", () => {
      if (source.readyState !== CLOSED || source !== this.#source) return;
      this.pause();
      this.#timer = this.#clock.setTimeout(() => this.resume(), REOPEN_AFTER_MS);
    });
  }

  pause() {
    this.#clock.clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** @param {MessageEvent} event */
  #heard({ lastEventId }) {
    if (lastEventId) this.#lastId = lastEventId;
  }
}
