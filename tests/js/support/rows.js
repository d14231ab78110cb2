/**
 * A 24hrMiniTicker as Binance sends it.
 *
 * @param {string} s symbol
 * @param {string} c last price
 * @param {object} [more]
 */
export function miniTicker(s, c, more = {}) {
  return {
    e: "24hrMiniTicker",
    E: 1_800_000_000_000,
    s,
    c,
    o: "100",
    h: "110",
    l: "90",
    v: "5",
    q: "500",
    ...more,
  };
}

/**
 * A ticker as the feed hands it on.
 *
 * @param {string} symbol
 * @param {string} last
 */
export function ticker(symbol, last) {
  return {
    symbol,
    last,
    open: "100",
    high: "110",
    low: "90",
    volume: "5",
    quoteVolume: "500",
    eventTimeMs: 1_800_000_000_000,
  };
}
