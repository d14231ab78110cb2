/**
 * A list after another copy of it was edited: what was removed there goes, what was added there
 * comes, and where pairs were put into another order there, they have it here.
 *
 * @param {string[]} mine
 * @param {string[]} base what the other copy was before
 * @param {string[]} theirs
 */
export function mergedKeys(mine, base, theirs) {
  const kept = mine.filter((key) => theirs.includes(key) || !base.includes(key));
  const added = theirs.filter((key) => !kept.includes(key) && !base.includes(key));
  const all = [...kept, ...added];
  const inTheirOrder = theirs.filter((key) => all.includes(key));
  return all.map((key) => (theirs.includes(key) ? (inTheirOrder.shift() ?? key) : key));
}
