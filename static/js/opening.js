import { systemClock } from "./lib/clock.js";
import { splitKey } from "./lib/watch-key.js";
import { BookSnapshots } from "./state/book-snapshots.js";
import { ChosenPair } from "./state/chosen-pair.js";
import { PriceBook } from "./state/prices.js";
import { MarketFeed } from "./streams/feed.js";

/*
 * What begins while the browser still reads the page, as its head holds all that this needs: prices
 * come in before there is somebody to paint them.
 */

/** @type {typeof fetch} */
export const ask = (input, init) => fetch(input, init);

/** What the scripts cannot know: Binance's streams, routes and REST hosts. */
export const config = JSON.parse(told("config") ?? "{}");

export const feed = new MarketFeed(config);
export const prices = new PriceBook();
export const chosen = new ChosenPair({
  prices,
  snapshots: new BookSnapshots({ fetch: ask, clock: systemClock, rest: config.rest }),
});

prices.follow(feed);
chosen.follow(feed);
const key = told("pair");
if (key) {
  const pair = splitKey(key);
  chosen.choose(pair);
  feed.show([pair.market], pair);
}

/** @param {string} name */
function told(name) {
  const meta = document.querySelector(`meta[name=marketdeck-${name}]`);
  return meta instanceof HTMLMetaElement ? meta.content : null;
}
