/** @import { Clock } from "../lib/clock.js" */
import { ControlQueue } from "./control-queue.js";
import { readFrame } from "./frames.js";
import { streamUrl } from "./routes.js";
import { SILENCE_MAX_MS, SilenceWatch } from "./silence-watch.js";

const OPEN = 1; // WebSocket.OPEN
const OPEN_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 10_000;

/**
 * The part of the browser's WebSocket that is used here.
 *
 * @typedef {{ readyState: number, send(text: string): void, close(): void,
 *   addEventListener(type: string, listener: (event: any) => void): void }} WebSocketLike
 * @typedef {new (url: string) => WebSocketLike} WebSocketClass
 *
 * @typedef {object} SocketHandlers
 * @property {(stream: string, data: unknown) => void} data
 * @property {() => void} shutdown the server announced that it will close the socket
 * @property {() => void} closed it closed, or never opened; not called after `close()`
 * @property {() => void} unreadable
 *
 * @typedef {{ kind: "unopened" } | { kind: "unanswered" } | { kind: "silent", stream: string }} Failure
 */

/** One WebSocket with its subscriptions, from dialling to closing. It never reconnects. */
export class StreamSocket {
  #clock;
  #on;
  /** @type {WebSocketLike | null} */
  #socket = null;
  #queue;
  #streams;
  #dialledAtMs;
  /** @type {SilenceWatch | null} from the moment that the socket is open */
  #watch = null;
  #openedAtMs = 0;
  #isClosed = false;
  /** @type {unknown} runs while a closed socket is let through to its opening */
  #abortTimer = null;

  /**
   * @param {object} options
   * @param {string} options.endpoint
   * @param {Set<string>} options.streams
   * @param {number} options.perSecond control messages a second
   * @param {WebSocketClass} options.WebSocket
   * @param {Clock} options.clock
   * @param {SocketHandlers} options.on
   */
  constructor({ endpoint, streams, perSecond, WebSocket, clock, on }) {
    const { url, carried } = streamUrl(endpoint, streams);
    this.#clock = clock;
    this.#on = on;
    this.#streams = streams;
    this.#dialledAtMs = clock.now();
    this.#queue = new ControlQueue({
      clock,
      perSecond,
      carried,
      send: (message) => this.#send(JSON.stringify(message)),
    });
    this.#dial(WebSocket, url);
  }

  /** @param {Set<string>} streams all that are wanted from now on */
  setStreams(streams) {
    this.#streams = streams;
    if (this.#watch === null) return;
    this.#watch.follow(streams, this.#clock.now());
    this.#queue.want(streams);
  }

  /** @param {string} stream of which something else shows that it ought to speak */
  expect(stream) {
    this.#watch?.expect(stream, this.#clock.now());
  }

  /** @param {string} stream */
  hasSpoken(stream) {
    return this.#watch?.hasSpoken(stream) ?? false;
  }

  get anySpoke() {
    return this.#watch?.anySpoke ?? false;
  }

  /** @returns {number} how long it has been open; 0 before */
  get openForMs() {
    return this.#watch === null ? 0 : this.#clock.now() - this.#openedAtMs;
  }

  /** @returns {Failure | null} what is wrong with it now */
  get failure() {
    if (this.#watch === null) return this.#openWithinMs <= 0 ? { kind: "unopened" } : null;
    const nowMs = this.#clock.now();
    const stream = this.#watch.deadStream(nowMs);
    if (stream !== null) return { kind: "silent", stream };
    const waitingSinceMs = this.#queue.waitingSinceMs ?? nowMs;
    return nowMs - waitingSinceMs >= ANSWER_WITHIN_MS ? { kind: "unanswered" } : null;
  }

  /** Whether it has been open for so long that everything ought to have spoken. */
  get hadItsChance() {
    return this.openForMs >= SILENCE_MAX_MS;
  }

  /**
   * Nothing is told of it from now on. Browsers complain of a socket that is closed while it is
   * being dialled, so that one is closed as soon as it opens, or when it ought to have.
   */
  close() {
    this.#isClosed = true;
    this.#queue.close();
    if (this.#watch !== null || this.#openWithinMs <= 0) this.#socket?.close();
    else this.#abortTimer = this.#clock.setTimeout(() => this.#socket?.close(), this.#openWithinMs);
  }

  get #openWithinMs() {
    return this.#dialledAtMs + OPEN_WITHIN_MS - this.#clock.now();
  }

  /**
   * @param {WebSocketClass} WebSocket
   * @param {string} url
   */
  #dial(WebSocket, url) {
    try {
      this.#socket = new WebSocket(url);
    } catch (error) {
      // A malformed address, or ws: from an https: page; browsers throw a DOMException, ws its own.
      if (!(error instanceof DOMException || error instanceof SyntaxError)) throw error;
      this.#clock.setTimeout(() => this.#closed(), 0);
      return;
    }
    this.#socket.addEventListener("open", () => this.#opened());
    this.#socket.addEventListener("message", (event) => this.#received(event.data));
    this.#socket.addEventListener("close", () => this.#closed());
    // An error is always followed by a close, which is the one that is acted upon.
    this.#socket.addEventListener("error", () => undefined);
  }

  /** @param {string} text lost where the other side is closing, of which this side hears next */
  #send(text) {
    if (this.#socket?.readyState === OPEN) this.#socket.send(text);
  }

  #opened() {
    if (this.#isClosed) return this.#socket?.close();
    this.#openedAtMs = this.#clock.now();
    this.#watch = new SilenceWatch(this.#openedAtMs);
    this.setStreams(this.#streams);
  }

  /** @param {unknown} text */
  #received(text) {
    if (this.#isClosed) return;
    const frame = readFrame(text);
    if (frame === null) this.#on.unreadable();
    else if (frame.kind === "answer") this.#queue.answered(frame.id);
    else if (frame.kind === "shutdown") this.#on.shutdown();
    else {
      this.#watch?.spoke(frame.stream, this.#clock.now());
      this.#on.data(frame.stream, frame.data);
    }
  }

  #closed() {
    this.#clock.clearTimeout(this.#abortTimer);
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.close();
    this.#on.closed();
  }
}
