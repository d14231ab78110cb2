/** @import { AlertWish, Firing } from "../../static/js/later/alerts/alerts.js" */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { Alerts } from "../../static/js/later/alerts/alerts.js";
import { AlertHistory } from "../../static/js/later/alerts/history.js";
import { Ledger } from "../../static/js/later/alerts/ledger.js";
import { AlertWatch } from "../../static/js/later/alerts/watch.js";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { FakeClock } from "./support/fake-clock.js";
import { ticker } from "./support/rows.js";
import { memoryStorage } from "./support/storage.js";

const MINUTE_MS = 60_000;

/** A feed that a test speaks for. */
class FakeFeed extends EventTarget {
  /** @type {unknown[]} */
  watched = [];

  /** @param {unknown[]} figures */
  watch(figures) {
    this.watched = figures;
  }
}

/** @type {FakeClock} */
let clock;
/** @type {ReturnType<typeof memoryStorage>} */
let shared;
/** @type {FakeFeed} */
let feed;
/** @type {[openMs: number, open: string, high: string, low: string][] | null} candles of a minute */
let candles;
/** @type {string[]} */
let asked;
/** @type {{ symbol: string, firing: Firing }[]} */
let fired;

beforeEach(() => {
  clock = new FakeClock();
  clock.jump(-(clock.now() % MINUTE_MS));
  shared = memoryStorage();
  feed = new FakeFeed();
  candles = [];
  asked = [];
  fired = [];
});

/** A tab with alerts at work. */
function open() {
  const storage = new SafeStorage(() => shared);
  const alerts = new Alerts({ storage, now: clock.now });
  const history = new AlertHistory({ fetch: answer, now: clock.now });
  const ledger = new Ledger(storage);
  const watch = new AlertWatch({ alerts, feed: /** @type {any} */ (feed), ledger, history, clock });
  watch.addEventListener("fired", (event) => {
    const { alert, firing } = /** @type {CustomEvent} */ (event).detail;
    fired.push({ symbol: alert.symbol, firing });
  });
  watch.start();
  return { alerts, watch };
}

/** @param {RequestInfo | URL} url */
async function answer(url) {
  asked.push(String(url));
  if (candles === null) throw new TypeError("no server");
  return Response.json({ data: { candles } });
}

/**
 * @param {Partial<AlertWish>} [changes]
 * @returns {AlertWish}
 */
function wish(changes) {
  const pair = { symbol: "BTCUSDT", base: "BTC", quote: "USDT", tickSize: "0.01" };
  const rule = { threshold: "100", windowMs: 0, repeats: false, note: "" };
  return { market: "spot", kind: "price", direction: "above", ...pair, ...rule, ...changes };
}

/** @param {string} last @param {object} [more] */
function tick(last, more) {
  const tickers = [{ ...ticker("BTCUSDT", last), ...more }];
  feed.dispatchEvent(new CustomEvent("tickers", { detail: { market: "spot", tickers } }));
}

function pulse() {
  const detail = { market: "spot", parts: ["ticker", "best"] };
  feed.dispatchEvent(new CustomEvent("pulse", { detail }));
}

/** @param {number} ms of a line that is alive */
function live(ms) {
  for (let passed = 0; passed < ms; passed += 5_000) {
    clock.advance(5_000);
    pulse();
  }
}

const settle = () => clock.advanceAndSettle(0);

test("an alert fires once when its price is reached, with the price", () => {
  const { alerts } = open();
  alerts.add(wish());
  assert.deepEqual(feed.watched, [{ market: "spot", symbol: "BTCUSDT", part: "ticker" }]);
  for (const last of ["99.99", "100.00", "101", "99", "102"]) tick(last);
  assert.deepEqual(
    fired.map(({ firing }) => [firing.value, firing.how]),
    [["100.00", "seen"]],
  );
  assert.deepEqual(feed.watched, [], "it has done its work");
});

test("a price that leaps over the level and back between two tickers is known by the day's high", () => {
  const { alerts } = open();
  alerts.add(wish());
  tick("98", { high: "99" });
  tick("98.5", { high: "100.4" });
  assert.deepEqual(
    fired.map(({ firing }) => [firing.value, firing.how]),
    [["100.4", "touched"]],
  );
});

test("a high that was there before proves nothing", () => {
  const { alerts } = open();
  alerts.add(wish());
  tick("98", { high: "110" });
  tick("98.5", { high: "110" });
  assert.equal(fired.length, 0);
});

test("what nobody watched is kept as a gap, a quiet line that is alive is none", () => {
  const { alerts } = open();
  alerts.add(wish());
  tick("98");
  live(120_000);
  assert.deepEqual(alerts.all[0]?.gaps, []);
  const fromMs = clock.now();
  clock.jump(29 * MINUTE_MS);
  pulse();
  assert.deepEqual(alerts.all[0]?.gaps, [[fromMs, clock.now()]]);
});

test("a later page tells what was not watched between it and the one before", () => {
  const before = open();
  before.alerts.add(wish());
  tick("98");
  live(10_000);
  before.watch.stop();
  const fromMs = clock.now();
  clock.jump(31 * MINUTE_MS);
  const { alerts } = open();
  tick("98");
  assert.deepEqual(alerts.all[0]?.gaps, [[fromMs, clock.now()]]);
});

test("a crossing while nobody watched is told with the minute in which a candle shows it", async () => {
  const { alerts } = open();
  alerts.add(wish());
  tick("98");
  live(MINUTE_MS);
  const fromMs = clock.now();
  clock.jump(10 * MINUTE_MS);
  candles = [0, 1, 2, 3, 4].map((minute) => [
    fromMs + minute * MINUTE_MS,
    "98",
    minute === 3 ? "100.5" : "99",
    "97",
  ]);
  tick("98");
  await settle();
  assert.deepEqual(
    fired.map(({ firing }) => firing),
    [
      {
        atMs: clock.now(),
        how: "missed",
        fromMs: fromMs + 3 * MINUTE_MS,
        toMs: fromMs + 4 * MINUTE_MS,
        value: "100.5",
      },
    ],
  );
});

test("without candles a price beyond its level is told as crossed within the gap", async () => {
  candles = null;
  const { alerts } = open();
  alerts.add(wish());
  tick("98");
  const fromMs = clock.now();
  clock.jump(20 * MINUTE_MS);
  tick("103");
  tick("104");
  assert.equal(fired.length, 0, "the candles may tell more");
  await settle();
  const toMs = clock.now();
  assert.deepEqual(
    fired.map(({ firing }) => firing),
    [{ atMs: toMs, value: "103", how: "missed", fromMs, toMs }],
  );
});

test("a price that crosses after the gap is told as seen, although the candles are still asked", async () => {
  const { alerts } = open();
  alerts.add(wish());
  tick("98");
  clock.jump(20 * MINUTE_MS);
  tick("99");
  tick("100");
  await settle();
  assert.deepEqual(
    fired.map(({ firing }) => firing.how),
    ["seen"],
  );
});

test("candles that show no crossing clear the gap once its last minute is whole", async () => {
  const { alerts } = open();
  alerts.add(wish());
  clock.advance(MINUTE_MS);
  tick("98");
  clock.jump(5 * MINUTE_MS);
  candles = [[clock.now() - 6 * MINUTE_MS, "98", "99", "97"]];
  tick("98");
  await settle();
  assert.equal(alerts.all[0]?.gaps.at(-1)?.[2], undefined, "its last minute is not over");
  await clock.advanceAndSettle(64_000);
  assert.deepEqual(
    alerts.all[0]?.gaps.map(([, , verdict]) => verdict),
    ["clear", "clear"],
  );
  assert.equal(fired.length, 0);
});

test("the candle in which the alert was made proves nothing, and is no clearance either", async () => {
  clock.advance(20_000);
  const { alerts } = open();
  alerts.add(wish());
  tick("98");
  const madeMs = clock.now();
  clock.jump(30_000);
  candles = [[madeMs - 20_000, "101", "101", "97"]];
  tick("98");
  await settle();
  await clock.advanceAndSettle(64_000);
  assert.equal(fired.length, 0);
  assert.equal(alerts.all[0]?.gaps[0]?.[2], undefined);
});

test("a repeating alert is armed again by a price that has gone back", () => {
  const { alerts } = open();
  alerts.add(wish({ repeats: true }));
  for (const last of ["100", "99.95", "100", "99.9", "100.1"]) tick(last);
  assert.deepEqual(
    fired.map(({ firing }) => firing.value),
    ["100", "100.1"],
  );
});

test("two tabs at work on one store fire once", () => {
  const { alerts } = open();
  alerts.add(wish());
  open();
  tick("99");
  tick("101");
  assert.equal(fired.length, 1);
});

test("a move of a short window begins with the candles' prices and is not watched before", async () => {
  candles = Array.from({ length: 7 }, (_, minute) => [
    clock.now() - (6 - minute) * MINUTE_MS,
    "200",
    "200",
    "200",
  ]);
  const { alerts } = open();
  alerts.add(wish({ kind: "move", threshold: "5", windowMs: 5 * MINUTE_MS }));
  tick("209");
  assert.equal(fired.length, 0);
  await settle();
  assert.match(asked[0] ?? "", /klines\/spot\/BTCUSDT\?interval=1m&limit=7/);
  tick("209.99");
  assert.equal(fired.length, 0);
  tick("210");
  assert.deepEqual(
    fired.map(({ firing }) => firing.value),
    ["5"],
  );
});

test("a move of a day is measured against the ticker's own price of then", () => {
  const { alerts } = open();
  alerts.add(
    wish({ kind: "move", direction: "below", threshold: "5", windowMs: 24 * 60 * MINUTE_MS }),
  );
  tick("95.01", { open: "100" });
  tick("95", { open: "100" });
  assert.deepEqual(
    fired.map(({ firing }) => firing.value),
    ["-5"],
  );
});

test("a spread alert watches the best prices", () => {
  const { alerts } = open();
  alerts.add(wish({ kind: "spread", threshold: "10" }));
  assert.deepEqual(feed.watched, [{ market: "spot", symbol: "BTCUSDT", part: "best" }]);
  const best = { market: "spot", symbol: "BTCUSDT", part: "best", bid: "99.95" };
  for (const ask of ["100.04", "100.05"]) {
    feed.dispatchEvent(new CustomEvent("watched", { detail: { ...best, ask } }));
  }
  assert.deepEqual(
    fired.map(({ firing }) => firing.value),
    ["10"],
  );
});

test("the gaps are those of a naive reading of the times at which data came", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (seconds) => {
      shared = memoryStorage();
      feed = new FakeFeed();
      const { alerts, watch } = open();
      alerts.add(wish());
      /** @type {[number, number][]} */
      const expected = [];
      for (const wait of seconds) {
        const fromMs = clock.now();
        clock.advance(wait * 1_000);
        pulse();
        if (wait > 10) expected.push([fromMs, clock.now()]);
      }
      assert.deepEqual(
        alerts.all[0]?.gaps.map(([fromMs, toMs]) => [fromMs, toMs]),
        expected,
      );
      watch.stop();
    }),
    { numRuns: 40 },
  );
});

test("stopping leaves no timer and no stream", async () => {
  const { alerts, watch } = open();
  alerts.add(wish());
  tick("98");
  clock.jump(MINUTE_MS);
  tick("98");
  await settle();
  watch.stop();
  assert.deepEqual([clock.pending, feed.watched], [0, []]);
});

test("a price that is at its level is told itself, also when it is the day's high", () => {
  const { alerts } = open();
  alerts.add(wish());
  tick("98", { high: "99" });
  tick("100.2", { high: "100.4" });
  assert.deepEqual(
    fired.map(({ firing }) => [firing.value, firing.how]),
    [["100.2", "seen"]],
  );
});
