import { isolated } from "../lib/isolate.js";
import { fill, words } from "../words.js";
import { fields } from "./dom.js";
import { UNKNOWN } from "./figures.js";

/**
 * The chosen pair in one sentence to be heard: its price, its change, and whether they are live.
 *
 * @param {HTMLElement} panel
 * @returns {string}
 */
export function pairSentence(panel) {
  const { base = "", quote = "", freshness = "stale", unknown } = panel.dataset;
  const market = /** @type {"spot" | "futures"} */ (panel.dataset.market);
  if (unknown !== undefined || base === "") return words.said.no_pair;
  const { price, change } = fields(panel);
  const names = { pair: isolated(`${base}/${quote}`), market: words.market.in_text[market] };
  if (!price || price.textContent === UNKNOWN) return fill(words.said.no_price, names);
  return fill(words.said.pair, {
    ...names,
    quote,
    price: price.textContent,
    change: changeText(change),
    freshness: words.said.freshness[/** @type {"live" | "quiet" | "stale"} */ (freshness)],
  });
}

/** @param {HTMLElement | undefined} cell in which a sign tells the way, which is not always read */
function changeText(cell) {
  const { change } = words.said;
  const sentence = { up: change.up, down: change.down }[cell?.dataset.trend ?? ""] ?? change.flat;
  return fill(sentence, { percent: (cell?.textContent ?? "").replace(/^[+\u2212-]/, "") });
}
