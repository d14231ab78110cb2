/** @import { Market } from "../../streams/routes.js" */
/** @import { Found } from "./related-pairs.js" */
import { isolated } from "../../lib/isolate.js";
import { all, one, setData, setText } from "../../views/dom.js";
import { stepText, UNKNOWN } from "../../views/figures.js";
import { Query } from "../../views/query.js";
import { fill, words } from "../../words.js";
import { unitOf } from "./related-pairs.js";

const here = words.related;

/** The panel's parts as the browser sets them when no server does: names and links, no prices. */
export class RelatedSkeleton {
  #panel;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
  }

  /**
   * @param {string} base
   * @param {Found[]} found
   * @param {string} chosenKey
   * @param {Record<Market, boolean>} hasList
   */
  show(base, found, chosenKey, hasList) {
    const { asset } = unitOf(base);
    const [spot, perpetual] = ["spot", "perpetual"].map((kind) =>
      found.find((one) => one.kind === kind),
    );
    const dated = found.filter(({ kind }) => kind === "dated");
    this.#panel.hidden = found.length === 0;
    Object.assign(this.#panel.dataset, { base: asset });
    for (const name of ["spotAge", "futuresAge"]) setData(this.#panel, name, null);
    setSide(one(this.#panel, "[data-instrument='spot']"), spot, chosenKey);
    setSide(one(this.#panel, "[data-instrument='perpetual']"), perpetual, chosenKey);
    this.#part("[data-related-facts]").hidden = perpetual === undefined;
    this.#part("[data-related-basis]").hidden = spot === undefined;
    this.#say("[data-related-note]", note(spot, perpetual, dated, hasList), {
      base: isolated(asset),
    });
    this.#sayMultiple(spot, perpetual);
    this.#part("[data-related-session]").hidden = true;
    this.#showDated(dated, chosenKey);
  }

  /** @param {string} selector */
  #part(selector) {
    return one(this.#panel, selector);
  }

  /**
   * @param {string} selector
   * @param {string} sentence
   * @param {Record<string, string>} values
   */
  #say(selector, sentence, values) {
    const part = this.#part(selector);
    part.hidden = sentence === "";
    setText(part, fill(sentence, values));
  }

  /**
   * @param {Found | undefined} spot
   * @param {Found | undefined} perpetual
   */
  #sayMultiple(spot, perpetual) {
    const [small, large] = [spot, perpetual].sort(
      (a, b) => (a?.multiple ?? 0) - (b?.multiple ?? 0),
    );
    const isSame = !small || !large || small.multiple === large.multiple;
    const count = isSame ? "" : stepText(String(large.multiple / small.multiple), "1");
    const names = {
      large: isolated(large?.base ?? ""),
      small: isolated(small?.base ?? ""),
      count,
    };
    this.#say("[data-related-multiple]", isSame ? "" : here.multiple, names);
  }

  /**
   * @param {Found[]} dated
   * @param {string} chosenKey
   */
  #showDated(dated, chosenKey) {
    const template = /** @type {HTMLTemplateElement} */ (
      this.#part("[data-related-dated-template]")
    );
    const rows = dated.map((found) => {
      const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
      setSide(row, found, chosenKey);
      return row;
    });
    this.#part("[data-related-dated-rows]").replaceChildren(...rows);
    this.#part("[data-related-dated]").hidden = dated.length === 0;
  }
}

/**
 * @param {HTMLElement} side
 * @param {Found | undefined} found
 * @param {string} chosenKey
 */
function setSide(side, found, chosenKey) {
  side.hidden = found === undefined;
  for (const name of ["market", "symbol", "base", "tickSize", "last", "tradfi", "deliveryAt"]) {
    setData(side, name, null);
  }
  for (const cell of all(side, "[data-field]")) setText(cell, UNKNOWN);
  if (!found) return;
  const { market, symbol, base, multiple, deliveryAtMs } = found;
  Object.assign(side.dataset, { market, symbol, base, multiple: String(multiple) });
  if (deliveryAtMs !== null) side.dataset.deliveryAt = String(deliveryAtMs);
  setText(one(side, "[data-related-symbol]"), symbol);
  setText(all(side, "[data-related-kind]")[0], found.kind === "spot" ? here.spot : here.perpetual);
  const link = /** @type {HTMLAnchorElement} */ (one(side, "a"));
  link.href = Query.ofUrl(location.href).url({ market, pair: symbol });
  link.ariaCurrent = `${market}:${symbol}` === chosenKey ? "true" : null;
}

/**
 * @param {Found | undefined} spot
 * @param {Found | undefined} perpetual
 * @param {Found[]} dated
 * @param {Record<Market, boolean>} hasList
 * @returns {string} what there is not; "" when all is there
 */
function note(spot, perpetual, dated, hasList) {
  if (!spot) return hasList.spot ? here.only_futures : here.no_spot_list;
  if (perpetual) return "";
  if (!hasList.futures) return here.no_futures_list;
  return dated.length > 0 ? here.no_perpetual : here.only_spot;
}
