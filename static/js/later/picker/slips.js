/** What fingers do wrong: a letter too few, too many, wrong, or two in the wrong order. */

const SWAPPED_FROM = 3; // letters: in fewer, nearly everything is a slip of everything
const WRONG_FROM = 4;

/**
 * Whether the typed text is how the word begins but for one slip.
 *
 * @param {string} typed
 * @param {string} word
 */
export function isOneSlip(typed, word) {
  const at = firstDifference(typed, word);
  if (at === typed.length || typed.length < SWAPPED_FROM) return false;
  if (areSwapped(typed, word, at)) return true;
  if (typed.length < WRONG_FROM) return false;
  const isWrong = word.startsWith(typed.slice(at + 1), at + 1);
  const isMissing = word.startsWith(typed.slice(at), at + 1);
  const isTooMany = word.startsWith(typed.slice(at + 1), at);
  return isWrong || isMissing || isTooMany;
}

/**
 * Whether the typed letters stand in the word in this order, from its first on.
 *
 * @param {string} typed
 * @param {string} word
 */
export function isSubsequence(typed, word) {
  if (typed.length < 2 || typed[0] !== word[0]) return false;
  let at = -1;
  for (const letter of typed) {
    at = word.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}

/**
 * @param {string} typed
 * @param {string} word
 */
function firstDifference(typed, word) {
  let at = 0;
  while (at < typed.length && typed[at] === word[at]) at += 1;
  return at;
}

/**
 * @param {string} typed
 * @param {string} word
 * @param {number} at
 */
function areSwapped(typed, word, at) {
  const next = at + 1;
  if (next >= typed.length || typed[at] !== word[next] || typed[next] !== word[at]) return false;
  return word.startsWith(typed.slice(next + 1), next + 1);
}
