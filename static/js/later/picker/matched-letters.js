import { fold } from "../../lib/fold.js";

const SEPARATOR = /[\s\p{P}\p{S}]/u;

/**
 * Which letters of a name were typed: together where they stand together, else one after the other.
 *
 * @param {string} name as it is shown
 * @param {string} typed folded, without separators
 * @returns {Set<number>} places in the name; none where folding changes its length
 */
export function matchedLetters(name, typed) {
  const folded = fold(name);
  if (folded.length !== name.length) return new Set();
  const places = lettersOf(folded);
  const letters = places.map((place) => folded[place]).join("");
  const at = letters.indexOf(typed);
  if (at >= 0) return new Set(places.slice(at, at + typed.length));
  return new Set(inOrder(letters, typed).map((index) => places[index] ?? 0));
}

/**
 * The name in pieces of which every other one is marked; the first is not, and may be empty.
 *
 * @param {string} name
 * @param {Set<number>} marked
 */
export function pieces(name, marked) {
  const found = [""];
  for (const [place, letter] of name.split("").entries()) {
    const isMarked = found.length % 2 === 0;
    if (marked.has(place) !== isMarked) found.push("");
    found[found.length - 1] += letter;
  }
  return found;
}

/** @param {string} folded */
function lettersOf(folded) {
  return [...folded.split("").keys()].filter((place) => !SEPARATOR.test(folded[place] ?? ""));
}

/**
 * @param {string} letters
 * @param {string} typed of which a letter that slipped is passed over
 */
function inOrder(letters, typed) {
  /** @type {number[]} */
  const found = [];
  for (const letter of typed) {
    const at = letters.indexOf(letter, (found.at(-1) ?? -1) + 1);
    if (at >= 0) found.push(at);
  }
  return found;
}
