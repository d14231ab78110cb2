/** @import { Clock } from "../lib/clock.js" */
/** @import { Line, Watched } from "./lines.js" */
/** @import { RelatedPair } from "./related-channel.js" */
/** @import { Interval, Market, RouteTable } from "./routes.js" */
/** @import { FeedStatus, LineStatus } from "./status.js" */
/** @import { WebSocketClass } from "./stream-socket.js" */
import { systemClock } from "../lib/clock.js";
import { AttemptBudget } from "./attempt-budget.js";
import { Connection } from "./connection.js";
import { Lines } from "./lines.js";
import { PairChannel } from "./pair-channel.js";
import { isCoinMargined, readBest, readTicker, readTickers } from "./payloads.js";
import { RelatedChannel } from "./related-channel.js";
import {
  ALL_MARKET_STREAM,
  CONTRACT_STREAMS,
  endpoints,
  isLifeline,
  watchStream,
} from "./routes.js";
import { feedStatus } from "./status.js";
import { WakeMonitor } from "./wake-monitor.js";

// A glance at another tab costs no reconnect; after that a hidden tab holds no socket but for what
// is watched.
const HIDDEN_GRACE_MS = 30_000;

/** @typedef {import("./pair-channel.js").Pair} Pair */

const WATCH_READERS = { ticker: readTicker, best: readBest };

/** @type {LineStatus} of a line that is not there yet */
const NOT_YET = { state: "connecting", cause: "first" };

/**
 * Binance's market data for what a page shows: one all-market stream for each shown market, and
 * best prices, trades, changes of the book and candles for the chosen pair, and what is told of the
 * other pairs of its asset. Streams follow what is shown. What is watched flows also when it is not
 * shown, in as few bytes as will do.
 *
 * Events (`event.detail`):
 * - `tickers`: `{market, tickers: Ticker[], receivedAtMs}`, only symbols that changed
 * - `best`, `trade`, `book`, `candle`: `{market, symbol, receivedAtMs}` and a `Best`, `Trade`,
 *   `BookDiff` or `Candle` with its `interval`
 * - `watched`: `{market, symbol, part, receivedAtMs}` and a `Ticker` or `Best`, of what is watched
 *   and has a stream of its own
 * - `pulse`: `{market, parts, receivedAtMs}`, when the line of these parts has proven to be alive
 * - `related`: `{market, part: "ticker" | "mark" | "session", receivedAtMs}` and what it tells
 * - `contract`: `{market}`, when the exchange said that one of its contracts has changed
 * - `connection`: a FeedStatus, sent when it changes
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
  /** @type {Map<string, Watched>} by market and stream */
  #watched = new Map();
  /** @type {Interval | null} of the candles that are shown */
  #interval = null;
  /** @type {RelatedChannel | null} */
  #related = null;
  #isAsleep = false;
  #unreadable = 0;
  /** @type {string | null} */
  #reported = null;
  /** @type {FeedStatus | null} as last reported */
  status = null;
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
    if (!isSame) this.#channel = pair && new PairChannel(pair, this.#interval);
    this.#follow();
  }

  /** @param {Interval | null} interval of the chosen pair's candles; null when none are shown */
  showCandles(interval) {
    if (interval === this.#interval) return;
    this.#interval = interval;
    this.#channel?.showCandles(interval);
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

  /** @param {Watched[]} figures all that are to flow also while they are not shown */
  watch(figures) {
    this.#watched = new Map(
      figures.map((figure) => [
        `${figure.market}/${watchStream(figure.symbol, figure.part)}`,
        figure,
      ]),
    );
    this.#follow();
  }

  /** @param {RelatedPair[] | null} pairs of the chosen pair's asset; null when nobody looks at them */
  showRelated(pairs) {
    this.#related = pairs && new RelatedChannel(pairs);
    this.#follow();
  }

  /** The tab was hidden: after a while every socket is closed that carries nothing watched. */
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
    const watched = [...this.#watched.values()];
    const lines = this.#isAsleep
      ? this.#lines.needed([], null, watched)
      : this.#lines.needed(this.#markets, this.#channel, watched, this.#related);
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
    const { market, route, streams } = line;
    const parts = this.#lines.partsOn(market, route);
    return new Connection({
      ...this.#environment,
      market,
      streams,
      endpoints: endpoints(this.#bases[market], this.#lines.paths(line)),
      on: {
        data: (stream, data) => {
          if (isLifeline(stream)) this.#send("pulse", { market, parts });
          this.#received(market, stream, data);
        },
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
    } else {
      this.#receivedOfRelated(market, stream, data);
      this.#receivedWatched(market, stream, data);
      if (market === this.#channel?.pair.market) this.#receivedOfPair(stream, data);
    }
  }

  /**
   * @param {Market} market
   * @param {string} stream
   * @param {unknown} data
   */
  #receivedWatched(market, stream, data) {
    const figure = this.#watched.get(`${market}/${stream}`);
    if (!figure) return;
    const content = WATCH_READERS[figure.part](data);
    if (content === null) this.#ignored(1);
    else this.#send("watched", { ...content, ...figure });
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
    if (!this.#channel || !part || this.#isAsleep) return;
    const message = this.#channel.read(part, data);
    if (message === null) return this.#ignored(1);
    this.#send(message.part, message.detail);
    this.#expect(message.owed);
  }

  /**
   * @param {Market} market
   * @param {string} stream
   * @param {unknown} data
   */
  #receivedOfRelated(market, stream, data) {
    const message = this.#related?.read(market, stream, data);
    if (message) this.#send("related", message);
    else if (message === null) this.#ignored(1);
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
      [...this.#markets].map((market) => [market, this.#lineOfMarket(market) ?? NOT_YET]),
      Object.values(this.#channel?.streams ?? {}).map(
        (stream) => this.#connectionOfPair(stream) ?? NOT_YET,
      ),
      (this.#related?.streams(this.#markets) ?? []).map(
        ([market, stream]) => this.#connections.get(this.#lines.key(market, stream)) ?? NOT_YET,
      ),
    );
    const text = JSON.stringify(status);
    if (text === this.#reported) return;
    this.#reported = text;
    this.status = status;
    this.dispatchEvent(new CustomEvent("connection", { detail: status }));
  }

  /**
   * @param {Market} market
   * @returns {Connection | undefined} the one that tells of all its pairs
   */
  #lineOfMarket(market) {
    const connection = this.#connections.get(this.#lines.key(market, ALL_MARKET_STREAM));
    return connection?.carries(ALL_MARKET_STREAM) ? connection : undefined;
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
