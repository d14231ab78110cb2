/** @import { LoadedSymbols } from "../state/symbols.js" */
/** @import { Market } from "../streams/routes.js" */
import { one, setData, setText } from "./dom.js";
import { ageText } from "./figures.js";

/** Tells where the shown market's list came from and how old it is. */
export class SourceLine {
  #root;
  /** @type {Map<Market, LoadedSymbols>} */
  #loaded = new Map();

  /** @param {ParentNode} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {LoadedSymbols} loaded */
  take(loaded) {
    this.#loaded.set(loaded.market, loaded);
  }

  /** The server has answered since: what was said of its silence no longer holds. */
  forgetOutage() {
    for (const [market, { source }] of this.#loaded) {
      if (source !== "api") this.#loaded.delete(market);
    }
  }

  /** @param {Market} market */
  paint(market) {
    const loaded = this.#loaded.get(market);
    if (!loaded) return;
    const line = one(this.#root, "[data-symbols-source]");
    setData(line, "symbolsSource", loaded.source);
    setData(line, "warning", loaded.source === "api" ? null : "");
    setText(line, sourceText(loaded, Date.now()));
    line.title = loaded.reason ?? "";
  }
}

/**
 * @param {LoadedSymbols} loaded
 * @param {number} nowMs
 */
export function sourceText({ source, symbols, savedAtMs, listedAtMs }, nowMs) {
  const asOfMs = listedAtMs ?? savedAtMs;
  const age = asOfMs === null ? "" : `, ${ageText(nowMs - asOfMs)} old`;
  switch (source) {
    case "api":
      return `${symbols.length} pairs from this server${age}`;
    case "local-storage":
      return `No list from the server: ${symbols.length} pairs kept in this browser${age}`;
    case "static":
      return `No list from the server: the ${symbols.length} best-known pairs`;
  }
}
