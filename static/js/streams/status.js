/** @import { Cause, ConnectionState } from "./connection.js" */
/** @import { Market } from "./routes.js" */

/**
 * @typedef {{ state: ConnectionState, cause: Cause }} LineStatus
 *
 * @typedef {object} FeedStatus
 * @property {ConnectionState} state the worst of the shown markets
 * @property {Partial<Record<Market, ConnectionState>>} markets
 * @property {ConnectionState | null} pair of the lines that carry the chosen pair
 * @property {string | null} reason why it is not live, as a sentence
 */

/** @type {ConnectionState[]} */
const WORST_LAST = ["live", "connecting", "stale", "down"];

/**
 * How a feed is, for the person: live only when all that is shown is.
 *
 * @param {[Market, LineStatus][]} markets of each shown market
 * @param {LineStatus[]} pair of each line of the chosen pair
 * @returns {FeedStatus}
 */
export function feedStatus(markets, pair) {
  const state = markets.length === 0 ? "connecting" : worst(markets.map(([, line]) => line.state));
  const [market, line] = markets.find(([, { state: own }]) => own === state) ?? [];
  return {
    state,
    markets: Object.fromEntries(markets.map(([name, { state: own }]) => [name, own])),
    pair: pair.length === 0 ? null : worst(pair.map(({ state: own }) => own)),
    reason: market && line ? sentence(market, line.cause) : null,
  };
}

/**
 * @param {ConnectionState[]} states
 * @returns {ConnectionState}
 */
function worst(states) {
  const ranks = states.map((state) => WORST_LAST.indexOf(state));
  return WORST_LAST[Math.max(...ranks)] ?? "connecting";
}

/**
 * @param {Market} market
 * @param {Cause} cause
 * @returns {string | null}
 */
function sentence(market, cause) {
  switch (cause) {
    case "first":
      return `Connecting to Binance's ${market} prices.`;
    case "lost":
      return `The connection to Binance's ${market} prices was lost; reconnecting.`;
    case "silent":
      return `Binance's ${market} stream is open but has sent nothing for 10 seconds; trying another route.`;
    case "unreachable":
      return `Binance's ${market} stream cannot be reached from here; trying again.`;
    case "offline":
      return "This device is offline.";
    default:
      return null;
  }
}
