/** @import { Register } from "../state/registers.js" */
/** @import { SafeStorage } from "./safe-storage.js" */

/** Whose lists this browser shows: the tag of an account. */
export const ACCOUNT_KEY = "marketdeck:account:v1";

/**
 * What the server told of the account when it made the page.
 *
 * @typedef {object} Told
 * @property {string} tag by which a browser knows one account's lists from another's
 * @property {number} version of its lists
 * @property {Record<string, Register>} [registers] all of them, unless this browser knew that version
 */

/**
 * @param {Document} root
 * @returns {Told | null | undefined} null when nobody is signed in; undefined when that could not
 *   be told: the database or the whole server was away
 */
export function toldAccount(root) {
  const meta = root.querySelector("meta[name=marketdeck-account]");
  return meta instanceof HTMLMetaElement ? JSON.parse(meta.content) : undefined;
}

/**
 * Whose lists are to be shown; "" for nobody's.
 *
 * @param {Told | null | undefined} told
 * @param {SafeStorage} storage
 * @returns {string}
 */
export function tagToShow(told, storage) {
  return told === undefined ? (storage.getItem(ACCOUNT_KEY) ?? "") : (told?.tag ?? "");
}
