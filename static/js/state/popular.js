/** @import { Market } from "../streams/routes.js" */
/** @import { SymbolRow } from "./symbols-answer.js" */

// The pairs most traded against USDT through 2025 and 2026: the majors of the server's own ranking
// first. Only a start when neither the server nor a saved copy can help; whether each still trades
// is known once its price moves.
const SPOT_BASES = `BTC ETH BNB SOL XRP DOGE ADA TRX AVAX LINK SUI TON DOT LTC BCH XLM HBAR SHIB PEPE
  UNI NEAR APT ICP ETC AAVE TAO FIL ARB OP ATOM INJ WLD ENA SEI FET RENDER BONK WIF TIA ALGO`;

const FUTURES_BASES = `BTC ETH BNB SOL XRP DOGE ADA TRX AVAX LINK SUI TON DOT LTC BCH XLM HBAR
  1000SHIB 1000PEPE UNI NEAR APT ICP ETC AAVE TAO FIL ARB OP ATOM INJ WLD ENA SEI FET RENDER
  1000BONK WIF TIA ALGO`;

/** @type {Readonly<Record<Market, SymbolRow[]>>} */
export const POPULAR = { spot: usdtPairs(SPOT_BASES), futures: usdtPairs(FUTURES_BASES) };

/**
 * @param {string} bases
 * @returns {SymbolRow[]}
 */
function usdtPairs(bases) {
  return bases.split(/\s+/).map((baseAsset) => ({
    symbol: `${baseAsset}USDT`,
    baseAsset,
    quoteAsset: "USDT",
    status: "TRADING",
  }));
}
