import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CandleHistory } from "../../static/js/later/chart/candle-history.js";
import { LiveCandles } from "../../static/js/later/chart/live-candles.js";
import { FakeClock } from "./support/fake-clock.js";

const MINUTE_MS = 60_000;
const BTC = /** @type {const} */ ({ market: "spot", symbol: "BTCUSDT", interval: "1m" });
const ETH = /** @type {const} */ ({ market: "spot", symbol: "ETHUSDT", interval: "1m" });

/** @type {FakeClock} */
let clock;
/** @type {EventTarget & { status: any }} */
let feed;
/** @type {LiveCandles} */
let candles;
/** @type {string[]} */
let asked;
/** What the server says: rows, or a status. */
/** @type {() => number[][] | number | null} */
let answer;

beforeEach(() => {
  clock = new FakeClock();
  feed = Object.assign(new EventTarget(), { status: { pair: "live" } });
  asked = [];
  answer = () => [row(-2), row(-1), row(0)];
  const history = new CandleHistory(async (url, init) => {
    asked.push(`${String(url).split("/").at(-1)} ${init?.cache}`);
    const said = answer();
    if (said === null) throw new TypeError("no network");
    if (typeof said === "number") {
      return new Response("{}", { status: said, headers: { "Retry-After": "7" } });
    }
    return Response.json({ data: { closed_before: minuteMs(0), candles: said } });
  });
  candles = new LiveCandles({ history, clock, random: () => 0.5 });
  candles.follow(feed);
});

const firstMs = 1_800_000_000_000;

/** @param {number} minute */
const minuteMs = (minute) => firstMs + minute * MINUTE_MS;

/**
 * @param {number} minute
 * @returns {any[]}
 */
function row(minute) {
  const openMs = minuteMs(minute);
  return [openMs, "1", "1", "1", "1", "1", openMs + MINUTE_MS - 1, "1"];
}

/**
 * @param {number} minute
 * @param {object} [more]
 */
function tell(minute, more = {}) {
  const [openMs, open, high, low, close, , closeMs] = row(minute);
  const prices = { open, high, low, close, volume: "2" };
  const detail = { ...BTC, openMs, closeMs, ...prices, isClosed: false, ...more };
  feed.dispatchEvent(new CustomEvent("candle", { detail }));
}

const begins = () => candles.rows.map(({ openMs }) => (openMs - firstMs) / MINUTE_MS);

test("a chosen pair costs one call, and the stream goes on from there", async () => {
  candles.choose(BTC);
  assert.equal(candles.state, "loading");
  await clock.advanceAndSettle(0);
  assert.deepEqual(asked, ["BTCUSDT?interval=1m&limit=499 default"]);
  assert.equal(candles.isLive, true);
  tell(0, { isClosed: true });
  tell(1);
  await clock.advanceAndSettle(30_000);
  assert.deepEqual(begins(), [-2, -1, 0, 1]);
  assert.equal(asked.length, 1);
});

test("a gap is asked for anew, past what the browser keeps, until it is filled", async () => {
  candles.choose(BTC);
  await clock.advanceAndSettle(0);
  tell(2);
  assert.equal(candles.isLive, false);
  await clock.advanceAndSettle(1_500);
  assert.deepEqual(asked.slice(1), ["BTCUSDT?interval=1m&limit=499 no-cache"]);
  answer = () => [row(0), row(1), row(2)];
  await clock.advanceAndSettle(5_000);
  assert.equal(candles.isLive, true);
  assert.deepEqual(begins(), [-2, -1, 0, 1, 2]);
  assert.equal(asked.length, 3);
});

test("a pair without trades gets its candles from the history, asked once for each", async () => {
  candles.choose(BTC);
  await clock.advanceAndSettle(MINUTE_MS + 9_000);
  assert.equal(asked.length, 1);
  await clock.advanceAndSettle(10 * MINUTE_MS);
  assert.equal(asked.length, 2, "it has no newer candle: it may not trade any more");
  answer = () => [row(0), row(12)];
  candles.choose({ ...BTC });
  await clock.advanceAndSettle(10 * MINUTE_MS);
  assert.equal(asked.length, 2);
});

test("when Binance gives none it says so, waits as long as it is told, and keeps what comes", async () => {
  answer = () => 503;
  candles.choose(BTC);
  await clock.advanceAndSettle(0);
  assert.equal(candles.state, "unavailable");
  tell(0);
  assert.deepEqual(begins(), [0]);
  assert.equal(candles.isLive, true);
  await clock.advanceAndSettle(6_900);
  assert.equal(asked.length, 1);
  answer = () => [row(-1), row(0)];
  await clock.advanceAndSettle(2_500);
  assert.equal(candles.state, "joined");
  assert.deepEqual(begins(), [-1, 0]);
});

test("a server that is away is asked again, less and less often", async () => {
  answer = () => null;
  candles.choose(BTC);
  await clock.advanceAndSettle(120_000);
  assert.equal(candles.state, "away");
  assert.ok(asked.length > 5 && asked.length < 20, `${asked.length} calls`);
});

test("a pair that was just listed has no candles, and gets the first with the stream", async () => {
  answer = () => [];
  candles.choose(BTC);
  await clock.advanceAndSettle(0);
  assert.equal(candles.state, "empty");
  tell(0);
  assert.deepEqual(begins(), [0]);
});

test("another pair's candles and a late answer change nothing", async () => {
  candles.choose(BTC);
  candles.choose(ETH);
  tell(5);
  await clock.advanceAndSettle(0);
  assert.deepEqual(
    asked.map((call) => call.slice(0, 7)),
    ["BTCUSDT", "ETHUSDT"],
  );
  assert.deepEqual(begins(), [-2, -1, 0]);
  assert.equal(candles.hasGap, false);
});

test("nothing is asked for while nobody looks, and what was missed is when somebody does", async () => {
  candles.choose(BTC);
  await clock.advanceAndSettle(0);
  candles.pause();
  await clock.advanceAndSettle(30 * MINUTE_MS);
  assert.equal(asked.length, 1);
  candles.resume();
  await clock.advanceAndSettle(0);
  assert.equal(asked.length, 2);
});

test("they are live only while the pair's lines are", async () => {
  candles.choose(BTC);
  await clock.advanceAndSettle(0);
  feed.dispatchEvent(new CustomEvent("connection", { detail: { pair: "stale" } }));
  assert.equal(candles.isLive, false);
  feed.dispatchEvent(new CustomEvent("connection", { detail: { pair: "live" } }));
  assert.equal(candles.isLive, true);
});

test("closed, they leave no timer behind and listen no more", async () => {
  candles.choose(BTC);
  await clock.advanceAndSettle(0);
  candles.close();
  tell(0, { volume: "9" });
  await clock.advanceAndSettle(5_000);
  assert.equal(clock.pending, 0);
  assert.equal(candles.rows.at(-1)?.volume, "1");
});

test("an answer that is no history is none", async () => {
  for (const broken of [[["x"]], [[1, 2, 3]]]) {
    answer = () => /** @type {any} */ (broken);
    candles.choose({ ...BTC, symbol: `${broken}` });
    await clock.advanceAndSettle(0);
    assert.equal(candles.state, "unavailable");
  }
});
