/** @import { SafeStorage } from "../../lib/safe-storage.js" */
/** @import { Register } from "../../state/registers.js" */
import { keyOf, LISTS_KEY } from "../../state/watchlists.js";

export const HEARD_KEY = "marketdeck:watchlists-heard:v1";

/**
 * What the server has of this browser's lists.
 *
 * @typedef {object} Heard
 * @property {number | null} version null when nothing is known of it
 * @property {Record<string, Register>} registers as they stand here, those that it has heard
 */

/**
 * @param {SafeStorage} storage
 * @param {string} tag
 * @returns {Heard}
 */
export function readHeard(storage, tag) {
  return storage.getJson(keyOf(HEARD_KEY, tag)) ?? { version: null, registers: {} };
}

/**
 * Those registers of which the server has not heard.
 *
 * @param {[string, Register][]} entries
 * @param {Heard} heard
 */
export function unsent(entries, { registers }) {
  return entries.filter(([name, register]) => !areSame(register, registers[name]));
}

/**
 * @param {Register | undefined} one
 * @param {Register | undefined} other
 */
export function areSame(one, other) {
  return one?.[0] === other?.[0] && one?.[1] === other?.[1];
}

/**
 * Whether this browser holds edits of an account that have not arrived there.
 *
 * @param {SafeStorage} storage
 * @param {string} tag
 */
export function hasUnsent(storage, tag) {
  const entries = Object.entries(storage.getJson(keyOf(LISTS_KEY, tag)) ?? {});
  return unsent(entries, readHeard(storage, tag)).length > 0;
}
