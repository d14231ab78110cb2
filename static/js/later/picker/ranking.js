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

/**
 * @typedef {{ name: string, kinds: string[] }} Reading which of the typed words name the pair, and
 * which its kind
 *
 * @typedef {object} Wanted what was typed, folded
 * @property {string[]} words
 * @property {string} whole
 * @property {Map<string[], Reading>} readings beside a kind, by that kind's words
 */

/**
 * @param {string} text
 * @returns {Wanted}
 */
export function wantedBy(text) {
  const words = foldedWords(text);
  return { words, whole: words.join(""), readings: new Map() };
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
 * The name is tried with all of the words.
 *
 * @param {Candidate} candidate
 * @param {Wanted} wanted
 * @returns {Reading}
 */
export function readingOf(candidate, wanted) {
  if (placeOfName(candidate, wanted.whole) === NONE) return readingBesideKind(candidate, wanted);
  return { name: wanted.whole, kinds: [] };
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
  const place = placeOfName(candidate, wanted.whole);
  if (place !== NONE) return place;
  const { name, kinds } = readingBesideKind(candidate, wanted);
  if (kinds.length === 0) return NONE;
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
  if (!name.includes(text)) return NONE;
  return unitless.startsWith(text) ? WORD : INSIDE;
}

/**
 * @param {Candidate} candidate that nothing else speaks for
 * @param {Wanted} wanted
 */
function guessOf(candidate, wanted) {
  const { name: typed, kinds } = readingBesideKind(candidate, wanted);
  // Of several words only one that stands beside a kind is guessed at.
  if (wanted.words.length - kinds.length !== 1) return NONE;
  const { base, coin, name, unitless } = candidate;
  if (isOneSlip(typed, name) || isOneSlip(typed, unitless)) return SLIP;
  return isSubsequence(typed, base) || isSubsequence(typed, coin) ? LETTERS : NONE;
}

/**
 * How the words read where not all of them name the pair: the same for all pairs of a kind.
 *
 * @param {Candidate} candidate
 * @param {Wanted} wanted
 */
function readingBesideKind({ kindWords }, { words, whole, readings }) {
  let reading = readings.get(kindWords);
  if (!reading) {
    const kinds = words.filter((word) => kindWords.some((kind) => kind.startsWith(word)));
    const names = words.filter((word) => !kinds.includes(word));
    reading = { name: kinds.length > 0 ? names.join("") : whole, kinds };
    readings.set(kindWords, reading);
  }
  return reading;
}
