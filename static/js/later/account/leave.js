/** @import { SafeStorage } from "../../lib/safe-storage.js" */
import { ACCOUNT_KEY } from "../../lib/account.js";
import { keyOf, LISTS_KEY, OPEN_KEY } from "../../state/watchlists.js";
import { HEARD_KEY, hasUnsent } from "./unsent.js";

const HERE_KEY = "marketdeck:accounts-here:v1"; // the tags of all that this browser holds lists of

/**
 * Notes whose lists this browser shows.
 *
 * @param {SafeStorage} storage
 * @param {string} tag
 */
export function arrive(storage, tag) {
  storage.setItem(HERE_KEY, JSON.stringify([...new Set([...tagsHere(storage), tag])]));
  storage.setItem(ACCOUNT_KEY, tag);
}

/**
 * Forgets the lists of all accounts but one, for those who use this browser next. What a sign-in
 * that ended by itself has kept from arriving waits, unseen, until the same person comes back.
 *
 * @param {SafeStorage} storage
 * @param {{ but: string, evenUnsent: boolean }} which
 */
export function forget(storage, { but, evenUnsent }) {
  const staying = tagsHere(storage).filter(
    (tag) => tag === but || (!evenUnsent && hasUnsent(storage, tag)),
  );
  for (const tag of tagsHere(storage)) {
    if (staying.includes(tag)) continue;
    for (const key of [LISTS_KEY, OPEN_KEY, HEARD_KEY]) storage.removeItem(keyOf(key, tag));
  }
  if (staying.length > 0) storage.setItem(HERE_KEY, JSON.stringify(staying));
  else storage.removeItem(HERE_KEY);
  if (storage.getItem(ACCOUNT_KEY) !== but) storage.removeItem(ACCOUNT_KEY);
}

/**
 * @param {SafeStorage} storage
 * @returns {string[]}
 */
function tagsHere(storage) {
  return storage.getJson(HERE_KEY) ?? [];
}
