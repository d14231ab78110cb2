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
/** @type {number} */
let lastId;

beforeEach(async () => {
  clock = new FakeClock();
  prices = new PriceBook({ now: clock.now });
  lastId = 0;
  const get = async () => ({ lastId, bids: [], asks: [], limit: 1000 });
  pair = new ChosenPair({ prices, snapshots: { get, waitMs: 0 }, clock, random: () => 0.5 });
  feed = new EventTarget();
  pair.follow(feed);
  pair.choose(BTC);
  await clock.advanceAndSettle(1_000); // until the book is in step
});

/**
 * The newest of its kind: each has the next id.
 *
 * @param {string} type
 * @param {object} [detail]
 */
function tell(type, detail = {}) {
  const previousId = lastId;
  if (type === "book") lastId += 1;
  const ids = { previousId, lastId, updateId: lastId, id: clock.now() };
  const book = { bids: [], asks: [], eventTimeMs: clock.now() };
  const whole = { ...BTC, ...ids, ...book, receivedAtMs: clock.now(), ...detail };
  feed.dispatchEvent(new CustomEvent(type, { detail: whole }));
}

test("parts are live for 10 s after they came", () => {
  tell("book", { bids: [["1", "2"]] });
  assert.deepEqual(pair.book?.levels("bid"), [["1", "2"]]);
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

test("a pair chosen on a line that is already up may be quiet too", async () => {
  tell("connection", { pair: "live" });
  pair.choose({ market: "spot", symbol: "ETHUSDT" });
  await clock.advanceAndSettle(1_000);
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
  assert.equal(pair.book?.lastId, null);
  assert.equal(pair.freshness("book"), "stale");
});

test("a book that has lost a change is stale until it is in step again", async () => {
  tell("book");
  lastId += 1;
  tell("book");
  assert.equal(pair.freshness("book"), "stale");
  assert.equal(pair.book?.cause, "gap");
  await clock.advanceAndSettle(2_000);
  assert.equal(pair.freshness("book"), "live");
});

test("trades that come twice or late are each there once, newest first", () => {
  for (const id of [5, 6, 6, 4, 9, 5]) tell("trade", { id });
  assert.deepEqual(
    pair.trades.map(({ id }) => id),
    [9, 6, 5, 4],
  );
});

test("best prices that come late change nothing", () => {
  tell("best", { updateId: 7, bid: "2" });
  tell("best", { updateId: 6, bid: "1" });
  assert.equal(pair.best?.bid, "2");
});

test("parts that changed are taken once, and a view is told once", () => {
  let told = 0;
  pair.takeChanged();
  pair.addEventListener("change", () => told++);
  tell("best");
  tell("best");
  tell("book");
  assert.equal(told, 1);
  assert.deepEqual(pair.takeChanged(), new Set(["best", "book"]));
  assert.deepEqual(pair.takeChanged(), new Set());
});
