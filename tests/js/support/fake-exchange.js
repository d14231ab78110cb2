/** @import { WebSocketClass } from "../../../static/js/streams/stream-socket.js" */

/** One socket as the exchange sees it. */
export class FakeSocket {
  /** @type {Record<string, ((event: any) => void)[]>} */
  #listeners = {};
  /** @type {{ method: string, params: string[], id: number }[]} */
  sent = [];
  isClosedByClient = false;
  isClosing = false; // the other side has begun to, and nobody has heard of it yet
  answers = true;
  #isOpen = false;
  #isDropped = false;
  /** @type {Set<string>} */
  streams = new Set();

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    const carried = new URL(url).searchParams.get("streams");
    for (const stream of carried?.split("/") ?? []) this.streams.add(stream);
  }

  /**
   * @param {string} type
   * @param {(event: any) => void} listener
   */
  addEventListener(type, listener) {
    this.#listeners[type] = [...(this.#listeners[type] ?? []), listener];
  }

  /**
   * Answers at once, as Binance does, which proves nothing about data.
   *
   * @param {string} text
   */
  send(text) {
    const message = JSON.parse(text);
    this.sent.push(message);
    for (const stream of message.params) {
      if (message.method === "SUBSCRIBE") this.streams.add(stream);
      else this.streams.delete(stream);
    }
    if (this.answers) this.raw(JSON.stringify({ result: null, id: message.id }));
  }

  close() {
    this.isClosedByClient = true;
  }

  /** Accepts the connection. */
  open() {
    if (!this.#isOpen && this.isKept) {
      this.#isOpen = true;
      this.#fire("open", {});
    }
    return this;
  }

  /** As of a WebSocket: it is being dialled, open or closing. */
  get readyState() {
    if (!this.isKept || this.isClosing) return 2;
    return this.#isOpen ? 1 : 0;
  }

  /** Whether neither side has closed it. */
  get isKept() {
    return !this.isClosedByClient && !this.#isDropped;
  }

  /**
   * @param {string} stream
   * @param {unknown} data
   */
  data(stream, data) {
    this.raw(JSON.stringify({ stream, data }));
  }

  /** @param {unknown} text */
  raw(text) {
    if (this.#isOpen && !this.#isDropped) this.#fire("message", { data: text });
  }

  /** Cuts the connection, or refuses it when it was not open yet. */
  drop() {
    if (!this.isKept) return;
    this.#isDropped = true;
    this.#fire("error", {});
    this.#fire("close", {});
  }

  /**
   * @param {string} type
   * @param {object} event
   */
  #fire(type, event) {
    for (const listener of this.#listeners[type] ?? []) listener(event);
  }
}

/** An exchange that lets a test play every socket by hand. */
export class FakeExchange {
  /** @type {FakeSocket[]} */
  sockets = [];
  /** @type {WebSocketClass} */
  WebSocket;

  constructor() {
    const sockets = this.sockets;
    this.WebSocket = class extends FakeSocket {
      /** @param {string} url */
      constructor(url) {
        super(url);
        sockets.push(this);
      }
    };
  }

  /** The newest socket. */
  get last() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket was dialled");
    return socket;
  }

  /** Sockets that neither side has closed. */
  get kept() {
    return this.sockets.filter((socket) => socket.isKept);
  }
}
