/**
 * Which stream lives where at Binance: by tables that the server's settings hand to the page, so
 * that a change at Binance is a change of a setting.
 *
 * @typedef {"spot" | "futures"} Market
 * @typedef {string} Route such as "public"
 * @typedef {{ paths: string[], streams: string[] }} RouteRule `paths`, best first, under each base;
 *   `streams`: how the kinds that it carries begin ("depth"), or "*" for all that no other names
 * @typedef {Record<Route, RouteRule>} RouteTable
 * @typedef {{ best: string, trade: string, book: string }} PairStreams
 */

/** Every symbol that changed within the last second; spot's `!ticker@arr` was retired 2026-03-26. */
export const ALL_MARKET_STREAM = "!miniTicker@arr";

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
 * The streams of a chosen pair: best bid and ask, trades, and what changes in its book, ten
 * times a second.
 *
 * @param {string} symbol
 * @returns {PairStreams}
 */
export function pairStreams(symbol) {
  const name = symbol.toLowerCase();
  return { best: `${name}@bookTicker`, trade: `${name}@aggTrade`, book: `${name}@depth@100ms` };
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
