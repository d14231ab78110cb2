/** @import { PairChannel } from "./pair-channel.js" */
/** @import { Market, Route, RouteTable } from "./routes.js" */
import { ALL_MARKET_STREAM, CONTRACT_STREAMS, routeOf } from "./routes.js";

/**
 * @typedef {{ market: Market, route: Route, streams: Set<string> }} Line what one socket carries
 */

/** Which socket carries which stream. */
export class Lines {
  #routes;

  /** @param {Record<Market, RouteTable>} routes */
  constructor(routes) {
    this.#routes = routes;
  }

  /**
   * The lines that are needed for what is shown: no more, no less.
   *
   * @param {Iterable<Market>} markets
   * @param {PairChannel | null} channel
   * @returns {Map<string, Line>} by key
   */
  needed(markets, channel) {
    /** @type {Map<string, Line>} */
    const lines = new Map();
    for (const market of markets) {
      this.#carry(lines, market, ALL_MARKET_STREAM);
      const contracts = CONTRACT_STREAMS[market];
      if (contracts) this.#carry(lines, market, contracts);
    }
    const streams = Object.values(channel?.streams ?? {});
    if (channel) for (const stream of streams) this.#carry(lines, channel.pair.market, stream);
    return lines;
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
