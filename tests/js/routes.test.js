import assert from "node:assert/strict";
import { test } from "node:test";
import { endpoints, pairStreams, routeOf, streamUrl } from "../../static/js/streams/routes.js";
import { ROUTES } from "./support/binance-routes.js";

test("every spot stream lives on the one spot route", () => {
  for (const stream of ["!miniTicker@arr", "btcusdt@depth20@100ms", "btcusdt@aggTrade"]) {
    assert.equal(routeOf(ROUTES.spot, stream), "all");
  }
});

test("futures books and best prices live on /public", () => {
  const streams = ["bookTicker", "depth20@100ms", "depth@100ms", "depth", "rpiDepth@500ms"];
  for (const stream of streams)
    assert.equal(routeOf(ROUTES.futures, `btcusdt@${stream}`), "public");
  assert.equal(routeOf(ROUTES.futures, "!bookTicker"), "public");
});

test("all other futures streams live on /market", () => {
  const streams = ["aggTrade", "markPrice@1s", "kline_1m", "miniTicker", "ticker", "forceOrder"];
  for (const stream of streams)
    assert.equal(routeOf(ROUTES.futures, `btcusdt@${stream}`), "market");
  for (const stream of ["!miniTicker@arr", "!contractInfo", "!forceOrder@arr"]) {
    assert.equal(routeOf(ROUTES.futures, stream), "market");
  }
});

test("a symbol named like a stream does not change its route", () => {
  assert.equal(routeOf(ROUTES.futures, "depthusdt@aggTrade"), "market");
});

test("another table leads elsewhere", () => {
  const moved = {
    fast: { paths: ["/fast"], streams: ["aggTrade"] },
    rest: { paths: ["/"], streams: ["*"] },
  };
  assert.equal(routeOf(moved, "btcusdt@aggTrade"), "fast");
  assert.equal(routeOf(moved, "btcusdt@depth"), "rest");
  assert.throws(() => routeOf({ fast: moved.fast }, "btcusdt@depth"), RangeError);
});

test("stream names are in lower case, whatever the script of the symbol", () => {
  assert.deepEqual(pairStreams("1000SATSUSDT").book, "1000satsusdt@depth@100ms");
  assert.deepEqual(pairStreams("币安人生USDT").best, "币安人生usdt@bookTicker");
});

test("all bases are tried on the split path before any on the silent old one", () => {
  assert.deepEqual(endpoints(["wss://a/", "wss://b"], ROUTES.futures.market?.paths ?? []), [
    "wss://a/market/stream",
    "wss://b/market/stream",
    "wss://a/stream",
    "wss://b/stream",
  ]);
});

test("the address carries the first streams in the combined form", () => {
  const { url } = streamUrl("wss://a/stream", ["!miniTicker@arr", "btcusdt@depth20@100ms"]);
  assert.equal(url, "wss://a/stream?streams=!miniTicker@arr/btcusdt@depth20@100ms");
});

test("a symbol that is not ASCII is encoded in the address", () => {
  const { url } = streamUrl("wss://a/stream", ["币安usdt@aggTrade"]);
  assert.equal(url, "wss://a/stream?streams=%E5%B8%81%E5%AE%89usdt@aggTrade");
});

test("an address never carries more than 50 streams", () => {
  const streams = Array.from({ length: 80 }, (_, index) => `s${index}usdt@miniTicker`);
  assert.equal(streamUrl("wss://a/stream", streams).carried.length, 50);
});
