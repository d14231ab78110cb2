/**
 * Which stream lives where at Binance: by tables that the server's settings hand to the page, so
 * that a change at Binance is a change of a setting.
 *
 * @typedef {"spot" | "futures"} Market
 * @typedef {string} Route such as "public"
 * @typedef {{ paths: string[], streams: string[] }} RouteRule `paths`, best first, under each base;
 *   `streams`: how the kinds that it carries begin ("depth"), or "*" for all that no other names
 * @typedef {Record<Route, RouteRule>} RouteTable
 * @typedef {"1m" | "5m" | "15m" | "30m" | "1h" | "4h" | "1d"} Interval of candles
 * @typedef {{ best: string, trade: string, book: string, candle?: string }} PairStreams
 * @typedef {"ticker" | "best"} WatchPart
 */

/** Every symbol that changed within the last second; spot's `!ticker@arr` was retired 2026-03-26. */
export const ALL_MARKET_STREAM = "!miniTicker@arr";

/** Tells each second whether the markets that TradFi perpetuals follow are open. */
export const SESSION_STREAM = "tradingSession";

/** A pair that never stops trading: while its ticker comes, the line is up. */
export const HEARTBEAT_STREAM = "btcusdt@miniTicker";

const MARK_CHANNEL = "@markPrice@1s";

/**
 * Tells of listings, settlements and changes of state; spot has nothing of the kind.
 *
 * @type {Partial<Record<Market, string>>}
 */
export const CONTRACT_STREAMS = { futures: "!contractInfo" };

/**
 * Control messages a second. Binance disconnects above 5 on spot and 10 on futures, the browser's
 * own answers to pings included, so we stay well below.
 * https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md
 *
 * @type {Record<Market, number>}
 */
export const CONTROL_MESSAGES_PER_SECOND = { spot: 3, futures: 7 };

/**
 * Streams on one socket. Binance says 1,024; on futures nautilus_trader keeps to 200.
 *
 * @type {Record<Market, number>}
 */
export const STREAMS_PER_SOCKET_MAX = { spot: 1024, futures: 200 };

// What hardly ever pauses, so that a socket without the all-market stream can be told from a dead
// one: some 200 bytes, once or twice a second. The second is for the route of order books.
const PULSES = [HEARTBEAT_STREAM, "btcusdt@depth5@500ms"];
const LIFELINES = [ALL_MARKET_STREAM, ...PULSES];

// A longer URL could meet a proxy's limit; the rest is subscribed once the socket is open.
const STREAMS_IN_URL_MAX = 50;

/**
 * @param {RouteTable} table
 * @param {string} stream
 * @returns {Route}
 */
export function routeOf(table, stream) {
  const kind = stream.startsWith("!") ? stream.slice(1) : stream.slice(stream.indexOf("@") + 1);
  const rules = Object.entries(table);
  const named = rules.find(([, { streams }]) => streams.some((start) => kind.startsWith(start)));
  const [route] = named ?? rules.find(([, { streams }]) => streams.includes("*")) ?? [];
  if (route === undefined) throw new RangeError(`no route carries ${stream}`);
  return route;
}

/**
 * The streams of a chosen pair: best bid and ask, trades, what changes in its book, ten times a
 * second, and its candles where they are shown.
 *
 * @param {string} symbol
 * @param {Interval | null} [interval] of the candles
 * @returns {PairStreams}
 */
export function pairStreams(symbol, interval = null) {
  const name = symbol.toLowerCase();
  return {
    best: `${name}@bookTicker`,
    trade: `${name}@aggTrade`,
    book: `${name}@depth@100ms`,
    ...(interval && { candle: `${name}@kline_${interval}` }),
  };
}

/** @param {string} symbol of which one wants the ticker alone */
export function tickerStream(symbol) {
  return `${symbol.toLowerCase()}@miniTicker`;
}

/** @param {string} symbol of a futures contract: its mark price each second */
export function markStream(symbol) {
  return symbol.toLowerCase() + MARK_CHANNEL;
}

/**
 * Whether a stream always has something to say, so that its silence is its death.
 *
 * @param {string} stream
 */
export function isSteady(stream) {
  return isLifeline(stream) || stream.endsWith(MARK_CHANNEL);
}

/**
 * The stream by which one figure of a pair is watched.
 *
 * @param {string} symbol
 * @param {WatchPart} part
 */
export function watchStream(symbol, part) {
  return `${symbol.toLowerCase()}@${part === "ticker" ? "miniTicker" : "bookTicker"}`;
}

/**
 * @param {RouteTable} table
 * @param {Route} route
 * @returns {string | undefined} a stream of the route that proves its socket alive
 */
export function pulseOf(table, route) {
  return PULSES.find((stream) => routeOf(table, stream) === route);
}

/** @param {string} stream whether its silence shows that its socket is dead */
export function isLifeline(stream) {
  return LIFELINES.includes(stream);
}

/**
 * @param {Set<string>} streams of one socket
 * @returns {string | null} the one that proves the socket alive; null: any of them does
 */
export function lifelineOf(streams) {
  return LIFELINES.find((stream) => streams.has(stream)) ?? null;
}

/**
 * Every address at which a route may be found, in the order to try them.
 *
 * @param {string[]} bases such as "wss://stream.binance.com:9443", in order of preference
 * @param {string[]} paths
 * @returns {string[]}
 */
export function endpoints(bases, paths) {
  return paths.flatMap((path) => bases.map((base) => base.replace(/\/+$/, "") + path));
}

/**
 * The address that opens a socket with its first streams already subscribed.
 *
 * @param {string} endpoint
 * @param {Iterable<string>} streams
 * @returns {{ url: string, carried: string[] }} the streams that the address carries
 */
export function streamUrl(endpoint, streams) {
  const carried = [...streams].slice(0, STREAMS_IN_URL_MAX);
  if (carried.length === 0) return { url: endpoint, carried };
  return { url: `${endpoint}?streams=${encodeURI(carried.join("/"))}`, carried };
}
