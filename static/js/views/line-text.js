/** @import { FeedStatus } from "../streams/status.js" */
import { fill, words } from "../words.js";

/**
 * Why the line to the exchange is not live, as a sentence.
 *
 * @param {FeedStatus["trouble"]} trouble
 * @returns {string | null} null when there is none, or nothing is known of it
 */
export function troubleText(trouble) {
  return (
    trouble && fill(words.line[trouble.cause], { market: words.market.in_text[trouble.market] })
  );
}
