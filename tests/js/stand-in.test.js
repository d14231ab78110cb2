/** @import { Market } from "../../static/js/streams/routes.js" */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { compare } from "../../static/js/lib/decimal.js";
import { PriceBook } from "../../static/js/state/prices.js";
import { next, nextState, openFeed } from "./support/real-feed.js";
import { StandIn } from "./support/stand-in.js";

// Over real sockets, against the exchange that `make demo` serves.

const WITHIN = { timeout: 20_000 };

/** @type {StandIn} */
let exchange;

before(async () => {
  exchange = await StandIn.start();
}, WITHIN);

after(() => exchange.stop());

for (const market of /** @type {Market[]} */ (["spot", "futures"])) {
  test(`${market} prices arrive, and only then is it live`, WITHIN, async (t) => {
    const feed = openFeed(t, exchange);
    const live = nextState(feed, "live");
    const tickers = next(feed, "tickers", (detail) => detail.tickers.length > 0);
    feed.showMarkets([market]);
    assert.ok(
      (await tickers).tickers.every((/** @type {any} */ { last }) => compare(last, "0") === 1),
    );
    assert.deepEqual((await live).markets, { [market]: "live" });
    assert.equal(feed.unreadable, 0);
  });

  test(
    `a chosen ${market} pair has best prices, trades and changes of its book`,
    WITHIN,
    async (t) => {
      const feed = openFeed(t, exchange);
      const parts = Promise.all([next(feed, "book"), next(feed, "best"), next(feed, "trade")]);
      feed.showMarkets([market]);
      feed.choosePair({ market, symbol: "BTCUSDT" });
      const [book, best, trade] = await parts;
      assert.ok(book.lastId > book.previousId);
      assert.equal(compare(best.bid, best.ask), -1);
      assert.equal(compare(trade.quantity, "0"), 1);
      assert.deepEqual([book.symbol, best.symbol, trade.symbol], Array(3).fill("BTCUSDT"));
    },
  );
}

test("coin-margined contracts on the futures stream never reach the page", WITHIN, async (t) => {
  const feed = openFeed(t, exchange);
  const prices = new PriceBook();
  prices.follow(feed);
  feed.showMarkets(["futures"]);
  for (let messages = 0; messages < 2; messages++) await next(feed, "tickers");
  const symbols = prices.takeChanged().map(({ symbol }) => symbol);
  assert.ok(symbols.length > 0);
  assert.ok(!symbols.some((symbol) => symbol.includes("USD_")));
});

test(
  "switching the pair on a live line switches the book and its subscriptions",
  WITHIN,
  async (t) => {
    const feed = openFeed(t, exchange);
    const { attempts } = await exchange.sockets("spot");
    feed.showMarkets(["spot"]);
    feed.choosePair({ market: "spot", symbol: "SOLUSDT" });
    await next(feed, "book", ({ symbol }) => symbol === "SOLUSDT");
    feed.choosePair({ market: "spot", symbol: "ETHUSDT" });
    await next(feed, "book", ({ symbol }) => symbol === "ETHUSDT");
    const now = await exchange.sockets("spot");
    assert.equal(now.subscriptions["solusdt@depth@100ms"], undefined);
    assert.equal(now.subscriptions["ethusdt@depth@100ms"], 1);
    assert.equal(now.attempts, attempts + 1);
  },
);

test("a symbol that is not ASCII has a book as any other", WITHIN, async (t) => {
  const feed = openFeed(t, exchange);
  const { symbols } = await exchange.get("futures", "/fapi/v1/exchangeInfo");
  const isForeign = (/** @type {any} */ row) =>
    row.status === "TRADING" && /[^ -~]/.test(row.symbol);
  const { symbol } = symbols.find(isForeign);
  feed.choosePair({ market: "futures", symbol });
  assert.equal((await next(feed, "book")).symbol, symbol);
});

test("a dropped socket is connected again and the book goes on", WITHIN, async (t) => {
  const feed = openFeed(t, exchange);
  feed.showMarkets(["spot"]);
  feed.choosePair({ market: "spot", symbol: "BTCUSDT" });
  await Promise.all([nextState(feed, "live"), next(feed, "book")]);
  const lost = nextState(feed, "connecting");
  await exchange.control("POST", "/streams/drop", { venue: "spot", stream: "*" });
  assert.equal((await lost).trouble.cause, "lost");
  await Promise.all([nextState(feed, "live"), next(feed, "book")]);
});

test("a shutdown notice is followed without a moment that is not live", WITHIN, async (t) => {
  const feed = openFeed(t, exchange);
  feed.showMarkets(["spot"]);
  await nextState(feed, "live");
  const { attempts } = await exchange.sockets("spot");
  /** @type {string[]} */
  const states = [];
  feed.addEventListener("connection", (event) => {
    states.push(/** @type {CustomEvent} */ (event).detail.state);
  });
  await exchange.control("POST", "/streams/shutdown", { venue: "spot", close_after: 3 });
  await sleep(3_500);
  await next(feed, "tickers");
  assert.deepEqual(states, []);
  assert.equal((await exchange.sockets("spot")).attempts, attempts + 1);
});

test(
  "an exchange that refuses connections is down in words, and live once it is back",
  WITHIN,
  async (t) => {
    const feed = openFeed(t, exchange);
    await exchange.control("POST", "/listening", { venue: "spot", up: false });
    const down = nextState(feed, "down");
    const live = nextState(feed, "live");
    feed.showMarkets(["spot"]);
    assert.equal((await down).trouble.cause, "unreachable");
    await exchange.control("POST", "/listening", { venue: "spot", up: true });
    await live;
  },
);
