/** @import { ConnectionState } from "../streams/connection.js" */
import { one, setData, setText } from "./dom.js";

const WORDS = {
  connecting: "Connecting to Binance…",
  live: "Live",
  stale: "Prices have stopped; trying another route.",
  down: "No connection to Binance; trying again.",
};

/** Says in words how the line to the exchange is. */
export class ConnectionView {
  #element;
  #text;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#element = one(root, "[data-connection]");
    this.#text = one(this.#element, "[data-connection-text]");
  }

  /** @param {{ state: ConnectionState, reason: string | null }} status */
  show({ state, reason }) {
    setData(this.#element, "connection", state);
    setText(this.#text, state === "live" ? WORDS.live : (reason ?? WORDS[state]));
    setData(document.documentElement, "line", state);
    // From now on a stale row has stopped, rather than not begun.
    if (state === "live") setData(document.documentElement, "wasLive", "");
  }
}
