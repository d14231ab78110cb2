/** @import { SafeStorage } from "../../lib/safe-storage.js" */
/** @import { Span } from "./spans.js" */
/** @import { Alert } from "./alerts.js" */
import { LIVE_FOR_MS } from "../../state/prices.js";

const KEY = "marketdeck:alerts:watched:v1";
// Lost at most, when a browser is killed without a word.
const SAVE_EVERY_MS = 5_000;

/**
 * Until when each alert was proven to be watched. Only data proves it: a timer that runs says
 * nothing of the line, and one that does not run cannot say that it did not.
 */
export class Ledger {
  #storage;
  /** @type {Map<string, number>} */
  #provenMs = new Map();
  #savedMs = 0;

  /** @param {SafeStorage} storage shared by all tabs */
  constructor(storage) {
    this.#storage = storage;
    this.reload();
  }

  /**
   * Takes note that data has proven the alert to be watched now.
   *
   * @param {Pick<Alert, "id" | "sinceMs">} alert
   * @param {number} nowMs
   * @returns {Span | null} the time before that was not watched, if there was one
   */
  prove(alert, nowMs) {
    const untilMs = this.untilMs(alert);
    this.#provenMs.set(alert.id, nowMs);
    this.#saveLater(nowMs);
    return nowMs - untilMs > LIVE_FOR_MS ? [untilMs, nowMs] : null;
  }

  /**
   * @param {Pick<Alert, "id" | "sinceMs">} alert
   * @returns {number} up to when it is known to have been watched
   */
  untilMs({ id, sinceMs }) {
    return Math.max(this.#provenMs.get(id) ?? 0, sinceMs);
  }

  /** Takes what another tab has saved. */
  reload() {
    const stored = this.#storage.getJson(KEY);
    if (stored?.constructor !== Object) return;
    for (const [id, atMs] of Object.entries(stored)) {
      if (Number.isFinite(atMs)) this.#provenMs.set(id, atMs);
    }
  }

  /** @param {Iterable<{ id: string }>} alerts all that there are */
  keepOnly(alerts) {
    const ids = new Set([...alerts].map(({ id }) => id));
    for (const id of this.#provenMs.keys()) if (!ids.has(id)) this.#provenMs.delete(id);
  }

  save() {
    this.#storage.setItem(KEY, JSON.stringify(Object.fromEntries(this.#provenMs)));
  }

  /** @param {number} nowMs */
  #saveLater(nowMs) {
    if (Math.abs(nowMs - this.#savedMs) < SAVE_EVERY_MS) return;
    this.#savedMs = nowMs;
    this.save();
  }
}

/** The key under which other tabs find it. */
export const LEDGER_KEY = KEY;
