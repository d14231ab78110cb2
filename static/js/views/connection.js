/** @import { FeedStatus } from "../streams/status.js" */
import { words } from "../words.js";
import { one, setData, setText } from "./dom.js";
import { troubleText } from "./line-text.js";

/** Says in words how the line to the exchange is. */
export class ConnectionView {
  #element;
  #text;

  /** @param {ParentNode} root */
  constructor(root) {
    this.#element = one(root, "[data-connection]");
    this.#text = one(this.#element, "[data-connection-text]");
  }

  /** @param {Pick<FeedStatus, "state" | "trouble">} status */
  show({ state, trouble }) {
    setData(this.#element, "connection", state);
    setText(this.#text, troubleText(trouble) ?? words.connection[state]);
    setData(document.documentElement, "line", state);
    // From now on a stale row has stopped, rather than not begun.
    if (state === "live") setData(document.documentElement, "wasLive", "");
  }
}
