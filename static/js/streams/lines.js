/** @import { PairChannel } from "./pair-channel.js" */
/** @import { RelatedChannel } from "./related-channel.js" */
/** @import { Market, Route, RouteTable, WatchPart } from "./routes.js" */
import { ALL_MARKET_STREAM, CONTRACT_STREAMS, pulseOf, routeOf, watchStream } from "./routes.js";

/** @type {WatchPart[]} */
const WATCH_PARTS = ["ticker", "best"];

/**
 * @typedef {{ market: Market, route: Route, streams: Set<string> }} Line what one socket carries
 * @typedef {{ market: Market, symbol: string, part: WatchPart }} Watched a figure that is watched
 *   whether it is shown or not
 */

/** Which socket carries which stream. */
export class Lines {
  #routes;

  /** @param {Record<Market, RouteTable>} routes */
  constructor(routes) {
    this.#routes = routes;
  }

  /**
   * The lines that are needed for what is shown and watched: no more, no less.
   *
   * @param {Iterable<Market>} markets
   * @param {PairChannel | null} channel
   * @param {Iterable<Watched>} [watched]
   * @param {RelatedChannel | null} [related]
   * @returns {Map<string, Line>} by key
   */
  needed(markets, channel, watched = [], related = null) {
    /** @type {Map<string, Line>} */
    const lines = new Map();
    for (const market of markets) {
      this.#carry(lines, market, ALL_MARKET_STREAM);
      const contracts = CONTRACT_STREAMS[market];
      if (contracts) this.#carry(lines, market, contracts);
    }
    const streams = Object.values(channel?.streams ?? {});
    if (channel) for (const stream of streams) this.#carry(lines, channel.pair.market, stream);
    for (const figure of watched) this.#watch(lines, figure);
    for (const [market, stream] of related?.streams(new Set(markets)) ?? []) {
      this.#carry(lines, market, stream);
    }
    return lines;
  }

  /**
   * What is watched on the line of a market and route.
   *
   * @param {Market} market
   * @param {Route} route
   * @returns {WatchPart[]}
   */
  partsOn(market, route) {
    const table = this.#routes[market];
    return WATCH_PARTS.filter((part) => routeOf(table, watchStream("any", part)) === route);
  }

  /**
   * The key of the line that carries a stream.
   *
   * @param {Market} market
   * @param {string} stream
   */
  key(market, stream) {
    return `${market}/${routeOf(this.#routes[market], stream)}`;
  }

  /**
   * @param {Line} line
   * @returns {string[]} where it may be found under each base, best first
   */
  paths({ market, route }) {
    return this.#routes[market][route]?.paths ?? [];
  }

  /**
   * The all-market stream holds every ticker; beside it no ticker needs a stream of its own.
   *
   * @param {Map<string, Line>} lines
   * @param {Watched} figure
   */
  #watch(lines, { market, symbol, part }) {
    const all = lines.get(this.key(market, ALL_MARKET_STREAM))?.streams.has(ALL_MARKET_STREAM);
    if (all && part === "ticker") return;
    const stream = watchStream(symbol, part);
    this.#carry(lines, market, stream);
    const line = lines.get(this.key(market, stream));
    const pulse = line && pulseOf(this.#routes[market], line.route);
    if (pulse && !line.streams.has(ALL_MARKET_STREAM)) this.#carry(lines, market, pulse);
  }

  /**
   * @param {Map<string, Line>} lines
   * @param {Market} market
   * @param {string} stream
   */
  #carry(lines, market, stream) {
    const route = routeOf(this.#routes[market], stream);
    const key = this.key(market, stream);
    const line = lines.get(key) ?? { market, route, streams: new Set() };
    lines.set(key, line);
    line.streams.add(stream);
  }
}
