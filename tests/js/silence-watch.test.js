import assert from "node:assert/strict";
import { test } from "node:test";
import { SilenceWatch } from "../../static/js/streams/silence-watch.js";

const ALL = "!miniTicker@arr";
const BOOK = "btcusdt@depth@100ms";
const TRADE = "btcusdt@aggTrade";

/** @param {string[]} streams */
function watching(...streams) {
  const watch = new SilenceWatch(0);
  watch.follow(new Set(streams), 0);
  return watch;
}

test("an all-market stream that never speaks is dead within 10 s", () => {
  const watch = watching(ALL);
  assert.equal(watch.deadStream(9_000), null);
  assert.equal(watch.deadStream(10_000), ALL);
});

test("an all-market stream that falls silent is dead within 10 s", () => {
  const watch = watching(ALL);
  watch.spoke(ALL, 60_000);
  assert.equal(watch.deadStream(69_000), null);
  assert.equal(watch.deadStream(70_000), ALL);
});

test("a pair's stream may be silent in a quiet market", () => {
  const watch = watching(ALL, TRADE, BOOK);
  watch.spoke(ALL, 99_000);
  watch.spoke(BOOK, 1_000);
  assert.equal(watch.deadStream(100_000), null);
});

test("a pair's stream is dead when there is evidence that it had something to say", () => {
  const watch = watching(ALL, BOOK);
  watch.spoke(ALL, 99_000);
  watch.spoke(BOOK, 1_000);
  watch.expect(BOOK, 96_000);
  assert.equal(watch.deadStream(98_000), null);
  assert.equal(watch.deadStream(99_000), BOOK);
});

test("evidence is forgotten once the stream speaks", () => {
  const watch = watching(ALL, BOOK);
  watch.expect(BOOK, 1_000);
  watch.spoke(BOOK, 1_100);
  watch.spoke(ALL, 99_000);
  assert.equal(watch.deadStream(100_000), null);
});

test("a socket that never said anything is dead even without evidence", () => {
  assert.equal(watching(BOOK, TRADE).deadStream(10_000), BOOK);
});

test("a stream is watched from its own beginning, and no longer than it is wanted", () => {
  const watch = watching(BOOK);
  watch.spoke(BOOK, 1_000);
  watch.follow(new Set([ALL]), 50_000);
  assert.equal(watch.deadStream(59_000), null);
  assert.equal(watch.deadStream(60_000), ALL);
});
