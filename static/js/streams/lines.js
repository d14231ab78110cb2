/** @import { PairChannel } from "./pair-channel.js" */
/** @import { Market, Route } from "./routes.js" */
import { ALL_MARKET_STREAM, routeOf } from "./routes.js";

/**
 * @typedef {{ market: Market, route: Route, streams: Set<string> }} Line what one socket carries
 */

/**
 * The lines that are needed for what is shown: no more, no less.
 *
 * @param {Iterable<Market>} markets
 * @param {PairChannel | null} channel
 * @returns {Map<string, Line>} by `lineKey`
 */
export function neededLines(markets, channel) {
  /** @type {Map<string, Line>} */
  const lines = new Map();
  for (const market of markets) carry(lines, market, ALL_MARKET_STREAM);
  if (channel === null) return lines;
  for (const stream of Object.values(channel.streams)) carry(lines, channel.pair.market, stream);
  return lines;
}

/**
 * @param {Market} market
 * @param {string} stream
 */
export function lineKey(market, stream) {
  return `${market}/${routeOf(market, stream)}`;
}

/**
 * @param {Map<string, Line>} lines
 * @param {Market} market
 * @param {string} stream
 */
function carry(lines, market, stream) {
  const key = lineKey(market, stream);
  const line = lines.get(key) ?? { market, route: routeOf(market, stream), streams: new Set() };
  lines.set(key, line);
  line.streams.add(stream);
}
