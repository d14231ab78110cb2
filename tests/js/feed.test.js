import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MarketFeed } from "../../static/js/streams/feed.js";
import { ROUTES } from "./support/binance-routes.js";
import { FakeClock } from "./support/fake-clock.js";
import { FakeExchange } from "./support/fake-exchange.js";
import { miniTicker } from "./support/rows.js";

const ALL = "!miniTicker@arr";
const LEVELS = { b: [["1", "2"]], a: [["3", "4"]] };
const DIFF = { e: "depthUpdate", E: 6, U: 8, u: 9, ...LEVELS };
const BEST = { u: 1, s: "BTCUSDT", b: "1", B: "2", a: "3", A: "4" };
const TRADE = { e: "aggTrade", E: 6, a: 7, p: "1", q: "2", T: 5, m: true };
const EVENTS = [
  "tickers",
  "best",
  "trade",
  "book",
  "candle",
  "related",
  "watched",
  "pulse",
  "contract",
  "connection",
];

/** @type {FakeClock} */
let clock;
/** @type {FakeExchange} */
let exchange;
/** @type {EventTarget} */
let page;
/** @type {MarketFeed} */
let feed;
/** @type {{ type: string, detail: any }[]} */
let events;

beforeEach(() => {
  clock = new FakeClock();
  exchange = new FakeExchange();
  page = new EventTarget();
  feed = new MarketFeed({
    streams: { spot: ["ws://spot"], futures: ["ws://futures"] },
    routes: ROUTES,
    WebSocket: exchange.WebSocket,
    clock,
    random: () => 0.5,
    page,
    isOnline: () => true,
  });
  events = [];
  for (const type of EVENTS) {
    feed.addEventListener(type, (event) => {
      events.push({ type, detail: /** @type {CustomEvent} */ (event).detail });
    });
  }
});

/** @param {string} type */
const details = (type) => events.filter((event) => event.type === type).map(({ detail }) => detail);

/** @param {string} path */
function socketAt(path) {
  const found = exchange.kept.find(({ url }) => url.startsWith(path));
  if (!found) throw new Error(`no socket at ${path}`);
  return found;
}

function openAll() {
  for (const socket of exchange.kept) socket.open();
}

test("a shown market is one socket with one all-market stream", () => {
  feed.showMarkets(new Set(["spot"]));
  assert.deepEqual(
    exchange.sockets.map(({ url }) => url),
    ["ws://spot/stream?streams=!miniTicker@arr"],
  );
});

test("a chosen futures pair takes its book from /public and its trades from /market", () => {
  feed.showMarkets(["futures"]);
  feed.choosePair({ market: "futures", symbol: "BTCUSDT" });
  clock.advance(0);
  socketAt("ws://futures/market/stream").open();
  clock.advance(0);
  assert.deepEqual(
    socketAt("ws://futures/market/stream").streams,
    new Set([ALL, "!contractInfo", "btcusdt@aggTrade"]),
  );
  assert.deepEqual(
    socketAt("ws://futures/public/stream").streams,
    new Set(["btcusdt@bookTicker", "btcusdt@depth@100ms"]),
  );
});

test("what changes in a futures contract is told, and in a coin-margined one not", () => {
  feed.showMarkets(["futures"]);
  clock.advance(0);
  const socket = socketAt("ws://futures/market/stream").open();
  socket.data("!contractInfo", { e: "contractInfo", s: "BTCUSD_PERP", cs: "SETTLING", st: 2 });
  assert.deepEqual(details("contract"), []);
  socket.data("!contractInfo", { e: "contractInfo", s: "ETHUSDT", cs: "SETTLING", st: 1 });
  assert.deepEqual(
    details("contract").map(({ market }) => market),
    ["futures"],
  );
});

test("choosing another pair leaves the old one's streams, and its late messages are not told", () => {
  feed.showMarkets(["spot"]);
  feed.choosePair({ market: "spot", symbol: "BTCUSDT" });
  const socket = exchange.last.open();
  clock.advance(0);
  feed.choosePair({ market: "spot", symbol: "ETHUSDT" });
  clock.advance(1_000);
  assert.deepEqual(
    socket.streams,
    new Set([ALL, "ethusdt@bookTicker", "ethusdt@aggTrade", "ethusdt@depth@100ms"]),
  );
  socket.data("btcusdt@depth@100ms", DIFF);
  socket.data("ethusdt@depth@100ms", DIFF);
  assert.deepEqual(
    details("book").map(({ symbol }) => symbol),
    ["ETHUSDT"],
  );
});

test("candles are a stream of the pair while they are shown, and follow pair and interval", () => {
  feed.showMarkets(["futures"]);
  feed.choosePair({ market: "futures", symbol: "BTCUSDT" });
  const socket = socketAt("ws://futures/market/stream").open();
  const carried = () => {
    clock.advance(1_000);
    return [...socket.streams].filter((stream) => stream.includes("kline"));
  };
  assert.deepEqual(carried(), []);
  feed.showCandles("1h");
  assert.deepEqual(carried(), ["btcusdt@kline_1h"]);
  feed.choosePair({ market: "futures", symbol: "ETHUSDT" });
  assert.deepEqual(carried(), ["ethusdt@kline_1h"]);
  feed.showCandles("5m");
  assert.deepEqual(carried(), ["ethusdt@kline_5m"]);
  const k = { t: 0, T: 299_999, i: "5m", o: "1", h: "3", l: "1", c: "2", v: "9", x: true };
  socket.data("ethusdt@kline_5m", { e: "kline", E: 6, s: "ETHUSDT", k });
  socket.data("ethusdt@kline_5m", { e: "kline", E: 6, s: "ETHUSDT", k: { ...k, c: 2 } });
  socket.data("ethusdt@kline_5m", { e: "kline", E: 6, s: "ETHUSDT" });
  assert.deepEqual(details("candle"), [
    {
      market: "futures",
      symbol: "ETHUSDT",
      interval: "5m",
      openMs: 0,
      closeMs: 299_999,
      open: "1",
      high: "3",
      low: "1",
      close: "2",
      volume: "9",
      isClosed: true,
      receivedAtMs: clock.now(),
    },
  ]);
  assert.equal(feed.unreadable, 2);
  feed.showCandles(null);
  assert.deepEqual(carried(), []);
});

test("candles that stay silent after a trade are dead, and without one only quiet", () => {
  feed.showMarkets(["spot"]);
  feed.choosePair({ market: "spot", symbol: "BTCUSDT" });
  feed.showCandles("1m");
  const socket = exchange.last.open();
  const live = (/** @type {number} */ seconds, /** @type {boolean} */ trades) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      socket.data(ALL, [miniTicker("BTCUSDT", "1")]);
      if (!trades) continue;
      socket.data("btcusdt@aggTrade", TRADE);
      socket.data("btcusdt@bookTicker", BEST);
      socket.data("btcusdt@depth@100ms", DIFF);
    }
  };
  live(30, false);
  assert.equal(exchange.sockets.length, 1);
  live(30, true);
  assert.ok(exchange.sockets.length > 1, "another route was tried");
});

test("no pair means no pair's streams, and the futures book's socket is closed", () => {
  feed.showMarkets(["futures"]);
  feed.choosePair({ market: "futures", symbol: "BTCUSDT" });
  const book = socketAt("ws://futures/public").open();
  feed.choosePair(null);
  assert.equal(book.isClosedByClient, true);
  assert.equal(exchange.kept.length, 1);
});

test("a market that is no longer shown is closed", () => {
  feed.showMarkets(["spot", "futures"]);
  openAll();
  feed.showMarkets(["futures"]);
  assert.deepEqual(
    exchange.kept.map(({ url }) => new URL(url).host),
    ["futures"],
  );
});

test("tickers are told with their strings and the time they came", () => {
  feed.showMarkets(["spot"]);
  exchange.last.open().data(ALL, [miniTicker("BTCUSDT", "64117.99000000")]);
  const [{ market, tickers, receivedAtMs }] = details("tickers");
  assert.deepEqual(
    [market, tickers[0].last, receivedAtMs],
    ["spot", "64117.99000000", clock.now()],
  );
});

test("best prices, trades and the book of the pair are told with its name", () => {
  feed.choosePair({ market: "spot", symbol: "BTCUSDT" });
  const socket = exchange.last.open();
  socket.data("btcusdt@bookTicker", BEST);
  socket.data("btcusdt@aggTrade", TRADE);
  socket.data("btcusdt@depth@100ms", DIFF);
  const pair = { market: "spot", symbol: "BTCUSDT", receivedAtMs: clock.now() };
  assert.deepEqual(details("best"), [
    {
      ...pair,
      bid: "1",
      bidQuantity: "2",
      ask: "3",
      askQuantity: "4",
      updateId: 1,
      eventTimeMs: null,
    },
  ]);
  assert.deepEqual(details("trade"), [
    {
      ...pair,
      id: 7,
      price: "1",
      quantity: "2",
      timeMs: 5,
      buyerIsMaker: true,
      eventTimeMs: 6,
    },
  ]);
  assert.deepEqual(details("book"), [
    { ...pair, previousId: 7, lastId: 9, bids: LEVELS.b, asks: LEVELS.a, eventTimeMs: 6 },
  ]);
});

test("what cannot be understood is counted and left out, never thrown", () => {
  feed.showMarkets(["spot"]);
  feed.choosePair({ market: "spot", symbol: "BTCUSDT" });
  const socket = exchange.last.open();
  for (const text of ["{", "<html>", "[]"]) socket.raw(text);
  socket.data(ALL, { not: "an array" });
  socket.data(ALL, [null, miniTicker("BTCUSDT", "x")]);
  clock.advance(0);
  for (const kind of ["bookTicker", "aggTrade", "depth@100ms"]) socket.data(`btcusdt@${kind}`, {});
  assert.equal(feed.unreadable, 9);
  assert.deepEqual(details("book"), []);
});

test("the connection is told once per change, with a sentence while it is not live", () => {
  feed.showMarkets(["spot"]);
  exchange.last.open().data(ALL, []);
  exchange.last.data(ALL, []);
  assert.deepEqual(details("connection"), [
    {
      state: "connecting",
      markets: { spot: "connecting" },
      pair: null,
      related: null,
      trouble: { market: "spot", cause: "first" },
    },
    { state: "live", markets: { spot: "live" }, pair: null, related: null, trouble: null },
  ]);
});

test("two shown markets are as good as the worse of them, and the sentence is about that one", () => {
  feed.showMarkets(["spot", "futures"]);
  socketAt("ws://spot").open().data(ALL, []);
  socketAt("ws://futures").open();
  for (let second = 0; second < 10; second++) {
    socketAt("ws://spot").data(ALL, []);
    clock.advance(1_000);
  }
  const { state, markets, trouble } = details("connection").at(-1);
  assert.deepEqual([state, markets], ["stale", { spot: "live", futures: "stale" }]);
  assert.deepEqual(trouble, { market: "futures", cause: "silent" });
});

test("a futures book that is silent while trades go on is found and fetched elsewhere", () => {
  feed.showMarkets(["futures"]);
  feed.choosePair({ market: "futures", symbol: "BTCUSDT" });
  const market = socketAt("ws://futures/market").open();
  const silent = socketAt("ws://futures/public").open();
  silent.data("btcusdt@depth@100ms", DIFF);
  for (let second = 0; second < 12; second++) {
    clock.advance(1_000);
    market.data(ALL, []);
    market.data("btcusdt@aggTrade", TRADE);
  }
  const fresh = exchange.last.open();
  assert.notEqual(fresh, silent);
  const { state, pair } = details("connection").at(-1);
  assert.deepEqual([state, pair], ["live", "stale"]);
  fresh.data("btcusdt@depth@100ms", DIFF);
  fresh.data("btcusdt@bookTicker", BEST);
  assert.equal(details("connection").at(-1).pair, "live");
});

test("a hidden tab keeps its socket for a glance, and none after half a minute", () => {
  feed.showMarkets(["spot"]);
  exchange.last.open();
  feed.pause();
  for (let second = 0; second < 29; second++) {
    exchange.last.data(ALL, []);
    clock.advance(1_000);
  }
  feed.resume();
  assert.equal(exchange.sockets.length, 1);
  feed.pause();
  clock.advance(31_000);
  assert.deepEqual(exchange.kept, []);
});

test("what was chosen while hidden is followed once the tab is shown", () => {
  feed.showMarkets(["spot"]);
  feed.pause();
  clock.advance(31_000);
  feed.showMarkets(["futures"]);
  assert.deepEqual(exchange.kept, []);
  feed.resume();
  assert.equal(exchange.kept.length, 1);
  socketAt("ws://futures").open().data(ALL, []);
  assert.equal(details("connection").at(-1).state, "live");
});

test("the network coming back is answered at once", () => {
  feed.showMarkets(["spot"]);
  exchange.last.open().data(ALL, []);
  clock.advance(4_000);
  page.dispatchEvent(new Event("online"));
  assert.equal(exchange.sockets.length, 2);
});

test("waking up from sleep is answered within seconds by a fresh socket", () => {
  feed.showMarkets(["spot"]);
  exchange.last.open().data(ALL, []);
  clock.jump(600_000);
  clock.advance(1_000);
  assert.equal(exchange.sockets.length, 2);
  exchange.last.open().data(ALL, []);
  assert.equal(details("connection").at(-1).state, "live");
  assert.equal(exchange.kept.length, 1);
});

test("a tab that is shown again with its data flowing keeps its socket", () => {
  feed.showMarkets(["spot"]);
  exchange.last.open().data(ALL, []);
  clock.advance(1_500);
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(exchange.sockets.length, 1);
});

test("a page that has just been opened and shown dials once", () => {
  feed.showMarkets(["spot"]);
  page.dispatchEvent(new Event("visibilitychange"));
  clock.advance(2_000);
  page.dispatchEvent(new Event("visibilitychange"));
  feed.resume();
  assert.equal(exchange.sockets.length, 1);
});

test("closing leaves no timer, no socket and no listener", () => {
  feed.showMarkets(["spot", "futures"]);
  feed.choosePair({ market: "futures", symbol: "BTCUSDT" });
  openAll();
  feed.pause();
  feed.close();
  assert.equal(clock.pending, 0);
  assert.deepEqual(exchange.kept, []);
  page.dispatchEvent(new Event("online"));
  assert.deepEqual(exchange.kept, []);
});

/** @type {import("../../static/js/streams/lines.js").Watched} */
const WATCHED_ETH = { market: "spot", symbol: "ETHUSDT", part: "ticker" };
/** @type {import("../../static/js/streams/lines.js").Watched} */
const WATCHED_SPREAD = { market: "futures", symbol: "SOLUSDT", part: "best" };

/** Hides the tab for so long that everything is closed that is only shown. */
function sleep() {
  feed.pause();
  for (let second = 0; second < 31; second++) {
    for (const socket of exchange.kept) socket.open().data(ALL, []);
    clock.advance(1_000);
  }
}

test("what is watched flows on in a hidden tab, in a stream of its own beside a pulse", () => {
  feed.showMarkets(["spot", "futures"]);
  feed.choosePair({ market: "spot", symbol: "BTCUSDT" });
  socketAt("ws://spot").open();
  feed.watch([WATCHED_ETH]);
  sleep();
  assert.equal(exchange.kept.length, 1);
  const socket = socketAt("ws://spot").open();
  clock.advance(1_000);
  assert.deepEqual(socket.streams, new Set(["ethusdt@miniTicker", "btcusdt@miniTicker"]));
  socket.data("ethusdt@miniTicker", miniTicker("ETHUSDT", "3000.10"));
  const [{ market, symbol, part, last, receivedAtMs }] = details("watched");
  assert.deepEqual(
    [market, symbol, part, last, receivedAtMs],
    ["spot", "ETHUSDT", "ticker", "3000.10", clock.now()],
  );
  assert.ok(
    details("tickers").every(({ tickers }) => tickers.length === 0),
    "one ticker must not count as one of all markets",
  );
});

test("a shown market's watched tickers need no stream of their own, one not shown gets a socket", () => {
  feed.showMarkets(["spot"]);
  feed.watch([WATCHED_ETH, { ...WATCHED_ETH, market: "futures" }]);
  assert.deepEqual(
    exchange.kept.map(({ streams }) => [...streams]),
    [[ALL], ["ethusdt@miniTicker", "btcusdt@miniTicker"]],
  );
  assert.match(exchange.last.url, /^ws:\/\/futures\/market\/stream/);
});

test("a watched futures spread takes the route of order books, with a pulse of that route", () => {
  feed.showMarkets(["spot"]);
  feed.watch([WATCHED_SPREAD]);
  const socket = socketAt("ws://futures/public").open();
  assert.deepEqual([...socket.streams], ["solusdt@bookTicker", "btcusdt@depth5@500ms"]);
  socket.data("solusdt@bookTicker", { ...BEST, s: "SOLUSDT" });
  assert.deepEqual([details("watched")[0].bid, details("watched")[0].ask], ["1", "3"]);
});

test("a line that proves to be alive is told, with what is watched on it", () => {
  feed.showMarkets(["futures", "spot"]);
  feed.watch([WATCHED_SPREAD]);
  socketAt("ws://futures/public").open().data("btcusdt@depth5@500ms", LEVELS);
  socketAt("ws://futures/market").open().data(ALL, []);
  socketAt("ws://spot").open().data(ALL, []);
  assert.deepEqual(
    details("pulse").map(({ market, parts }) => [market, parts]),
    [
      ["futures", ["best"]],
      ["futures", ["ticker"]],
      ["spot", ["ticker", "best"]],
    ],
  );
});

test("a hidden tab's line whose pulse stops is found dead and dialled anew", () => {
  feed.showMarkets(["spot"]);
  feed.watch([WATCHED_ETH]);
  sleep();
  const socket = exchange.last.open();
  socket.data("btcusdt@miniTicker", miniTicker("BTCUSDT", "1"));
  clock.advance(12_000);
  assert.notEqual(exchange.last, socket);
});

test("with nothing watched any more a hidden tab holds no socket", () => {
  feed.showMarkets(["spot"]);
  feed.watch([WATCHED_ETH]);
  sleep();
  assert.equal(exchange.kept.length, 1);
  feed.watch([]);
  assert.deepEqual(exchange.kept, []);
});

test("shown again, prices are live only once the all-market stream has spoken", () => {
  feed.showMarkets(["spot"]);
  feed.watch([WATCHED_ETH]);
  sleep();
  exchange.last.data("btcusdt@miniTicker", miniTicker("BTCUSDT", "1"));
  assert.equal(details("connection").at(-1).state, "connecting");
  feed.resume();
  assert.equal(details("connection").at(-1).state, "connecting");
  exchange.last.data(ALL, []);
  assert.equal(details("connection").at(-1).state, "live");
  assert.equal(exchange.sockets.length, 1);
});

test("pairs of the chosen one's asset have streams of their own while they are looked at", () => {
  const related = { market: /** @type {const} */ ("futures"), symbol: "BTCUSDT" };
  feed.show(["spot"], { market: "spot", symbol: "BTCUSDT" });
  feed.showRelated([{ ...related, isPerpetual: true, hasSessions: false }]);
  const socket = socketAt("ws://futures/market").open();
  assert.deepEqual(socket.streams, new Set(["btcusdt@miniTicker", "btcusdt@markPrice@1s"]));
  socket.data("btcusdt@miniTicker", miniTicker("BTCUSDT", "7"));
  socket.data("btcusdt@markPrice@1s", { E: 1, s: "BTCUSDT", p: "2", i: "3", r: "0.1", T: 9 });
  assert.deepEqual(
    details("related").map(({ market, part, receivedAtMs }) => [market, part, receivedAtMs]),
    [
      ["futures", "ticker", clock.now()],
      ["futures", "mark", clock.now()],
    ],
  );
  assert.equal(details("connection").at(-1).related, "live");
  socket.data("btcusdt@markPrice@1s", { p: "none" });
  assert.equal(feed.unreadable, 1);
  feed.showRelated(null);
  assert.equal(socket.isClosedByClient, true);
  assert.equal(details("connection").at(-1).related, null);
});
