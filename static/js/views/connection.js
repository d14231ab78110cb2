/** @import { FeedStatus } from "../streams/status.js" */
import { words } from "../words.js";
import { one, setData, setText } from "./dom.js";
import { troubleText } from "./line-text.js";

/** Says in words how the line to the exchange is, and what that means for a value that is stale. */
export class ConnectionView {
  #element;
  #text;
  /** Whether no value can be vouched for. */
  isBroken = false;
  /** Whether a stale value has stopped, rather than not begun. */
  wasLive = false;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#element = one(root, "[data-connection]");
    this.#text = one(this.#element, "[data-connection-text]");
  }

  /** @param {Pick<FeedStatus, "state" | "trouble">} status */
  show({ state, trouble }) {
    setData(this.#element, "connection", state);
    setText(this.#text, troubleText(trouble) ?? words.connection[state]);
    this.isBroken = state === "stale" || state === "down";
    setData(document.documentElement, "line", state);
    if (state === "live") this.takeAsLive();
  }

  /** From now on what is stale is no longer live, for what is shown was so once. */
  takeAsLive() {
    this.wasLive = true;
    setData(document.documentElement, "wasLive", "");
  }
}
