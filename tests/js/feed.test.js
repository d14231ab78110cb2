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
  for (const type of ["tickers", "best", "trade", "book", "contract", "connection"]) {
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

test("no pair means no pair's streams, and the futures book's socket is closed", () => {
  feed.showMarkets(["futures"]);
  feed.choosePair({ market: "futures", symbol: "BTCUSDT" });
  const book = socketAt("ws://futures/public");
  feed.choosePair(null);
  assert.equal(book.isClosedByClient, true);
  assert.equal(exchange.kept.length, 1);
});

test("a market that is no longer shown is closed", () => {
  feed.showMarkets(["spot", "futures"]);
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
      reason: "Connecting to Binance's spot prices.",
    },
    { state: "live", markets: { spot: "live" }, pair: null, reason: null },
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
  const { state, markets, reason } = details("connection").at(-1);
  assert.deepEqual([state, markets], ["stale", { spot: "live", futures: "stale" }]);
  assert.match(reason, /futures stream is open but has sent nothing/);
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
  feed.pause();
  feed.close();
  assert.equal(clock.pending, 0);
  assert.deepEqual(exchange.kept, []);
  page.dispatchEvent(new Event("online"));
  assert.deepEqual(exchange.kept, []);
});
