/** @import { LoadedSymbols } from "../state/symbols.js" */
/** @import { Market } from "../streams/routes.js" */
import { counted, fill, words } from "../words.js";
import { one, setData, setText } from "./dom.js";
import { ageText, secondsText } from "./figures.js";

const FORMS = {
  api: words.source.server,
  "local-storage": words.source.browser,
  static: words.source.built_in,
};

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
    line.title = causeText(loaded);
  }
}

/**
 * @param {LoadedSymbols} loaded
 * @param {number} nowMs
 */
function sourceText({ source, symbols, savedAtMs, listedAtMs }, nowMs) {
  const list = counted(FORMS[source], symbols.length);
  // A person's own list comes without its age.
  const asOfMs = listedAtMs ?? (source === "api" ? null : savedAtMs);
  if (asOfMs === null || source === "static") return list;
  return fill(words.source.aged, { list, age: ageText(nowMs - asOfMs) });
}

/** @param {LoadedSymbols} loaded */
export function causeText({ source, cause }) {
  if (cause === null) return "";
  const seconds = cause.seconds === undefined ? "" : secondsText(cause.seconds);
  const why = fill(words.source.cause[cause.name], { status: cause.status ?? "", seconds });
  const { browser_why, built_in_why } = words.source;
  return fill(source === "static" ? built_in_why : browser_why, { cause: why });
}
