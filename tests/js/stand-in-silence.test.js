import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ChosenPair } from "../../static/js/state/chosen-pair.js";
import { PriceBook } from "../../static/js/state/prices.js";
import { ROUTES } from "./support/binance-routes.js";
import { directSnapshots, next, nextState, openFeed } from "./support/real-feed.js";
import { StandIn } from "./support/stand-in.js";

// What is open, acknowledged and silent; each takes its 10 s, so they run beside each other.

const WITHIN = { timeout: 25_000 };
// Only the path that Binance retired on 2026-04-23, then the one that replaced it.
const OLD_PATH_FIRST = {
  ...ROUTES,
  futures: { market: { paths: ["/stream", "/market/stream"], streams: ["*"] } },
};

/** @type {StandIn} */
let exchange;

before(async () => {
  exchange = await StandIn.start();
}, WITHIN);

after(() => exchange.stop());

describe("silence", { concurrency: true }, () => {
  test(
    "the silent old futures path is stale within 10 s and answered by the new one",
    WITHIN,
    async (t) => {
      const feed = openFeed(t, exchange, { routes: OLD_PATH_FIRST });
      const stale = nextState(feed, "stale");
      const live = nextState(feed, "live");
      const startedAtMs = Date.now();
      feed.showMarkets(["futures"]);
      const { trouble } = await stale;
      assert.ok(Date.now() - startedAtMs < 11_000);
      assert.equal(trouble.cause, "silent");
      assert.equal((await live).trouble, null);
    },
  );

  test(
    "a book that falls silent alone is stale, is fetched elsewhere, and comes back",
    WITHIN,
    async (t) => {
      const feed = openFeed(t, exchange);
      const prices = new PriceBook();
      const pair = new ChosenPair({ prices, snapshots: directSnapshots(exchange) });
      t.after(() => pair.choose(null));
      prices.follow(feed);
      pair.follow(feed);
      pair.choose({ market: "futures", symbol: "BTCUSDT" });
      feed.showMarkets(["futures"]);
      feed.choosePair({ market: "futures", symbol: "BTCUSDT" });
      await next(feed, "book", () => pair.book?.state === "synced");
      const { attempts } = await exchange.sockets("futures");
      await silence("futures", "btcusdt@depth@100ms");
      await next(feed, "connection", (detail) => detail.pair === "stale");
      await sleep(600);
      assert.deepEqual([pair.freshness("book"), pair.freshness("best")], ["stale", "live"]);
      await next(feed, "book", () => pair.freshness("book") === "live");
      assert.ok((await exchange.sockets("futures")).attempts > attempts);
    },
  );

  test(
    "a pair that is silent while its market goes on is quiet, and costs no reconnect",
    WITHIN,
    async (t) => {
      const feed = openFeed(t, exchange);
      const prices = new PriceBook();
      prices.follow(feed);
      feed.showMarkets(["spot"]);
      const { tickers } = await next(feed, "tickers", (detail) => detail.tickers.length > 0);
      const { symbol } = tickers[0];
      const { attempts } = await exchange.sockets("spot");
      await exchange.control("POST", "/symbols", { venue: "spot", symbol, status: "BREAK" });
      await sleep(12_500);
      assert.equal(prices.freshness("spot", symbol), "quiet");
      assert.equal((await exchange.sockets("spot")).attempts, attempts);
    },
  );
});

/**
 * @param {string} venue
 * @param {string} stream
 */
function silence(venue, stream) {
  return exchange.control("POST", "/faults", { kind: "silent", venue, stream, seconds: 11.5 });
}
