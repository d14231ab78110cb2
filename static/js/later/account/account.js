/** @import { Told } from "../../lib/account.js" */
/** @import { Clock } from "../../lib/clock.js" */
/** @import { SafeStorage } from "../../lib/safe-storage.js" */
/** @import { Watchlists } from "../../state/watchlists.js" */
import { rawCookie, setRawCookie } from "../../lib/cookies.js";
import { AccountLists } from "./account-lists.js";
import { bring } from "./bring.js";
import { arrive, forget } from "./leave.js";
import { readHeard } from "./unsent.js";

const SIGNED_OUT_COOKIE = "signed-out"; // set by the server

/**
 * @typedef {object} AccountParts
 * @property {Told | null | undefined} told
 * @property {string} tag of the account whose lists are shown; "" for nobody's
 * @property {Watchlists} lists
 * @property {string} firstName
 * @property {SafeStorage} storage
 * @property {typeof fetch} fetch
 * @property {Window} page
 * @property {Clock} clock
 * @property {() => void} refused the account takes no more
 */

/** What a browser does for an account whose lists it shows, or showed. */
export class Account {
  /** @type {AccountLists | null} */
  #lists = null;

  /** @param {AccountParts} parts */
  constructor(parts) {
    const { told, tag, storage } = parts;
    if (told !== undefined) {
      forget(storage, { but: tag, evenUnsent: rawCookie(SIGNED_OUT_COOKIE) !== null });
      if (rawCookie(SIGNED_OUT_COOKIE) !== null) setRawCookie(SIGNED_OUT_COOKIE, "", 0);
    }
    if (tag) this.#follow(parts);
  }

  close() {
    this.#lists?.close();
  }

  /** @param {AccountParts} parts */
  async #follow({ told, tag, lists, firstName, storage, fetch, page, clock, refused }) {
    arrive(storage, tag);
    const sync = new AccountLists({ lists, storage, tag, fetch, page, clock });
    this.#lists = sync;
    sync.addEventListener("ended", () => page.location.reload());
    sync.addEventListener("refused", refused);
    if (told?.registers) sync.hear({ version: told.version, registers: told.registers });
    const isCurrent = () => told != null && readHeard(storage, tag).version === told.version;
    if (!isCurrent()) await sync.ask();
    // Joined by their names, so those of the account have to be known.
    if (told && readHeard(storage, tag).version !== null) bring(lists, storage, firstName);
    if (sync.hasUnsent) await sync.ask();
  }
}
