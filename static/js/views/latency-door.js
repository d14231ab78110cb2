/** @import { Later } from "../lib/later.js" */
import { words } from "../words.js";
import { one, setText } from "./dom.js";

/** The switch for the latency, whose code is loaded when it is first pressed. */
export class LatencyDoor {
  #button;
  #latency;
  #aborter = new AbortController();

  /**
   * @param {ParentNode} root
   * @param {Later<any, { toggle: () => void }>} latency
   */
  constructor(root, latency) {
    this.#button = one(root, "[data-latency-toggle]");
    this.#latency = latency;
    const options = { signal: this.#aborter.signal };
    this.#button.addEventListener("click", () => this.#toggle(), options);
  }

  close() {
    this.#aborter.abort();
  }

  async #toggle() {
    const latency = await this.#latency.want();
    if (latency) latency.toggle();
    else setText(this.#button, words.latency.not_loaded);
  }
}
