/** @import { Clock } from "../lib/clock.js" */
/** @import { Line } from "./lines.js" */
/** @import { Market, RouteTable } from "./routes.js" */
/** @import { LineStatus } from "./status.js" */
/** @import { WebSocketClass } from "./stream-socket.js" */
import { systemClock } from "../lib/clock.js";
import { AttemptBudget } from "./attempt-budget.js";
import { Connection } from "./connection.js";
import { Lines } from "./lines.js";
import { PairChannel } from "./pair-channel.js";
import { isCoinMargined, readTickers } from "./payloads.js";
import { ALL_MARKET_STREAM, CONTRACT_STREAMS, endpoints } from "./routes.js";
import { feedStatus } from "./status.js";
import { WakeMonitor } from "./wake-monitor.js";

// A glance at another tab costs no reconnect; after that a hidden tab holds no socket.
const HIDDEN_GRACE_MS = 30_000;

/** @typedef {import("./pair-channel.js").Pair} Pair */

/** @type {LineStatus} of a line that is not there yet */
const NOT_YET = { state: "connecting", cause: "first" };

/**
 * Binance's market data for what a page shows: one all-market stream for each shown market, and
 * best prices, trades and changes of the book for the chosen pair. Streams follow what is shown.
 *
 * Events (`event.detail`):
 * - `tickers`: `{market, tickers: Ticker[], receivedAtMs}`, only symbols that changed
 * - `best`, `trade`, `book`: `{market, symbol, receivedAtMs}` and a `Best`, `Trade` or `BookDiff`
 * - `contract`: `{market}`, when the exchange said that one of its contracts has changed
 * - `connection`: `{state, markets: {spot?, futures?}, pair, reason}`, sent when it changes
 */
export class MarketFeed extends EventTarget {
  #bases;
  #lines;
  #environment;
  #clock;
  #wakeMonitor;
  /** @type {Map<string, Connection>} by market and route */
  #connections = new Map();
  /** @type {Set<Market>} */
  #markets = new Set();
  /** @type {PairChannel | null} */
  #channel = null;
  #isAsleep = false;
  #unreadable = 0;
  /** @type {string | null} */
  #reported = null;
  /** @type {unknown} */
  #sleepTimer = null;

  /**
   * @param {object} options
   * @param {Record<Market, string[]>} options.streams bases of each market, in order of preference
   * @param {Record<Market, RouteTable>} options.routes
   * @param {WebSocketClass} [options.WebSocket]
   * @param {Clock} [options.clock]
   * @param {() => number} [options.random]
   * @param {EventTarget} [options.page] the window, for `online` and `visibilitychange`
   * @param {() => boolean} [options.isOnline]
   */
  constructor({
    streams,
    routes,
    WebSocket = globalThis.WebSocket,
    clock = systemClock,
    random = Math.random,
    page = globalThis.window ?? new EventTarget(),
    isOnline = () => globalThis.navigator?.onLine !== false,
  }) {
    super();
    this.#bases = streams;
    this.#lines = new Lines(routes);
    this.#clock = clock;
    this.#environment = { WebSocket, clock, random, isOnline, budget: new AttemptBudget() };
    this.#wakeMonitor = new WakeMonitor({
      page,
      clock,
      on: {
        woke: () => this.#each((connection) => connection.renew()),
        shown: () => this.#each((connection) => connection.renewIfSilent()),
      },
    });
  }

  /** Messages and rows that could not be understood, and were left out. */
  get unreadable() {
    return this.#unreadable;
  }

  /**
   * @param {Iterable<Market>} markets all that are shown now
   * @param {Pair | null} pair the chosen one
   */
  show(markets, pair) {
    const known = this.#channel?.pair;
    const isSame = pair?.market === known?.market && pair?.symbol === known?.symbol;
    this.#markets = new Set(markets);
    if (!isSame) this.#channel = pair && new PairChannel(pair);
    this.#follow();
  }

  /** @param {Iterable<Market>} markets all that are shown now */
  showMarkets(markets) {
    this.show(markets, this.#channel?.pair ?? null);
  }

  /** @param {Pair | null} pair */
  choosePair(pair) {
    this.show(this.#markets, pair);
  }

  /** The tab was hidden: after a while every socket is closed. */
  pause() {
    this.#sleepTimer ??= this.#clock.setTimeout(() => {
      this.#isAsleep = true;
      this.#follow();
    }, HIDDEN_GRACE_MS);
  }

  /** The tab is shown again. */
  resume() {
    this.#clock.clearTimeout(this.#sleepTimer);
    this.#sleepTimer = null;
    this.#isAsleep = false;
    this.#each((connection) => connection.renewIfSilent());
    this.#follow();
  }

  close() {
    this.#clock.clearTimeout(this.#sleepTimer);
    this.#wakeMonitor.close();
    this.#each((connection) => connection.close());
    this.#connections.clear();
  }

  /** Opens, changes and closes connections until they carry just what is shown. */
  #follow() {
    const lines = this.#isAsleep ? new Map() : this.#lines.needed(this.#markets, this.#channel);
    for (const [key, connection] of this.#connections) {
      if (lines.has(key)) continue;
      connection.close();
      this.#connections.delete(key);
    }
    for (const [key, line] of lines) {
      const connection = this.#connections.get(key);
      if (connection) connection.setStreams(line.streams);
      else this.#connections.set(key, this.#connect(line));
    }
    this.#report();
  }

  /** @param {Line} line */
  #connect(line) {
    const { market, streams } = line;
    return new Connection({
      ...this.#environment,
      market,
      streams,
      endpoints: endpoints(this.#bases[market], this.#lines.paths(line)),
      on: {
        data: (stream, data) => this.#received(market, stream, data),
        state: () => this.#report(),
        unreadable: () => this.#ignored(1),
      },
    });
  }

  /**
   * @param {Market} market
   * @param {string} stream
   * @param {unknown} data
   */
  #received(market, stream, data) {
    if (stream === ALL_MARKET_STREAM) this.#receivedTickers(market, data);
    else if (stream === CONTRACT_STREAMS[market]) {
      if (!isCoinMargined(data)) this.#send("contract", { market });
    } else if (market === this.#channel?.pair.market) this.#receivedOfPair(stream, data);
  }

  /**
   * @param {Market} market
   * @param {unknown} data
   */
  #receivedTickers(market, data) {
    const { tickers, unreadable } = readTickers(data) ?? { tickers: null, unreadable: 1 };
    this.#ignored(unreadable);
    if (tickers === null) return;
    this.#send("tickers", { market, tickers });
    if (market === this.#channel?.pair.market) this.#expect(this.#channel.owedByTickers(tickers));
  }

  /**
   * @param {string} stream
   * @param {unknown} data
   */
  #receivedOfPair(stream, data) {
    // An old pair's last messages may still arrive after another has been chosen.
    const part = this.#channel?.partOf(stream);
    if (!this.#channel || !part) return;
    const message = this.#channel.read(part, data);
    if (message === null) return this.#ignored(1);
    this.#send(message.part, message.detail);
    this.#expect(message.owed);
  }

  /** @param {string[]} streams of the chosen pair that ought to speak */
  #expect(streams) {
    for (const stream of streams) this.#connectionOfPair(stream)?.expect(stream);
  }

  /** @param {number} count */
  #ignored(count) {
    this.#unreadable += count;
  }

  /** Tells how the connections are, if that has changed. */
  #report() {
    const status = feedStatus(
      [...this.#markets].map((market) => [
        market,
        this.#connections.get(this.#lines.key(market, ALL_MARKET_STREAM)) ?? NOT_YET,
      ]),
      Object.values(this.#channel?.streams ?? {}).map(
        (stream) => this.#connectionOfPair(stream) ?? NOT_YET,
      ),
    );
    const text = JSON.stringify(status);
    if (text === this.#reported) return;
    this.#reported = text;
    this.dispatchEvent(new CustomEvent("connection", { detail: status }));
  }

  /** @param {string} stream of the chosen pair */
  #connectionOfPair(stream) {
    const { market } = this.#channel?.pair ?? {};
    return market && this.#connections.get(this.#lines.key(market, stream));
  }

  /** @param {(connection: Connection) => void} act */
  #each(act) {
    for (const connection of this.#connections.values()) act(connection);
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #send(type, detail) {
    const receivedAtMs = this.#clock.now();
    this.dispatchEvent(new CustomEvent(type, { detail: { ...detail, receivedAtMs } }));
  }
}
