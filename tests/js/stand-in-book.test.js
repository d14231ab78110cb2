/** @import { Pair } from "../../static/js/streams/feed.js" */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { compare } from "../../static/js/lib/decimal.js";
import { ChosenPair } from "../../static/js/state/chosen-pair.js";
import { PriceBook } from "../../static/js/state/prices.js";
import { directSnapshots, next, openFeed } from "./support/real-feed.js";
import { StandIn } from "./support/stand-in.js";

// The verified book over real sockets, while the exchange's streams fail in every way.

const WITHIN = { timeout: 25_000 };
// Each on a pair of its own, so that all can happen at the same time.
const FAULTS = {
  BTCUSDT: { kind: "gap", times: 2 },
  ETHUSDT: { kind: "crossed", times: 1 },
  SOLUSDT: { kind: "duplicate", seconds: 2 },
  XRPUSDT: { kind: "reorder", seconds: 2 },
  BNBUSDT: { kind: "delay", ms: 700, seconds: 2 },
  DOGEUSDT: { kind: "drop" },
  ADAUSDT: null,
};
const MARKETS = /** @type {Pair["market"][]} */ (["spot", "futures"]);

/** @type {StandIn} */
let exchange;

before(async () => {
  exchange = await StandIn.start();
}, WITHIN);

after(() => exchange.stop());

describe("whatever the streams do, in the end a book is the exchange's", {
  concurrency: true,
}, () => {
  for (const market of MARKETS) {
    test(`on ${market}`, WITHIN, async (t) => {
      const pairs = Object.keys(FAULTS).map((symbol) => ({ market, symbol }));
      const books = pairs.map((pair) => openBook(t, exchange, pair));
      await Promise.all(books.map(({ feed, chosen }) => untilSynced(feed, chosen)));
      for (const [symbol, fault] of Object.entries(FAULTS)) {
        const stream = `${symbol.toLowerCase()}@depth*`;
        const wish = { venue: market, stream, ...fault };
        if (fault) await exchange.control("POST", "/faults", wish);
      }
      await Promise.all(books.map(({ feed, chosen }) => watch(feed, chosen)));
      await exchange.control("POST", "/freeze", { venue: market, frozen: true });
      for (const [index, pair] of pairs.entries()) {
        const { chosen } = /** @type {{ chosen: ChosenPair }} */ (books[index]);
        await assertEqualsExchange(exchange, chosen, pair);
      }
    });
  }
});

/**
 * @param {EventTarget} feed
 * @param {ChosenPair} chosen
 */
function untilSynced(feed, chosen) {
  return next(feed, "book", () => chosen.book?.state === "synced");
}

/**
 * Three seconds of changes, in which what is shown is never crossed; then in step again.
 *
 * @param {EventTarget} feed
 * @param {ChosenPair} chosen
 */
async function watch(feed, chosen) {
  const untilMs = Date.now() + 3_000;
  while (Date.now() < untilMs) {
    await next(feed, "book");
    assertNotCrossed(chosen);
  }
  await untilSynced(feed, chosen);
}

/**
 * @param {{ after(run: () => void): void }} t
 * @param {StandIn} exchange
 * @param {Pair} pair
 */
function openBook(t, exchange, pair) {
  const feed = openFeed(t, exchange);
  const chosen = new ChosenPair({ prices: new PriceBook(), snapshots: directSnapshots(exchange) });
  t.after(() => chosen.choose(null));
  chosen.follow(feed);
  chosen.choose(pair);
  feed.show([pair.market], pair);
  return { feed, chosen };
}

/** @param {ChosenPair} chosen */
function assertNotCrossed({ book }) {
  const [bid] = book?.levels("bid", 1)[0] ?? [];
  const [ask] = book?.levels("ask", 1)[0] ?? [];
  if (bid !== undefined && ask !== undefined) assert.equal(compare(bid, ask), -1);
}

/**
 * @param {StandIn} exchange
 * @param {ChosenPair} chosen
 * @param {Pair} pair
 */
async function assertEqualsExchange(exchange, { book }, { market, symbol }) {
  const path = `/book?venue=${market}&symbol=${symbol}`;
  const { bids, asks } = await exchange.control("GET", path);
  for (let tries = 50; ; tries--) {
    const [shownBids, shownAsks] = [book?.levels("bid") ?? [], book?.levels("ask") ?? []];
    const isSame =
      shownBids.length > 20 &&
      shownAsks.length > 20 &&
      JSON.stringify(shownBids) === JSON.stringify(bids.slice(0, shownBids.length)) &&
      JSON.stringify(shownAsks) === JSON.stringify(asks.slice(0, shownAsks.length));
    if (isSame) return;
    if (tries === 0) {
      assert.deepEqual(
        [shownBids.slice(0, 5), shownAsks.slice(0, 5)],
        [bids.slice(0, 5), asks.slice(0, 5)],
      );
      assert.fail("the book differs below its best levels");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
