/** @import { Clock } from "../../lib/clock.js" */
/** @import { SafeStorage } from "../../lib/safe-storage.js" */
/** @import { Register } from "../../state/registers.js" */
/** @import { Watchlists } from "../../state/watchlists.js" */
/** @import { Heard } from "./unsent.js" */
import { setRawCookie } from "../../lib/cookies.js";
import { keyOf } from "../../state/watchlists.js";
import { areSame, HEARD_KEY, readHeard, unsent } from "./unsent.js";

const ADDRESS = "/account/watchlists";
const KNOWN_COOKIE = "watchlists-known"; // by which the server knows what a page need not be told
const EDITS_REST_MS = 1_000;
const ASK_EVERY_MS = 60_000;
const RETRY_FIRST_MS = 3_000; // a network that has just come back may not be there yet
const ANSWER_WITHIN_MS = 15_000; // a request that the network has swallowed keeps no other back
const KEEPALIVE_MAX_LENGTH = 60_000; // browsers take 64 KiB with a page that goes
const REFUSED = [413, 422];

/**
 * @typedef {object} News of the server
 * @property {number} version of the lists there
 * @property {Record<string, Register>} registers all, or those that were sent where no other is new
 */

/**
 * Keeps this browser's copy of an account's lists and the server's the same. What is edited is sent
 * when the edits rest, or when the page goes; what others edited is asked for when the page is
 * looked at, comes online, and once a minute meanwhile. What cannot be sent is tried again, soon at
 * first and then as often.
 *
 * Dispatches `ended` when nobody is signed in any more, `refused` when the account takes no more.
 */
export class AccountLists extends EventTarget {
  #lists;
  #storage;
  #tag;
  #fetch;
  #page;
  #clock;
  /** @type {unknown} */
  #timer = null;
  #isAsking = false;
  #isWanted = false; // once more, when what is under way has come
  #isRefused = false;
  #failures = 0; // in a row
  #aborter = new AbortController();

  /**
   * @param {object} options
   * @param {Watchlists} options.lists
   * @param {SafeStorage} options.storage
   * @param {string} options.tag
   * @param {typeof globalThis.fetch} options.fetch
   * @param {EventTarget & { document: EventTarget & { hidden: boolean } }} options.page the window
   * @param {Clock} options.clock
   */
  constructor({ lists, storage, tag, fetch, page, clock }) {
    super();
    this.#lists = lists;
    this.#storage = storage;
    this.#tag = tag;
    this.#fetch = fetch;
    this.#page = page;
    this.#clock = clock;
    const options = { signal: this.#aborter.signal };
    lists.addEventListener("change", () => this.#changed(), options);
    page.addEventListener("online", () => this.#cameOnline(), options);
    page.document.addEventListener("visibilitychange", () => this.#looked(), options);
    this.#wait(ASK_EVERY_MS);
  }

  /**
   * Takes what the server told without being asked.
   *
   * @param {News} news
   */
  hear(news) {
    const { version } = readHeard(this.#storage, this.#tag);
    if (version === null || news.version >= version) this.#take(news, []);
  }

  /** Whether the server has not heard of all that was done here. */
  get hasUnsent() {
    return this.#unsent().length > 0;
  }

  /** Sends what is new here, and takes what is new there. */
  async ask() {
    if (this.#isAsking) {
      this.#isWanted = true;
      return;
    }
    this.#isAsking = true;
    this.#isWanted = false;
    this.#clock.clearTimeout(this.#timer);
    try {
      await this.#exchange();
    } finally {
      this.#isAsking = false;
      if (!this.#aborter.signal.aborted) this.#waitForNext();
    }
    if (this.#isWanted) await this.ask();
  }

  close() {
    this.#clock.clearTimeout(this.#timer);
    this.#aborter.abort();
  }

  #cameOnline() {
    this.#failures = 0;
    this.ask();
  }

  #changed() {
    this.#isRefused = false;
    // Another tab that is looked at sends what is done there.
    if (!this.#page.document.hidden) this.#wait(EDITS_REST_MS);
  }

  #looked() {
    if (!this.#page.document.hidden || this.hasUnsent) this.ask();
  }

  #waitForNext() {
    const retryMs = Math.min(RETRY_FIRST_MS * 2 ** (this.#failures - 1), ASK_EVERY_MS);
    const soonMs = this.#failures > 0 ? retryMs : EDITS_REST_MS; // edited while it was under way
    this.#wait(this.hasUnsent && !this.#isRefused ? soonMs : ASK_EVERY_MS);
  }

  /** @param {number} delayMs */
  #wait(delayMs) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#due(delayMs), delayMs);
  }

  /** @param {number} delayMs */
  #due(delayMs) {
    const isNeeded = delayMs === ASK_EVERY_MS || this.hasUnsent;
    if (isNeeded && !this.#page.document.hidden) this.ask();
    else this.#wait(ASK_EVERY_MS);
  }

  #unsent() {
    return unsent(this.#lists.entries(), readHeard(this.#storage, this.#tag));
  }

  async #exchange() {
    const { version } = readHeard(this.#storage, this.#tag);
    const sent = this.#isRefused ? [] : this.#unsent();
    const answer = await this.#send({ version, registers: Object.fromEntries(sent) });
    this.#failures = answer.status === 0 || answer.status >= 500 ? this.#failures + 1 : 0;
    if (answer.status === 401) this.#end();
    else if (REFUSED.includes(answer.status)) this.#refuse();
    else if (answer.news) this.#answered(answer.news, sent, version);
  }

  /**
   * @param {object} told
   * @returns {Promise<{ status: number, news?: News }>} status 0 when the server is out of reach
   */
  async #send(told) {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify(told);
    const keepalive = body.length < KEEPALIVE_MAX_LENGTH;
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const options = { method: "POST", headers, body, keepalive, signal };
      const answer = await this.#fetch(ADDRESS, options);
      const { status } = answer;
      return answer.ok ? { status, news: (await answer.json()).data } : { status };
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return { status: 0 };
      throw error;
    }
  }

  /**
   * @param {News} news
   * @param {[string, Register][]} sent
   * @param {number | null} known the version that was known when this was asked
   */
  #answered(news, sent, known) {
    const heard = readHeard(this.#storage, this.#tag);
    if (known !== null && news.version < known) {
      // The server had to begin with an older copy: it is to hear everything anew.
      this.#note({ version: null, registers: {} });
      this.#isWanted = true;
    } else if (heard.version === null || news.version >= heard.version) {
      this.#take(news, sent); // else another tab knows better already
    }
  }

  /**
   * @param {News} news
   * @param {[string, Register][]} sent
   */
  #take({ version, registers }, sent) {
    const before = readHeard(this.#storage, this.#tag).registers;
    const heard = { ...before, ...Object.fromEntries(sent) };
    const entries = Object.entries(registers);
    this.#lists.take(entries);
    const here = new Map(this.#lists.entries());
    const atMs = 1 + Math.max(0, ...[...here.values()].map(([, setMs]) => setMs));
    /** @type {[string, Register][]} */
    const corrected = [];
    for (const [name, register] of entries) {
      const mine = here.get(name);
      const isHeard = areSame(mine, heard[name]);
      // It was heard and yet another value stands there: this browser's clock is not believed.
      if (isHeard && mine && mine[0] !== register[0]) corrected.push([name, [register[0], atMs]]);
      else if (!isHeard) heard[name] = register;
    }
    Object.assign(heard, Object.fromEntries(corrected));
    this.#lists.take(corrected);
    this.#note({ version, registers: heard });
    setRawCookie(KNOWN_COOKIE, `${this.#tag}.${version}`);
  }

  /** @param {Heard} heard */
  #note(heard) {
    this.#storage.setItem(keyOf(HEARD_KEY, this.#tag), JSON.stringify(heard));
  }

  #end() {
    this.close();
    this.dispatchEvent(new Event("ended"));
  }

  #refuse() {
    this.#isRefused = true;
    this.dispatchEvent(new Event("refused"));
  }
}
