import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { PriceBook } from "../../static/js/state/prices.js";
import { FakeClock } from "./support/fake-clock.js";
import { ticker } from "./support/rows.js";

/** @type {FakeClock} */
let clock;
/** @type {PriceBook} */
let prices;

beforeEach(() => {
  clock = new FakeClock();
  prices = new PriceBook({ now: clock.now });
});

/** @param {number} seconds in which the market speaks, but not about BTC */
function othersSpeak(seconds) {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    prices.apply("spot", [ticker("ETHUSDT", "1")]);
  }
}

test("a row that ticked within 10 s is live", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1")]);
  clock.advance(10_000);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "live");
});

test("a silent row is quiet while the all-market stream proves the line", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1")]);
  othersSpeak(60);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "quiet");
});

test("when the whole market is silent for 10 s, its rows are stale and keep their values", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1")]);
  clock.advance(10_001);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  assert.equal(prices.get("spot", "BTCUSDT")?.last, "1");
});

test("the other market's stream proves nothing", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1")]);
  clock.advance(10_001);
  prices.apply("futures", [ticker("BTCUSDT", "2")]);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  assert.equal(prices.get("spot", "BTCUSDT")?.last, "1");
});

test("after a gap a row stays stale until its own tick, since it may have changed in the gap", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1")]);
  clock.advance(300_000);
  othersSpeak(3);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  prices.apply("spot", [ticker("BTCUSDT", "2")]);
  othersSpeak(30);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "quiet");
});

test("a row that nobody has told of is stale", () => {
  othersSpeak(3);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
});

test("a first paint that the stream follows within 10 s is quiet, an older one stale", () => {
  prices.vouch("spot", clock.now());
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale", "before the stream there is no proof");
  othersSpeak(3);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "quiet");
  prices.vouch("futures", clock.now() - 120_000);
  prices.apply("futures", []);
  assert.equal(prices.freshness("futures", "BTCUSDT"), "stale");
});

test("a table painted again later proves the rows that did not tick", () => {
  prices.vouch("spot", clock.now() - 120_000);
  othersSpeak(20);
  assert.equal(prices.freshness("spot", "OLDUSDT"), "stale");
  prices.vouch("spot", clock.now() - 5_000);
  assert.equal(prices.freshness("spot", "OLDUSDT"), "quiet");
});

test("after a gap an old row gives way to a newer paint, a proven row does not", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1")]);
  clock.advance(300_000);
  prices.apply("spot", [ticker("ETHUSDT", "5")]);
  othersSpeak(20);
  prices.vouch("spot", clock.now());
  assert.equal(prices.get("spot", "BTCUSDT"), undefined);
  assert.equal(prices.get("spot", "ETHUSDT")?.last, "1");
  assert.deepEqual(
    prices.takeChanged().map(({ symbol }) => symbol),
    ["ETHUSDT"],
  );
});

test("a wall clock set back by an hour makes rows stale, not live for an hour", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1")]);
  clock.jump(-3_600_000);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
});

test("changed rows are taken once, each once, however often they ticked", () => {
  prices.apply("spot", [ticker("BTCUSDT", "1"), ticker("ETHUSDT", "5")]);
  prices.apply("spot", [ticker("BTCUSDT", "2")]);
  const taken = prices.takeChanged().map(({ symbol, last }) => [symbol, last]);
  assert.deepEqual(taken, [
    ["BTCUSDT", "2"],
    ["ETHUSDT", "5"],
  ]);
  assert.deepEqual(prices.takeChanged(), []);
});

test("a view is told once until it takes the changes, so it asks for one frame", () => {
  let told = 0;
  prices.addEventListener("change", () => told++);
  for (let ticks = 0; ticks < 5; ticks++) prices.apply("spot", [ticker("BTCUSDT", `${ticks}`)]);
  assert.equal(told, 1);
  prices.takeChanged();
  prices.apply("spot", [ticker("BTCUSDT", "9")]);
  assert.equal(told, 2);
});

/**
 * @param {string} symbol
 * @param {number} agoMs
 */
const earlier = (symbol, agoMs) => {
  const receivedAtMs = clock.now() - agoMs;
  return { market: /** @type {const} */ ("spot"), ...ticker(symbol, "1"), receivedAtMs };
};

test("restored rows are told to the views, and are stale however young", () => {
  prices.restore([earlier("BTCUSDT", 1_000), earlier("XRPUSDT", 300_000)]);
  assert.equal(prices.takeChanged().length, 2);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  othersSpeak(1);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  assert.equal(prices.freshness("spot", "XRPUSDT"), "stale");
  assert.equal(prices.freshness("spot", "SOLUSDT"), "stale");
});

test("a restored row gives way to what is newer: a row of ours, or the page's paint", () => {
  prices.apply("spot", [ticker("BTCUSDT", "2")]);
  prices.vouch("spot", clock.now() - 60_000);
  prices.restore([earlier("BTCUSDT", 0), earlier("OLDUSDT", 61_000), earlier("NEWUSDT", 59_000)]);
  assert.equal(prices.get("spot", "BTCUSDT")?.last, "2");
  assert.equal(prices.get("spot", "OLDUSDT"), undefined);
  assert.equal(prices.get("spot", "NEWUSDT")?.last, "1");
});

test("what a broken line missed is not quiet: such a row is stale until it ticks", () => {
  const feed = new EventTarget();
  const line = (/** @type {string} */ state) =>
    feed.dispatchEvent(new CustomEvent("connection", { detail: { markets: { spot: state } } }));
  prices.follow(feed);
  line("live");
  prices.apply("spot", [ticker("BTCUSDT", "1"), ticker("ETHUSDT", "5")]);
  othersSpeak(12);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "quiet");
  line("connecting");
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  line("live");
  prices.apply("spot", [ticker("ETHUSDT", "6")]);
  assert.equal(prices.freshness("spot", "ETHUSDT"), "live");
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  prices.apply("spot", [ticker("BTCUSDT", "2")]);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "live");
});

test("it follows a feed", () => {
  const feed = new EventTarget();
  prices.follow(feed);
  const detail = { market: "futures", tickers: [ticker("BTCUSDT", "7")] };
  feed.dispatchEvent(new CustomEvent("tickers", { detail }));
  assert.equal(prices.get("futures", "BTCUSDT")?.last, "7");
});
