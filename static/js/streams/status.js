/** @import { Cause, ConnectionState } from "./connection.js" */
/** @import { Market } from "./routes.js" */

/**
 * @typedef {{ state: ConnectionState, cause: Cause }} LineStatus
 *
 * @typedef {object} FeedStatus
 * @property {ConnectionState} state the worst of the shown markets
 * @property {Partial<Record<Market, ConnectionState>>} markets
 * @property {ConnectionState | null} pair of the lines that carry the chosen pair
 * @property {ConnectionState | null} related of the lines that carry other pairs of its asset
 * @property {{ market: Market, cause: NonNullable<Cause> } | null} trouble why it is not live
 */

/** @type {ConnectionState[]} */
const WORST_LAST = ["live", "connecting", "stale", "down"];

/**
 * How a feed is, for the person: live only when all that is shown is.
 *
 * @param {[Market, LineStatus][]} markets of each shown market
 * @param {LineStatus[]} pair of each line of the chosen pair
 * @param {LineStatus[]} related of each line of the other pairs of its asset
 * @returns {FeedStatus}
 */
export function feedStatus(markets, pair, related) {
  const state = markets.length === 0 ? "connecting" : worst(markets.map(([, line]) => line.state));
  const [market, line] = markets.find(([, { state: own }]) => own === state) ?? [];
  return {
    state,
    markets: Object.fromEntries(markets.map(([name, { state: own }]) => [name, own])),
    pair: worstOf(pair),
    related: worstOf(related),
    trouble: market && line?.cause ? { market, cause: line.cause } : null,
  };
}

/** @param {LineStatus[]} lines */
function worstOf(lines) {
  return lines.length === 0 ? null : worst(lines.map(({ state }) => state));
}

/**
 * @param {ConnectionState[]} states
 * @returns {ConnectionState}
 */
function worst(states) {
  const ranks = states.map((state) => WORST_LAST.indexOf(state));
  return WORST_LAST[Math.max(...ranks)] ?? "connecting";
}
