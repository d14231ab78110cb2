/** @import { Candidate } from "./candidates.js" */
import { foldedWords } from "../../lib/fold.js";
import { isOneSlip, isSubsequence } from "./slips.js";

// How well a pair fits, best first: exact is the symbol or the base asset; then what begins with
// the text; then a word or a part of the name; then whatever may have been meant.
const SYMBOL = 0;
const BASE = 1;
const BEGINNING = 2;
const WORD = 3;
const INSIDE = 4;
const SLIP = 5;
const LETTERS = 6;
const NONE = 7;
const KIND_FROM = 2; // letters by which a kind is found without a name: "pe" for perpetual

/** @typedef {{ words: string[], whole: string }} Wanted what was typed, folded */

/** @param {string} text */
export function wantedBy(text) {
  const words = foldedWords(text);
  return { words, whole: words.join("") };
}

/**
 * The best matches, among equals the more popular; guesses only where there is room for them.
 *
 * @param {Candidate[]} all the most popular first
 * @param {Wanted} wanted
 * @param {number} limit
 * @returns {{ matches: Candidate[], count: number }} count: of all matches, those left out too
 */
export function rank(all, wanted, limit) {
  if (wanted.whole === "") return { matches: [], count: 0 };
  const sure = sorted(all, (candidate) => placeOf(candidate, wanted));
  const room = limit - sure.matches.length;
  const guessed = sorted(room > 0 ? sure.others : [], (candidate) => guessOf(candidate, wanted));
  const matches = [...sure.matches, ...guessed.matches];
  return { matches: matches.slice(0, limit), count: matches.length };
}

/**
 * What of the typed words names the pair, and what its kind: the name is tried with all of them.
 *
 * @param {Candidate} candidate
 * @param {Wanted} wanted
 * @returns {{ name: string, kinds: string[] }}
 */
export function readingOf(candidate, { words, whole }) {
  if (placeOfName(candidate, whole) !== NONE) return { name: whole, kinds: [] };
  const kinds = words.filter((word) => isOfKind(candidate, word));
  if (kinds.length === 0) return { name: whole, kinds };
  return { name: words.filter((word) => !kinds.includes(word)).join(""), kinds };
}

/**
 * @param {Candidate[]} all
 * @param {(candidate: Candidate) => number} place
 */
function sorted(all, place) {
  /** @type {Candidate[][]} */
  const places = Array.from({ length: NONE + 1 }, () => []);
  for (const candidate of all) places[place(candidate)]?.push(candidate);
  const others = places.pop() ?? [];
  return { matches: places.flat(), others };
}

/**
 * @param {Candidate} candidate
 * @param {Wanted} wanted
 */
function placeOf(candidate, wanted) {
  const { name, kinds } = readingOf(candidate, wanted);
  if (name !== "") return placeOfName(candidate, name);
  return kinds.join("").length >= KIND_FROM ? WORD : NONE;
}

/**
 * @param {Candidate} candidate
 * @param {string} text
 */
function placeOfName({ base, name, unitless }, text) {
  if (name === text) return SYMBOL;
  if (base === text) return BASE;
  if (name.startsWith(text) || base.startsWith(text)) return BEGINNING;
  if (unitless.startsWith(text)) return WORD;
  return name.includes(text) ? INSIDE : NONE;
}

/**
 * @param {Candidate} candidate that nothing else speaks for
 * @param {Wanted} wanted
 */
function guessOf(candidate, wanted) {
  const { name: typed, kinds } = readingOf(candidate, wanted);
  // Of several words only one that stands beside a kind is guessed at.
  if (wanted.words.length - kinds.length !== 1) return NONE;
  const { base, coin, name, unitless } = candidate;
  if (isOneSlip(typed, name) || isOneSlip(typed, unitless)) return SLIP;
  return isSubsequence(typed, base) || isSubsequence(typed, coin) ? LETTERS : NONE;
}

/**
 * @param {Candidate} candidate
 * @param {string} word
 */
function isOfKind({ kindWords }, word) {
  return kindWords.some((kind) => kind.startsWith(word));
}
