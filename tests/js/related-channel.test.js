import assert from "node:assert/strict";
import { test } from "node:test";
import { readMark, readSession } from "../../static/js/streams/payloads.js";
import { RelatedChannel } from "../../static/js/streams/related-channel.js";
import { SilenceWatch } from "../../static/js/streams/silence-watch.js";
import { miniTicker } from "./support/rows.js";

const NONE = /** @type {Set<"spot" | "futures">} */ (new Set());
const MARK = {
  e: "markPriceUpdate",
  E: 1,
  s: "XAUUSDT",
  p: "2.50",
  i: "2.4",
  r: "-0.0001",
  T: 9,
  st: 1,
};
const SESSION = { e: "CommodityUpdate", E: 1, t: 2, T: 3, S: "NO_TRADING" };

const channel = new RelatedChannel([
  { market: "spot", symbol: "ABCUSDT", isPerpetual: false, hasSessions: false },
  { market: "futures", symbol: "ABCUSDT", isPerpetual: true, hasSessions: true },
  { market: "futures", symbol: "ABCUSDT_261225", isPerpetual: false, hasSessions: false },
]);

test("each pair has its own ticker, a perpetual its mark price, and spot a heartbeat", () => {
  assert.deepEqual(
    channel.streams(NONE).map((pair) => pair.join("/")),
    [
      "spot/abcusdt@miniTicker",
      "spot/btcusdt@miniTicker",
      "futures/abcusdt@miniTicker",
      "futures/abcusdt@markPrice@1s",
      "futures/tradingSession",
      "futures/abcusdt_261225@miniTicker",
    ],
  );
});

test("a market whose tickers come anyway adds only what they do not tell", () => {
  const both = channel.streams(new Set(/** @type {const} */ (["spot", "futures"])));
  assert.deepEqual(both, [
    ["futures", "abcusdt@markPrice@1s"],
    ["futures", "tradingSession"],
  ]);
});

test("messages are read as what their stream is, and others are left to others", () => {
  const { last, part } = /** @type {any} */ (
    channel.read("spot", "abcusdt@miniTicker", miniTicker("ABCUSDT", "7"))
  );
  assert.deepEqual([part, last], ["ticker", "7"]);
  assert.equal(channel.read("spot", "abcusdt@miniTicker", { c: "NaN" }), null);
  assert.equal(channel.read("spot", "abcusdt@markPrice@1s", MARK), undefined);
  assert.equal(channel.read("futures", "abcusdt@depth@100ms", {}), undefined);
});

test("a mark price keeps its strings; what is no perpetual's is not understood", () => {
  assert.deepEqual(readMark(MARK), {
    symbol: "XAUUSDT",
    mark: "2.50",
    index: "2.4",
    fundingRate: "-0.0001",
    nextFundingMs: 9,
    eventTimeMs: 1,
  });
  for (const broken of [{ ...MARK, r: "" }, { ...MARK, T: "9" }, {}, null]) {
    assert.equal(readMark(broken), null);
  }
});

test("a session is of the market that its event names, a new market's too", () => {
  const content = { type: "NO_TRADING", startMs: 2, endMs: 3 };
  assert.deepEqual(readSession(SESSION), { underlying: "COMMODITY", ...content });
  const korean = { ...SESSION, e: "KR_EquityUpdate" };
  assert.deepEqual(readSession(korean), { underlying: "KR_EQUITY", ...content });
  for (const broken of [{ ...SESSION, e: "trade" }, { ...SESSION, S: 1 }, { e: 5 }, null]) {
    assert.equal(readSession(broken), null);
  }
});

test("a mark price is owed each second; opening hours are once they have been told", () => {
  const watch = new SilenceWatch(0);
  const all = "!miniTicker@arr";
  watch.follow(new Set([all, "abcusdt@markPrice@1s", "tradingSession"]), 0);
  watch.spoke("abcusdt@markPrice@1s", 1_000);
  watch.spoke(all, 9_900);
  assert.equal(watch.deadStream(10_000), null);
  watch.spoke(all, 11_900);
  assert.equal(watch.deadStream(12_000), "abcusdt@markPrice@1s");
  watch.spoke("abcusdt@markPrice@1s", 12_000);
  watch.spoke("tradingSession", 12_000);
  watch.spoke(all, 21_900);
  watch.spoke("abcusdt@markPrice@1s", 21_900);
  assert.equal(watch.deadStream(22_000), "tradingSession");
});
