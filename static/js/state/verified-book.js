/** @import { Clock } from "../lib/clock.js" */
/** @import { Pair } from "../streams/feed.js" */
/** @import { Best, BookDiff, Level } from "../streams/payloads.js" */
/** @import { BookSnapshot } from "./local-book.js" */
import { fullJitterMs } from "../lib/backoff.js";
import { compare } from "../lib/decimal.js";
import { LocalBook } from "./local-book.js";

// The first change should be there before the snapshot, but in a quiet market it may take long.
const FIRST_CHANGE_WAIT_MS = 200;
// The server keeps a snapshot for one second, so asking again sooner would bring the same one.
const RETRY_MIN_MS = 1_000;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 15_000;
// A minute of changes; a snapshot that comes later than that is newer than all of them.
const WAITING_MAX = 600;
// With fewer levels than this the book is made deeper, before what is shown runs out.
const DEPTH_MIN = 200;

/**
 * @typedef {"fetching" | "no_snapshot" | "gap" | "crossed" | "best"} ResyncCause why a book is not
 *   in step: none is there yet, or nobody gives one, or a change was lost on the way, or bids and
 *   asks crossed, or it did not agree with the best prices
 *
 * @typedef {object} SnapshotSource
 * @property {(market: Pair["market"], symbol: string) => Promise<BookSnapshot | null>} get null
 *   when nobody gave one
 * @property {number} waitMs until another may be asked for
 */

/**
 * A pair's book that is right or says that it is not: it joins snapshots and changes, and starts
 * anew when a change is missing, when bids and asks cross, or when it does not agree with the best
 * prices. It has no levels while it is not in step.
 */
export class VerifiedBook {
  #pair;
  #snapshots;
  #clock;
  #random;
  #changed;
  /** @type {LocalBook | null} */
  #book = null;
  /** @type {ResyncCause} */
  #cause = "fetching";
  /** @type {BookDiff[] | null} what came since a snapshot was asked for; null when none is */
  #waiting = null;
  #failures = 0;
  /** @type {unknown} */
  #timer = null;
  #isClosed = false;
  /** @type {Best | null} */
  #best = null;
  /** @type {number | null} of the last change, by the exchange's clock */
  eventTimeMs = null;
  /** @type {number | null} when it was last known to be right */
  receivedAtMs = null;

  /**
   * @param {object} options
   * @param {Pair} options.pair
   * @param {SnapshotSource} options.snapshots
   * @param {Clock} options.clock
   * @param {() => number} options.random
   * @param {() => void} options.changed
   */
  constructor({ pair, snapshots, clock, random, changed }) {
    this.#pair = pair;
    this.#snapshots = snapshots;
    this.#clock = clock;
    this.#random = random;
    this.#changed = changed;
    this.#fetch(FIRST_CHANGE_WAIT_MS);
  }

  /** @returns {"synced" | "resyncing"} */
  get state() {
    return this.#book === null ? "resyncing" : "synced";
  }

  /** @returns {ResyncCause | null} why it is not in step */
  get cause() {
    return this.#book === null ? this.#cause : null;
  }

  /** @returns {number | null} the exchange's update up to which it is right */
  get lastId() {
    return this.#book?.lastId ?? null;
  }

  /**
   * @param {"bid" | "ask"} side
   * @param {number} [count] all that are known unless told
   * @returns {Level[]} best first, as the exchange wrote them
   */
  levels(side, count) {
    return this.#book?.side(side).levels(count) ?? [];
  }

  /**
   * @param {"bid" | "ask"} side
   * @returns {boolean} whether the exchange has no more levels than these
   */
  isWhole(side) {
    return this.#book?.side(side).isWhole ?? false;
  }

  /**
   * @param {BookDiff} diff
   * @param {number} receivedAtMs
   */
  take(diff, receivedAtMs) {
    this.#waiting?.push(diff);
    if (this.#waiting && this.#waiting.length > WAITING_MAX) this.#waiting.shift();
    const outcome = this.#book?.apply(diff) ?? "known";
    if (outcome === "applied") this.#applied(diff.eventTimeMs, receivedAtMs);
    else if (outcome !== "known") this.#resync(outcome, [diff]);
  }

  /** @param {Best} best which has to agree with the book as it was at the same update */
  witness(best) {
    this.#best = best;
    this.#compareBest();
  }

  close() {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
  }

  /**
   * @param {number} eventTimeMs
   * @param {number} receivedAtMs
   */
  #applied(eventTimeMs, receivedAtMs) {
    this.eventTimeMs = eventTimeMs;
    this.receivedAtMs = receivedAtMs;
    this.#compareBest();
    if (this.#book && this.#book.knownDepth < DEPTH_MIN) this.#fetch(0);
    this.#changed();
  }

  #compareBest() {
    const best = this.#best;
    if (best === null || this.#book === null || best.updateId !== this.#book.lastId) return;
    const isRight =
      isSame(this.#book.side("bid").best, best.bid, best.bidQuantity) &&
      isSame(this.#book.side("ask").best, best.ask, best.askQuantity);
    if (!isRight) this.#resync("best", []);
  }

  /**
   * @param {ResyncCause} cause
   * @param {BookDiff[]} diffs which the next snapshot may need
   */
  #resync(cause, diffs) {
    this.#book = null;
    this.#cause = cause;
    this.#fetch(0, diffs);
    this.#changed();
  }

  /**
   * Asks for a snapshot, unless one is under way.
   *
   * @param {number} delayMs
   * @param {BookDiff[]} [diffs]
   */
  #fetch(delayMs, diffs = []) {
    if (this.#waiting !== null) return;
    this.#waiting = diffs;
    this.#askLater(delayMs);
  }

  /** @param {number} delayMs */
  #askLater(delayMs) {
    const waitMs = Math.max(delayMs, this.#snapshots.waitMs);
    this.#timer = this.#clock.setTimeout(() => this.#ask(), waitMs);
  }

  async #ask() {
    const snapshot = await this.#snapshots.get(this.#pair.market, this.#pair.symbol);
    if (this.#isClosed) return;
    const book = snapshot && joined(snapshot, this.#waiting ?? []);
    // A snapshot that only makes the book deeper must not set it back.
    if (book && book.lastId >= (this.lastId ?? 0)) {
      this.#failures = 0;
      this.#waiting = null;
      this.#book = book;
      this.receivedAtMs = this.#clock.now();
      this.#changed();
      return;
    }
    if (snapshot === null && this.#cause !== "no_snapshot") {
      this.#cause = "no_snapshot";
      this.#changed();
    }
    this.#failures += 1;
    const backoffMs = fullJitterMs(this.#failures, RETRY_BASE_MS, RETRY_MAX_MS, this.#random);
    this.#askLater(RETRY_MIN_MS + backoffMs);
  }
}

/**
 * @param {BookSnapshot} snapshot
 * @param {BookDiff[]} diffs in the order in which they came
 * @returns {LocalBook | null} null when they do not fit together
 */
function joined(snapshot, diffs) {
  const book = new LocalBook(snapshot);
  const fits = diffs.every((diff) => ["applied", "known"].includes(book.apply(diff)));
  return fits ? book : null;
}

/**
 * @param {Level | undefined} level
 * @param {string} price
 * @param {string} quantity
 */
function isSame(level, price, quantity) {
  return level !== undefined && compare(level[0], price) === 0 && compare(level[1], quantity) === 0;
}
