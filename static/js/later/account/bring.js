/** @import { SafeStorage } from "../../lib/safe-storage.js" */
import { KEYS_MAX } from "../../lib/watch-key.js";
import { LISTS_KEY, OPEN_KEY, Watchlists } from "../../state/watchlists.js";
import { WRITTEN_KEY } from "../../views/watchlist-cookie.js";

/**
 * Moves the lists that this browser held for nobody in particular into the account's: each joins
 * the one of its name, else it is a new one. Nothing of them stays, so that whoever signs in here
 * next does not get them.
 *
 * @param {Watchlists} lists the account's
 * @param {SafeStorage} storage
 * @param {string} firstName
 */
export function bring(lists, storage, firstName) {
  if (storage.getItem(LISTS_KEY) === null) return;
  const nobodys = new Watchlists({ storage, firstName, tabs: new EventTarget() });
  for (const { id, name, keys } of nobodys.lists) {
    if (keys.length === 0) continue;
    const joined = join(lists, { name, keys });
    if (id === nobodys.open.id) lists.openList(joined);
  }
  for (const key of [LISTS_KEY, OPEN_KEY, WRITTEN_KEY]) storage.removeItem(key);
}

/**
 * @param {Watchlists} lists
 * @param {{ name: string, keys: string[] }} list
 * @returns {string} the id of the list that holds them now
 */
function join(lists, { name, keys }) {
  const same = lists.lists.find((list) => list.name === name);
  if (!same) return lists.adopt({ name, keys });
  const fresh = keys.filter((key) => !same.keys.includes(key));
  const all = [...same.keys, ...fresh].slice(0, Math.max(KEYS_MAX, same.keys.length));
  if (fresh.length > 0) lists.replaceKeys(same.id, all);
  return same.id;
}
