/** @import { Market } from "../../static/js/streams/routes.js" */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { LastKnown } from "../../static/js/state/last-known.js";
import { PriceBook } from "../../static/js/state/prices.js";
import { FakeClock } from "./support/fake-clock.js";
import { ticker } from "./support/rows.js";
import { memoryStorage } from "./support/storage.js";

const KEY = "marketdeck:last-known:v1";
const DAY_MS = 86_400_000;

/** @type {FakeClock} */
let clock;
/** @type {ReturnType<typeof memoryStorage>} */
let storage;

beforeEach(() => {
  clock = new FakeClock();
  storage = memoryStorage();
});

/** A page of this browser: what it knows, and what it keeps. */
function open() {
  const prices = new PriceBook({ now: clock.now });
  const lastKnown = new LastKnown(new SafeStorage(() => storage), prices, clock.now);
  lastKnown.restore();
  return { prices, lastKnown };
}

/** @param {Record<string, string>} lasts of spot symbols that a page saw and kept */
function keep(lasts) {
  const { prices, lastKnown } = open();
  const tickers = Object.entries(lasts).map(([symbol, last]) => ticker(symbol, last));
  prices.apply("spot", tickers);
  lastKnown.save();
}

test("a later page has the last prices as the same strings, stale and with their age", () => {
  keep({ BTCUSDT: "86495.60000000" });
  const seenMs = clock.now();
  clock.advance(300_000);
  const { prices } = open();
  assert.equal(prices.get("spot", "BTCUSDT")?.last, "86495.60000000");
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  assert.equal(prices.asOfMs("spot"), seenMs);
  assert.equal(prices.asOfMs("futures"), null);
});

test("prices of a moment ago are stale too until they tick", () => {
  keep({ BTCUSDT: "1" });
  clock.advance(2_000);
  const { prices } = open();
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  prices.apply("spot", [ticker("ETHUSDT", "5")]);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "stale");
  prices.apply("spot", [ticker("BTCUSDT", "2")]);
  assert.equal(prices.freshness("spot", "BTCUSDT"), "live");
});

test("what a page never showed, or gave up for a newer paint, stays kept", () => {
  keep({ BTCUSDT: "1", ETHUSDT: "5" });
  clock.advance(60_000);
  const { prices, lastKnown } = open();
  prices.vouch("spot", clock.now());
  prices.apply("spot", [ticker("BTCUSDT", "2")]);
  lastKnown.save();
  const later = open().prices;
  assert.equal(later.get("spot", "BTCUSDT")?.last, "2");
  assert.equal(later.get("spot", "ETHUSDT")?.last, "5");
});

test("a tab that saw less does not overwrite what another saw later", () => {
  const idle = open();
  idle.prices.apply("spot", [ticker("BTCUSDT", "1")]);
  clock.advance(5_000);
  keep({ BTCUSDT: "2" });
  idle.lastKnown.save();
  assert.equal(open().prices.get("spot", "BTCUSDT")?.last, "2");
});

test("a page that has learnt nothing new writes nothing", () => {
  keep({ BTCUSDT: "1" });
  const { prices, lastKnown } = open();
  prices.apply("spot", [ticker("BTCUSDT", "2")]);
  lastKnown.save();
  storage.values.clear();
  lastKnown.save();
  assert.equal(storage.values.size, 0);
});

test("after a week a price is forgotten", () => {
  keep({ GONEUSDT: "1" });
  clock.advance(8 * DAY_MS);
  keep({ BTCUSDT: "2" });
  const { prices } = open();
  assert.equal(prices.get("spot", "GONEUSDT"), undefined);
  assert.equal(prices.get("spot", "BTCUSDT")?.last, "2");
});

test("a price from the future, kept before the clock was set back, is not believed", () => {
  keep({ BTCUSDT: "1" });
  clock.jump(-3_600_000);
  assert.equal(open().prices.get("spot", "BTCUSDT"), undefined);
});

test("one pair's earlier price can be read without giving it to the page", () => {
  keep({ BTCUSDT: "1" });
  const prices = new PriceBook({ now: clock.now });
  const lastKnown = new LastKnown(new SafeStorage(() => storage), prices, clock.now);
  assert.equal(lastKnown.earlier("spot:BTCUSDT")?.last, "1");
  assert.equal(lastKnown.earlier("futures:BTCUSDT"), null);
  assert.deepEqual(prices.all(), []);
  clock.advance(8 * DAY_MS);
  assert.equal(lastKnown.earlier("spot:BTCUSDT"), null);
  clock.jump(-9 * DAY_MS);
  assert.equal(lastKnown.earlier("spot:BTCUSDT"), null);
});

test("a damaged store gives no price, and a damaged row costs only itself", () => {
  keep({ BTCUSDT: "1", ETHUSDT: "5" });
  const kept = JSON.parse(storage.getItem(KEY) ?? "");
  for (const damage of ["{", "null", '"x"', "[[]]", '{"spot:BTCUSDT":7}', '{"spot:":[]}']) {
    storage.setItem(KEY, damage);
    assert.deepEqual(open().prices.all(), [], damage);
  }
  const damages = [
    { at: 0, value: null },
    { at: 0, value: 1.5 },
    { at: 1, value: "1" },
    { at: 2, value: "NaN" },
    { at: 7, value: 1.5 },
    { at: 8, value: "1" },
  ];
  for (const { at, value } of damages) {
    const damaged = [...kept["spot:BTCUSDT"]];
    damaged[at] = value;
    storage.setItem(KEY, JSON.stringify({ ...kept, "spot:BTCUSDT": damaged }));
    const { prices, lastKnown } = open();
    assert.equal(prices.get("spot", "BTCUSDT"), undefined, `${at}: ${value}`);
    assert.equal(prices.get("spot", "ETHUSDT")?.last, "5");
    prices.apply("spot", [ticker("BTCUSDT", "2")]);
    lastKnown.save();
    assert.equal(open().prices.get("spot", "BTCUSDT")?.last, "2");
  }
});

test("all of both markets fits well into the browser's store", () => {
  const { prices, lastKnown } = open();
  for (const market of /** @type {Market[]} */ (["spot", "futures"])) {
    const names = Array.from({ length: 500 }, (_, number) => `SYMBOL${number}USDT`);
    prices.apply(
      market,
      names.map((name) => ticker(name, "86495.60000000")),
    );
  }
  lastKnown.save();
  assert.ok((storage.getItem(KEY)?.length ?? 0) < 200_000);
});
