/** @import { SafeStorage } from "../lib/safe-storage.js" */
/** @import { CookieList } from "../lib/watchlist-cookie.js" */
/** @import { Watchlists } from "../state/watchlists.js" */
import { decoded, rawCookie, setRawCookie } from "../lib/cookies.js";
import { mergedKeys } from "../lib/merged-keys.js";
import { formatCookieList, parseCookieList } from "../lib/watchlist-cookie.js";

const COOKIE = "watchlist";
const ASIDE_COOKIE = "watchlists-aside";
export const WRITTEN_KEY = "marketdeck:watchlist-cookie:v1";

/**
 * Keeps the open list in the cookie, from which the server paints the page and which it edits for
 * those who have JavaScript off. What was edited there since this last wrote it is taken over. An
 * account's lists are not edited there: it says which is open, and what it held last.
 */
export class WatchlistCookie {
  #lists;
  #storage;
  #tag;

  /**
   * @param {Watchlists} lists
   * @param {SafeStorage} storage
   * @param {string} tag of the account whose lists they are; "" for nobody's
   */
  constructor(lists, storage, tag) {
    this.#lists = lists;
    this.#storage = storage;
    this.#tag = tag;
    if (tag) this.#openSame();
    else this.#takeOver();
    this.#write();
    lists.addEventListener("change", () => this.#write());
  }

  #openSame() {
    const { tag, id } = parseCookieList(decoded(rawCookie(COOKIE) ?? ""));
    const isKnown = this.#lists.lists.some((list) => list.id === id);
    if (tag === this.#tag && isKnown) this.#lists.openList(id);
  }

  #takeOver() {
    const value = rawCookie(COOKIE);
    const written = this.#storage.getItem(WRITTEN_KEY) ?? "";
    const base = parseCookieList(decoded(written));
    const list = parseCookieList(decoded(value ?? ""));
    // What an account's sign-in has left there is nobody else's.
    if (value !== null && value !== written && list.tag === "") {
      this.#lists.openList(this.#take(list, base));
    }
    const aside = decoded(rawCookie(ASIDE_COOKIE) ?? "")
      .split(";")
      .filter(Boolean);
    for (const text of aside) this.#take(parseCookieList(text), base);
    if (aside.length > 0) setRawCookie(ASIDE_COOKIE, "", 0);
  }

  /**
   * @param {CookieList} list
   * @param {CookieList} base what was written there before it was edited
   * @returns {string} the list's id
   */
  #take(list, base) {
    const { lists, open } = this.#lists;
    const isNamed = list.id !== "" || list.name !== "";
    const id = isNamed ? list.id : base.id || open.id;
    const known = lists.find((each) => each.id === id);
    if (!known) return this.#lists.adopt(list);
    const baseKeys = base.id === id ? base.keys : [];
    this.#lists.replaceKeys(id, mergedKeys(known.keys, baseKeys, list.keys));
    return id;
  }

  #write() {
    const value = formatCookieList(this.#lists.open, this.#tag);
    if (!this.#tag) this.#storage.setItem(WRITTEN_KEY, value);
    if (rawCookie(COOKIE) !== value) setRawCookie(COOKIE, value);
  }
}
