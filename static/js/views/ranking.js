/** @import { Market } from "../streams/routes.js" */
/** @import { SymbolRow } from "../state/symbols.js" */

/**
 * @typedef {object} Candidate
 * @property {Market} market
 * @property {string} symbol
 * @property {string} base folded
 * @property {string} name the symbol, folded
 * @property {string} baseAsset
 */

/**
 * All pairs that can be chosen: the first of each list, then the second of each, and so on.
 *
 * @param {{ market: Market, symbols: SymbolRow[] }[]} lists each in the order of popularity
 * @returns {Candidate[]}
 */
export function candidates(lists) {
  const longest = Math.max(0, ...lists.map(({ symbols }) => symbols.length));
  const places = Array.from({ length: longest }, (_, place) => place);
  return places.flatMap((place) =>
    lists.flatMap(({ market, symbols }) => {
      const row = symbols[place];
      return row ? [candidate(market, row)] : [];
    }),
  );
}

/**
 * The best matches first: the asset itself, then names that begin with the text, then names that
 * hold it; among equals the more popular.
 *
 * @param {Candidate[]} all
 * @param {string} text
 * @param {number} limit
 * @returns {Candidate[]}
 */
export function rank(all, text, limit) {
  const needle = fold(text.trim()).replace("/", "");
  /** @type {Candidate[][]} */
  const classes = [[], [], []];
  for (const candidate of all) classes[classOf(candidate, needle)]?.push(candidate);
  return classes.flat().slice(0, limit);
}

/**
 * @param {Candidate} candidate
 * @param {string} needle
 */
function classOf({ base, name }, needle) {
  if (base === needle || name === needle) return 0;
  if (base.startsWith(needle) || name.startsWith(needle)) return 1;
  return name.includes(needle) ? 2 : 3;
}

/**
 * @param {Market} market
 * @param {SymbolRow} row
 * @returns {Candidate}
 */
function candidate(market, { symbol, baseAsset }) {
  return { market, symbol, baseAsset, base: fold(baseAsset), name: fold(symbol) };
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFC").toLowerCase();
}
