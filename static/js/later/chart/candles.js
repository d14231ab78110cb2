/** @import { Candle } from "../../streams/payloads.js" */
import { compare } from "../../lib/decimal.js";

/** @typedef {{ candles: Candle[] }} History oldest first; only the last may still be open */

// Two days of minutes; what is older than that is asked for with a longer interval.
const KEPT_MAX = 2_880;
const AHEAD_MAX = 500;

/**
 * The candles of one pair and interval: history from the server, joined to the stream without a
 * gap or a double candle.
 *
 * A candle of the stream replaces the one that began with it, unless that is known to be closed or
 * holds more trades. It may follow only one that is known to be closed, at the moment at which that
 * ended; until then it is kept aside, and `hasGap` tells that history has to be asked for again.
 */
export class Candles {
  /** @type {Candle[]} */
  #rows = [];
  /** @type {Map<number, Candle>} of the stream, which do not follow yet, by when they begin */
  #ahead = new Map();
  /** How often the candles before the last one were changed, so that all have to be drawn. */
  redrawn = 0;

  /** Oldest first. Before there is any history, the stream's own that follow each other. */
  get rows() {
    return this.#rows.length > 0 ? this.#rows : chainOf(this.#inOrder());
  }

  /** @returns {boolean} whether history was joined */
  get hasHistory() {
    return this.#rows.length > 0;
  }

  /** @returns {boolean} whether the stream is ahead of what is known */
  get hasGap() {
    return this.#ahead.size > 0;
  }

  /**
   * Takes a candle of the stream; a late or repeated one changes nothing.
   *
   * @param {Candle} candle
   */
  take(candle) {
    const last = this.#rows.at(-1);
    if (last && candle.openMs < last.openMs) return;
    this.#keepAside(candle);
    this.#advance();
  }

  /**
   * Takes what the exchange said when it was asked.
   *
   * @param {History} history
   */
  join({ candles }) {
    const [first] = candles;
    const last = candles.at(-1);
    if (!first || !last) return;
    for (const row of this.#rows) if (row.openMs >= last.openMs) this.#keepAside(row);
    this.#rows = [...this.#before(first), ...candles].slice(-KEPT_MAX);
    for (const openMs of this.#ahead.keys()) if (openMs < last.openMs) this.#ahead.delete(openMs);
    this.redrawn += 1;
    this.#advance();
  }

  /**
   * Candles that are older than a history stay where it begins among them, or just after them.
   *
   * @param {Candle} first of the history
   */
  #before(first) {
    const known = this.#rows.at(-1);
    const isJoined = known && (known.openMs >= first.openMs || isFollowed(known, first));
    return isJoined ? this.#rows.filter(({ openMs }) => openMs < first.openMs) : [];
  }

  /** @param {Candle} candle */
  #keepAside(candle) {
    const known = this.#ahead.get(candle.openMs);
    if (!known || isFuller(candle, known)) this.#ahead.set(candle.openMs, candle);
    if (this.#ahead.size <= AHEAD_MAX) return;
    const oldest = Math.min(...this.#ahead.keys());
    this.#ahead.delete(oldest);
  }

  /** Takes in those kept aside that follow what is known by now. */
  #advance() {
    if (this.#rows.length === 0) return;
    for (const candle of this.#inOrder()) {
      const last = this.#rows.at(-1);
      if (!last) return;
      if (candle.openMs === last.openMs) this.#replace(last, candle);
      else if (isFollowed(last, candle)) this.#append(candle);
      else return;
      this.#ahead.delete(candle.openMs);
    }
  }

  /**
   * @param {Candle} last
   * @param {Candle} candle
   */
  #replace(last, candle) {
    if (isFuller(candle, last)) this.#rows[this.#rows.length - 1] = candle;
  }

  /** @param {Candle} candle */
  #append(candle) {
    this.#rows.push(candle);
    if (this.#rows.length <= KEPT_MAX) return;
    this.#rows.shift();
    this.redrawn += 1;
  }

  #inOrder() {
    return [...this.#ahead.values()].sort((a, b) => a.openMs - b.openMs);
  }
}

/**
 * The newest that follow each other.
 *
 * @param {Candle[]} candles in order
 */
function chainOf(candles) {
  const broken = candles.findLastIndex((candle, index) => {
    const before = candles[index - 1];
    return before !== undefined && !isFollowed(before, candle);
  });
  return candles.slice(Math.max(0, broken));
}

/**
 * @param {Candle} candle
 * @param {Candle} next
 */
function isFollowed(candle, next) {
  return candle.isClosed && next.openMs === candle.closeMs + 1;
}

/**
 * Whether this is a later word on the same candle: its volume only ever grows, until it is closed.
 *
 * @param {Candle} candle
 * @param {Candle} known
 */
function isFuller(candle, known) {
  if (known.isClosed || candle.isClosed) return !known.isClosed;
  return compare(candle.volume, known.volume) >= 0;
}
