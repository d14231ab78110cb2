/** @import { Market } from "../../streams/routes.js" */
/** @import { SymbolRow } from "../../state/symbols.js" */
import { fold, foldedWords } from "../../lib/fold.js";

// Cheap coins are traded by the thousand or the million: 1000PEPE, 1MBABYDOGE.
const UNIT = /^(?:10{3,6}|1m)(?=\D)/;

/**
 * @typedef {"spot" | "perpetual" | "dated"} Kind
 *
 * @typedef {object} Candidate a pair that can be chosen, with what it is found by
 * @property {string} key such as "spot:BTCUSDT"
 * @property {Market} market
 * @property {string} symbol
 * @property {string} baseAsset
 * @property {Kind} kind
 * @property {string} label its kind, or its day, in words
 * @property {string} base folded
 * @property {string} name the symbol, folded, without separators
 * @property {string} coin the base without a "1000" at its beginning
 * @property {string} unitless the name without it
 * @property {string[]} kindWords folded; the very same for all of a kind and day
 *
 * @typedef {(kind: Kind, day: Date | null) => { label: string, search: string }} Describe
 */

/**
 * All pairs that can be chosen, the most popular asset first: spot and perpetual of an asset stand
 * side by side, a dated contract where its own popularity puts it.
 *
 * @param {{ market: Market, symbols: SymbolRow[] }[]} lists each in the order of popularity
 * @param {Describe} describe
 * @returns {Candidate[]}
 */
export function candidates(lists, describe) {
  /** @type {Map<string, Candidate[]>} */
  const groups = new Map();
  const describeOnce = remembering(describe);
  for (const { market, row } of interleaved(lists)) {
    const { kind, day } = kindOf(market, row.symbol);
    const made = candidate(market, row, kind, describeOnce(kind, day));
    const name = kind === "dated" ? made.key : made.coin;
    const group = groups.get(name);
    if (!group) groups.set(name, [made]);
    else if (market === "spot") group.unshift(made);
    else group.push(made);
  }
  return [...groups.values()].flat();
}

/**
 * The first of each list, then the second of each, and so on.
 *
 * @param {{ market: Market, symbols: SymbolRow[] }[]} lists
 */
function interleaved(lists) {
  const longest = Math.max(0, ...lists.map(({ symbols }) => symbols.length));
  const places = Array.from({ length: longest }, (_, place) => place);
  return places.flatMap((place) =>
    lists.flatMap(({ market, symbols }) => {
      const row = symbols[place];
      return row ? [{ market, row }] : [];
    }),
  );
}

/**
 * Describes each kind, and each day, once: thousands of pairs are of two kinds.
 *
 * @param {Describe} describe
 */
function remembering(describe) {
  /** @type {Map<string, { label: string, kindWords: string[] }>} */
  const known = new Map();
  return (/** @type {Kind} */ kind, /** @type {Date | null} */ day) => {
    const name = `${kind} ${day?.getTime()}`;
    let described = known.get(name);
    if (!described) {
      const { label, search } = describe(kind, day);
      described = { label, kindWords: foldedWords(search) };
      known.set(name, described);
    }
    return described;
  };
}

/**
 * @param {Market} market
 * @param {SymbolRow} row
 * @param {Kind} kind
 * @param {{ label: string, kindWords: string[] }} described
 * @returns {Candidate}
 */
function candidate(market, { symbol, baseAsset }, kind, { label, kindWords }) {
  const name = foldedWords(symbol).join("");
  const base = fold(baseAsset);
  return {
    key: `${market}:${symbol}`,
    market,
    symbol,
    baseAsset,
    kind,
    label,
    base,
    coin: withoutUnit(base),
    name,
    unitless: withoutUnit(name),
    kindWords,
  };
}

/** @param {string} name */
function withoutUnit(name) {
  return name.replace(UNIT, "");
}

/**
 * A dated contract is named after its day: BTCUSDT_261225.
 *
 * @param {Market} market
 * @param {string} symbol
 * @returns {{ kind: Kind, day: Date | null }}
 */
function kindOf(market, symbol) {
  if (market === "spot") return { kind: "spot", day: null };
  const [, year, month, date] = /_(\d\d)(\d\d)(\d\d)$/.exec(symbol) ?? [];
  if (!date) return { kind: "perpetual", day: null };
  return {
    kind: "dated",
    day: new Date(Date.UTC(2000 + Number(year), Number(month) - 1, Number(date))),
  };
}
