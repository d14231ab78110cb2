/** @import { Clock } from "../lib/clock.js" */
/** @import { AttemptBudget } from "./attempt-budget.js" */
/** @import { Market } from "./routes.js" */
/** @import { WebSocketClass } from "./stream-socket.js" */
import { ReconnectMonitor } from "./reconnect-monitor.js";
import { CONTROL_MESSAGES_PER_SECOND, lifelineOf, STREAMS_PER_SOCKET_MAX } from "./routes.js";
import { StreamSocket } from "./stream-socket.js";

const LOOK_EVERY_MS = 500;
// Binance closes every socket after 24 hours.
const ROLLOVER_AFTER_MS = 23 * 3_600_000;
// Once a socket has held for so long, the next failure is a first one.
const STEADY_AFTER_MS = 10_000;
// All-market data comes every second; after this long without, waking up means dialling again.
const WAKE_SILENCE_MS = 3_000;

/**
 * @typedef {"connecting" | "live" | "stale" | "down"} ConnectionState
 * @typedef {"first" | "lost" | "silent" | "unreachable" | "offline" | null} Cause
 *
 * @typedef {object} ConnectionHandlers
 * @property {(stream: string, data: unknown) => void} data
 * @property {(state: ConnectionState, cause: Cause) => void} state
 * @property {() => void} unreadable
 */

/**
 * Keeps the streams of one route flowing. A socket that fails in any way is answered by the next
 * endpoint; the new socket is opened and fed before the old one is closed, wherever an old one is
 * still open.
 */
export class Connection {
  #options;
  #on;
  #clock;
  #monitor;
  #streams;
  #endpointIndex = 0;
  /** @type {StreamSocket | null} the one whose data counts */
  #current = null;
  /** @type {StreamSocket | null} the one that is to take over once it is fed */
  #next = null;
  /** @type {string | null} the stream that died on the current socket */
  #suspect = null;
  /** @type {ConnectionState} */
  #state = "connecting";
  /** @type {Cause} */
  #cause = "first";
  #heardAtMs;
  #dialledAtMs = 0;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {Market} options.market
   * @param {string[]} options.endpoints in the order to try them
   * @param {Set<string>} options.streams
   * @param {WebSocketClass} options.WebSocket
   * @param {Clock} options.clock
   * @param {() => number} options.random
   * @param {AttemptBudget} options.budget
   * @param {() => boolean} options.isOnline what the browser believes
   * @param {ConnectionHandlers} options.on
   */
  constructor(options) {
    this.#options = options;
    this.#on = options.on;
    this.#clock = options.clock;
    this.#heardAtMs = options.clock.now();
    this.#streams = this.#checked(options.streams);
    this.#monitor = new ReconnectMonitor({ ...options, dial: () => this.#dial() });
    this.#monitor.now();
    this.#lookLater();
  }

  get state() {
    return this.#state;
  }

  get cause() {
    return this.#cause;
  }

  /** @param {string} stream */
  carries(stream) {
    return this.#streams.has(stream);
  }

  /** @param {Set<string>} streams all that are wanted from now on */
  setStreams(streams) {
    const lifeline = lifelineOf(streams);
    const isOther = lifeline !== null && lifeline !== lifelineOf(this.#streams);
    this.#streams = this.#checked(streams);
    // What spoke until now proves nothing about the stream that is to prove life from now on.
    if (isOther && this.#state === "live") this.#become("connecting", "first");
    this.#current?.setStreams(streams);
    this.#next?.setStreams(streams);
  }

  /** @param {string} stream of which something else shows that it ought to speak */
  expect(stream) {
    this.#current?.expect(stream);
  }

  /** Dials at once, beside the socket that is there: the network is back, or the device woke up. */
  renew() {
    this.#monitor.forgive();
    this.#monitor.now();
  }

  /** Renews, but only if the data has stopped and no socket has just been dialled. */
  renewIfSilent() {
    const latestMs = Math.max(this.#heardAtMs, this.#dialledAtMs);
    if (this.#clock.now() - latestMs >= WAKE_SILENCE_MS) this.renew();
  }

  close() {
    this.#clock.clearTimeout(this.#timer);
    this.#monitor.cancel();
    this.#current?.close();
    this.#next?.close();
    this.#current = null;
    this.#next = null;
  }

  #dial() {
    this.#dialledAtMs = this.#clock.now();
    const { market, WebSocket, endpoints } = this.#options;
    const socket = new StreamSocket({
      WebSocket,
      endpoint: endpoints[this.#endpointIndex % endpoints.length] ?? "",
      streams: this.#streams,
      perSecond: CONTROL_MESSAGES_PER_SECOND[market],
      clock: this.#clock,
      on: {
        data: (stream, data) => this.#received(socket, stream, data),
        shutdown: () => socket === this.#current && this.#monitor.now(),
        closed: () => this.#closed(socket),
        unreadable: this.#on.unreadable,
      },
    });
    this.#next?.close();
    this.#next = null;
    if (this.#current === null) this.#current = socket;
    else this.#next = socket;
  }

  /**
   * @param {StreamSocket} socket
   * @param {string} stream
   * @param {unknown} data
   */
  #received(socket, stream, data) {
    if (socket === this.#next && this.#isFed(socket)) this.#takeOver();
    if (socket !== this.#current) return;
    if (this.#provesLife(stream)) {
      this.#heardAtMs = this.#clock.now();
      this.#become("live", null);
    }
    this.#on.data(stream, data);
  }

  /** @param {StreamSocket} socket */
  #isFed(socket) {
    const isSuspectBack =
      this.#suspect === null ||
      !this.#streams.has(this.#suspect) ||
      socket.hasSpoken(this.#suspect);
    const lifeline = lifelineOf(this.#streams);
    const isAlive = lifeline === null ? socket.anySpoke : socket.hasSpoken(lifeline);
    return isAlive && isSuspectBack;
  }

  #takeOver() {
    this.#current?.close();
    this.#current = this.#next;
    this.#next = null;
    this.#suspect = null;
    this.#monitor.cancel();
  }

  /** @param {StreamSocket} socket */
  #closed(socket) {
    if (socket === this.#next) {
      this.#next = null;
      this.#tryElsewhere();
    } else if (socket === this.#current) {
      this.#lost(socket);
    }
  }

  /** @param {StreamSocket} socket the current one, which has closed */
  #lost(socket) {
    this.#suspect = null;
    this.#current = this.#next;
    this.#next = null;
    if (socket.anySpoke) this.#become("connecting", "lost");
    else this.#become("down", "unreachable");
    if (this.#current !== null || this.#monitor.isWaiting) return;
    if (!socket.anySpoke) this.#endpointIndex += 1;
    this.#monitor.later();
  }

  #tryElsewhere() {
    if (this.#next !== null || this.#monitor.isWaiting) return;
    this.#endpointIndex += 1;
    this.#monitor.later();
  }

  #lookLater() {
    this.#timer = this.#clock.setTimeout(() => {
      this.#lookLater();
      this.#look();
    }, LOOK_EVERY_MS);
  }

  #look() {
    this.#lookAtNext();
    this.#lookAtCurrent();
    const isSilent = this.#clock.now() - this.#heardAtMs >= WAKE_SILENCE_MS;
    // The browser's word counts only when nothing arrives: it says offline on a loopback demo too.
    if (isSilent && !this.#options.isOnline()) this.#become("down", "offline");
  }

  #lookAtNext() {
    const next = this.#next;
    if (next === null || !(next.failure || next.hadItsChance)) return;
    next.close();
    this.#next = null;
    this.#tryElsewhere();
  }

  #lookAtCurrent() {
    const current = this.#current;
    if (current === null) return;
    const failure = current.failure;
    if (failure === null) this.#isWell(current);
    else if (failure.kind === "unopened") {
      current.close();
      this.#closed(current);
    } else {
      this.#isFailing(failure.kind === "silent" ? failure.stream : null);
    }
  }

  /** @param {string | null} stream that died; null when a subscription was never answered */
  #isFailing(stream) {
    this.#suspect = stream;
    if (stream !== null && this.#provesLife(stream)) this.#become("stale", "silent");
    this.#tryElsewhere();
  }

  /** @param {StreamSocket} current */
  #isWell(current) {
    if (this.#suspect !== null) {
      this.#suspect = null;
      this.#monitor.cancel();
      this.#next?.close();
      this.#next = null;
    }
    if (current.anySpoke && current.openForMs >= STEADY_AFTER_MS) this.#monitor.forgive();
    if (current.openForMs >= ROLLOVER_AFTER_MS && this.#next === null && !this.#monitor.isWaiting) {
      this.#endpointIndex = 0;
      this.#monitor.now();
    }
  }

  /**
   * Only the lifeline proves that prices flow; where there is none, any stream does.
   *
   * @param {string} stream
   */
  #provesLife(stream) {
    const lifeline = lifelineOf(this.#streams);
    return lifeline === null || stream === lifeline;
  }

  /**
   * @param {ConnectionState} state
   * @param {Cause} cause
   */
  #become(state, cause) {
    if (this.#state === state && this.#cause === cause) return;
    this.#state = state;
    this.#cause = cause;
    this.#on.state(state, cause);
  }

  /** @param {Set<string>} streams */
  #checked(streams) {
    const max = STREAMS_PER_SOCKET_MAX[this.#options.market];
    if (streams.size > max)
      throw new RangeError(`${streams.size} streams on one socket, not ${max}`);
    return streams;
  }
}
