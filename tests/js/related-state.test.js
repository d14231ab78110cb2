import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { RelatedState } from "../../static/js/later/related/related-state.js";
import { PriceBook } from "../../static/js/state/prices.js";
import { FakeClock } from "./support/fake-clock.js";
import { ticker } from "./support/rows.js";

/** @type {FakeClock} */
let clock;
/** @type {PriceBook} */
let prices;
/** @type {EventTarget} */
let feed;
/** @type {RelatedState} */
let state;
/** @type {import("../../static/js/later/related/related-state.js").KnownPair} */
let spot;
/** @type {import("../../static/js/later/related/related-state.js").KnownPair} */
let perpetual;

beforeEach(() => {
  clock = new FakeClock();
  prices = new PriceBook({ now: clock.now });
  feed = new EventTarget();
  state = new RelatedState({ prices, now: clock.now });
  state.follow(feed);
  const pair = { symbol: "ABCUSDT", hasSessions: false, last: "1", asOfMs: clock.now() - 60_000 };
  spot = { ...pair, market: "spot", isPerpetual: false };
  perpetual = { ...pair, market: "futures", isPerpetual: true };
  state.choose([spot, perpetual]);
});

/** @param {string} type @param {object} detail */
const tell = (type, detail) => feed.dispatchEvent(new CustomEvent(type, { detail }));

/** @param {"spot" | "futures"} market @param {string} symbol @param {string} last */
function tick(market, symbol, last) {
  tell("related", { market, part: "ticker", ...ticker(symbol, last), receivedAtMs: clock.now() });
}

/** @param {object} [more] */
function mark(more) {
  const content = {
    symbol: "ABCUSDT",
    mark: "2",
    index: "3",
    fundingRate: "0.0001",
    nextFundingMs: 9,
  };
  const times = { eventTimeMs: clock.now(), receivedAtMs: clock.now() };
  tell("related", { market: "futures", part: "mark", ...content, ...times, ...more });
}

test("until something comes the page's own price stands there, stale", () => {
  assert.deepEqual(state.lastOf(spot), { last: "1", asOfMs: clock.now() - 60_000 });
  assert.equal(state.freshness(spot), "stale");
});

test("the newest price counts, from whichever stream it came", () => {
  tick("spot", "ABCUSDT", "2");
  clock.advance(1_000);
  prices.apply("spot", [ticker("ABCUSDT", "3")]);
  assert.equal(state.lastOf(spot).last, "3");
  clock.advance(1_000);
  tick("spot", "ABCUSDT", "4");
  assert.equal(state.lastOf(spot).last, "4");
  assert.equal(state.freshness(spot), "live");
});

test("a silent pair is quiet while another proves that the line is up", () => {
  tick("spot", "ABCUSDT", "2");
  for (let second = 0; second < 30; second++) {
    clock.advance(1_000);
    tick("spot", "BTCUSDT", "5");
  }
  assert.equal(state.freshness(spot), "quiet");
  clock.advance(11_000);
  assert.equal(state.freshness(spot), "stale");
});

test("a line that was down may have missed something", () => {
  tick("spot", "ABCUSDT", "2");
  clock.advance(11_000);
  tick("spot", "BTCUSDT", "5");
  assert.equal(state.freshness(spot), "stale");
  tick("spot", "ABCUSDT", "2");
  clock.advance(5_000);
  tell("connection", { related: "connecting" });
  tick("spot", "BTCUSDT", "5");
  clock.advance(6_000);
  assert.equal(state.freshness(spot), "stale");
});

test("mark and index are live for 10 s, and a late one changes nothing", () => {
  assert.equal(state.markFreshness, "stale");
  mark();
  mark({ mark: "1", eventTimeMs: clock.now() - 1_000 });
  assert.equal(state.mark?.mark, "2");
  clock.advance(10_000);
  assert.equal(state.markFreshness, "live");
  clock.advance(1);
  assert.equal(state.markFreshness, "stale");
});

test("another pair starts with nothing of the old one", () => {
  mark();
  tick("futures", "ABCUSDT", "2");
  const other = { ...perpetual, symbol: "XYZUSDT" };
  state.choose([other]);
  mark();
  assert.equal(state.mark, null);
  assert.deepEqual(state.lastOf(perpetual).last, "1");
});

test("the exchange's clock is known from its events when nobody has compared it", () => {
  assert.equal(state.exchangeAheadMs, 0);
  mark({ eventTimeMs: clock.now() + 3_600_000 - 400 });
  mark({ eventTimeMs: clock.now() + 3_600_000 - 900 });
  assert.equal(state.exchangeAheadMs, 3_600_000 - 400);
});

test("a session is told while its stream speaks", () => {
  const session = { underlying: "EQUITY", type: "REGULAR", startMs: 1, endMs: 2 };
  tell("related", { market: "futures", part: "session", ...session, receivedAtMs: clock.now() });
  assert.equal(state.session("EQUITY")?.type, "REGULAR");
  assert.equal(state.session("FX"), null);
  clock.advance(11_000);
  assert.equal(state.session("EQUITY"), null);
});
