import { isSteady, SESSION_STREAM } from "./routes.js";

/**
 * Silence after which a stream counts as dead. With a look every half second it is found within
 * the promised 10 s.
 */
export const SILENCE_MAX_MS = 9_500;

// Time for a stream to catch up with others that are sent more often.
const EVIDENCE_MS = 3_000;

/**
 * @typedef {object} Heard
 * @property {number} lastMs of its last data, or of the start of watching
 * @property {boolean} hasSpoken
 * @property {number | null} expectedMs when something else showed that it ought to speak
 */

/**
 * Tells which stream of an open socket has died. An answer to SUBSCRIBE proves nothing: a futures
 * socket on the wrong path acknowledges everything and then says nothing for ever.
 *
 * The all-market stream, the pulse in its place and a mark price always have something to say. The streams of one pair may rightly be
 * silent in a quiet market, so they are dead only if there is evidence that they had something
 * to say, or if the whole socket never said anything.
 */
export class SilenceWatch {
  /** @type {Map<string, Heard>} */
  #streams = new Map();
  #anySpoke = false;
  #sinceMs;

  /** @param {number} nowMs when the socket was opened */
  constructor(nowMs) {
    this.#sinceMs = nowMs;
  }

  /**
   * Watches exactly these streams from now on.
   *
   * @param {Set<string>} streams
   * @param {number} nowMs
   */
  follow(streams, nowMs) {
    for (const stream of this.#streams.keys()) {
      if (!streams.has(stream)) this.#streams.delete(stream);
    }
    for (const stream of streams) {
      if (this.#streams.has(stream)) continue;
      this.#streams.set(stream, { lastMs: nowMs, hasSpoken: false, expectedMs: null });
    }
  }

  /**
   * @param {string} stream that has just sent data
   * @param {number} nowMs
   */
  spoke(stream, nowMs) {
    const heard = this.#streams.get(stream);
    if (!heard) return;
    this.#anySpoke = true;
    heard.lastMs = nowMs;
    heard.hasSpoken = true;
    heard.expectedMs = null;
  }

  /**
   * Takes note that something else (a trade, a moved price) shows that this stream has to speak.
   *
   * @param {string} stream
   * @param {number} nowMs
   */
  expect(stream, nowMs) {
    const heard = this.#streams.get(stream);
    if (heard) heard.expectedMs ??= nowMs;
  }

  /**
   * @param {string} stream
   * @returns {boolean}
   */
  hasSpoken(stream) {
    return this.#streams.get(stream)?.hasSpoken ?? false;
  }

  /** Whether anything at all was heard. */
  get anySpoke() {
    return this.#anySpoke;
  }

  /**
   * @param {number} nowMs
   * @returns {string | null} a stream that is dead by the rules above
   */
  deadStream(nowMs) {
    for (const [stream, heard] of this.#streams) {
      if (nowMs - heard.lastMs >= SILENCE_MAX_MS && isOwed(stream, heard, nowMs)) return stream;
    }
    const isMute = !this.#anySpoke && nowMs - this.#sinceMs >= SILENCE_MAX_MS;
    return isMute ? (this.#streams.keys().next().value ?? null) : null;
  }
}

/**
 * @param {string} stream
 * @param {Heard} heard
 * @param {number} nowMs
 */
function isOwed(stream, heard, nowMs) {
  if (isSteady(stream)) return true;
  // A host that does not know the stream acknowledges it all the same, and is no worse for it.
  if (stream === SESSION_STREAM) return heard.hasSpoken;
  return heard.expectedMs !== null && nowMs - heard.expectedMs >= EVIDENCE_MS;
}
