import { splitKey } from "../../lib/watch-key.js";
import { fill, words } from "../../words.js";

/**
 * A pair's name in a sentence, kept together by marks of direction: "BTC/USDT on futures".
 *
 * @param {string} key such as "futures:BTCUSDT"
 */
export function keyName(key) {
  const { market, symbol } = splitKey(key);
  const name = symbol.replace(/(?<=.)USDT(?=$|_)/, "/USDT");
  return fill(words.watchlist.pair[market], { name: `\u2068${name}\u2069` });
}
