/** @import { Clock } from "../lib/clock.js" */

const WINDOW_MS = 1_000;
const PARAMS_PER_MESSAGE_MAX = 100;

/**
 * @typedef {{ method: "SUBSCRIBE" | "UNSUBSCRIBE", params: string[], id: number }} ControlMessage
 */

/**
 * Brings the subscriptions of one open socket to what is wanted, in as few messages as it can and
 * never above the rate. What is wanted may change at any time: only the last wish is sent.
 */
export class ControlQueue {
  #clock;
  #perSecond;
  #send;
  /** @type {Set<string>} */
  #wanted;
  /** @type {Set<string>} streams that Binance has been told of */
  #told;
  /** @type {number[]} */
  #sentAtMs = [];
  /** @type {Map<number, number>} id of a message without an answer: when it was sent */
  #unanswered = new Map();
  #lastId = 0;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {number} options.perSecond
   * @param {(message: ControlMessage) => void} options.send
   * @param {Iterable<string>} options.carried streams already subscribed by the socket's address
   */
  constructor({ clock, perSecond, send, carried }) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#send = send;
    this.#told = new Set(carried);
    this.#wanted = new Set(carried);
  }

  /** @param {Set<string>} streams all that are wanted now */
  want(streams) {
    this.#wanted = new Set(streams);
    this.#timer ??= this.#clock.setTimeout(() => this.#flush(), 0);
  }

  /** @param {unknown} id of the message that was answered, for good or ill */
  answered(id) {
    // Most error answers carry no id; answers come in order, so it belongs to the oldest.
    const key = typeof id === "number" ? id : this.#unanswered.keys().next().value;
    if (key !== undefined) this.#unanswered.delete(key);
  }

  /** @returns {number | null} when the oldest message still without an answer was sent */
  get waitingSinceMs() {
    return this.#unanswered.values().next().value ?? null;
  }

  close() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #flush() {
    this.#timer = null;
    for (let message = this.#next(); message !== null; message = this.#next()) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        this.#timer = this.#clock.setTimeout(() => this.#flush(), waitMs);
        return;
      }
      this.#post(message);
    }
  }

  /** @returns {Omit<ControlMessage, "id"> | null} leaving first, to stay below the streams' limit */
  #next() {
    const leave = [...this.#told].filter((stream) => !this.#wanted.has(stream));
    if (leave.length > 0) {
      return { method: "UNSUBSCRIBE", params: leave.slice(0, PARAMS_PER_MESSAGE_MAX) };
    }
    const join = [...this.#wanted].filter((stream) => !this.#told.has(stream));
    if (join.length === 0) return null;
    return { method: "SUBSCRIBE", params: join.slice(0, PARAMS_PER_MESSAGE_MAX) };
  }

  #waitMs() {
    const nowMs = this.#clock.now();
    this.#sentAtMs = this.#sentAtMs.filter((sentMs) => Math.abs(nowMs - sentMs) < WINDOW_MS);
    const [oldestMs = 0] = this.#sentAtMs;
    return this.#sentAtMs.length < this.#perSecond ? 0 : oldestMs + WINDOW_MS - nowMs;
  }

  /** @param {Omit<ControlMessage, "id">} message */
  #post(message) {
    this.#lastId += 1;
    for (const stream of message.params) {
      if (message.method === "SUBSCRIBE") this.#told.add(stream);
      else this.#told.delete(stream);
    }
    this.#sentAtMs.push(this.#clock.now());
    this.#unanswered.set(this.#lastId, this.#clock.now());
    this.#send({ ...message, id: this.#lastId });
  }
}
