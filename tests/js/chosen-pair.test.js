import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ChosenPair } from "../../static/js/state/chosen-pair.js";
import { PriceBook } from "../../static/js/state/prices.js";
import { FakeClock } from "./support/fake-clock.js";

const BTC = /** @type {const} */ ({ market: "spot", symbol: "BTCUSDT" });

/** @type {FakeClock} */
let clock;
/** @type {PriceBook} */
let prices;
/** @type {ChosenPair} */
let pair;
/** @type {EventTarget} */
let feed;

beforeEach(() => {
  clock = new FakeClock();
  prices = new PriceBook({ now: clock.now });
  pair = new ChosenPair({ prices, now: clock.now });
  feed = new EventTarget();
  pair.follow(feed);
  pair.choose(BTC);
});

/**
 * @param {string} type
 * @param {object} [detail]
 */
function tell(type, detail = {}) {
  const whole = { ...BTC, receivedAtMs: clock.now(), ...detail };
  feed.dispatchEvent(new CustomEvent(type, { detail: whole }));
}

test("parts are live for 10 s after they came", () => {
  tell("book", { bids: [["1", "2"]] });
  clock.advance(10_000);
  assert.equal(pair.freshness("book"), "live");
  assert.equal(pair.freshness("trade"), "stale");
});

test("a silent book is quiet while its line and the market's are up", () => {
  tell("connection", { pair: "live" });
  tell("book");
  clock.advance(60_000);
  prices.apply("spot", []);
  assert.equal(pair.freshness("book"), "quiet");
});

test("a pair chosen on a line that is already up may be quiet too", () => {
  tell("connection", { pair: "live" });
  pair.choose({ market: "spot", symbol: "ETHUSDT" });
  tell("book", { symbol: "ETHUSDT" });
  clock.advance(60_000);
  prices.apply("spot", []);
  assert.equal(pair.freshness("book"), "quiet");
});

test("a silent book is stale when its own line is not up", () => {
  tell("connection", { pair: "stale" });
  tell("book");
  clock.advance(60_000);
  prices.apply("spot", []);
  assert.equal(pair.freshness("book"), "stale");
});

test("a silent book is stale when trades show that it missed something", () => {
  tell("connection", { pair: "live" });
  tell("book");
  clock.advance(20_000);
  tell("trade");
  prices.apply("spot", []);
  assert.equal(pair.freshness("book"), "stale");
});

test("trades may be rare beside a lively book", () => {
  tell("connection", { pair: "live" });
  tell("trade");
  clock.advance(60_000);
  tell("book");
  prices.apply("spot", []);
  assert.equal(pair.freshness("trade"), "quiet");
});

test("another pair starts empty and takes nothing from the old one", () => {
  tell("book");
  pair.choose({ market: "spot", symbol: "ETHUSDT" });
  tell("book");
  assert.equal(pair.book, null);
  assert.equal(pair.freshness("book"), "stale");
});

test("parts that changed are taken once, and a view is told once", () => {
  let told = 0;
  pair.addEventListener("change", () => told++);
  tell("best");
  tell("best");
  tell("book");
  assert.equal(told, 1);
  assert.deepEqual(pair.takeChanged(), new Set(["best", "book"]));
  assert.deepEqual(pair.takeChanged(), new Set());
});
