import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { readBest, readDiff, readTickers, readTrade } from "../../static/js/streams/payloads.js";
import { miniTicker } from "./support/rows.js";

const RECORDED = fileURLToPath(new URL("../../../shared/recorded/ws/samples", import.meta.url));

test("a mini ticker keeps its strings as they are", () => {
  const read = readTickers([miniTicker("BTCUSDT", "64117.99000000")]);
  assert.equal(read?.tickers[0]?.last, "64117.99000000");
  assert.equal(read?.tickers[0]?.quoteVolume, "500");
});

test("coin-margined contracts are left out of the futures stream, quietly", () => {
  const rows = [miniTicker("BTCUSDT", "1", { st: 1 }), miniTicker("BTCUSD_PERP", "1", { st: 2 })];
  const read = readTickers(rows);
  assert.deepEqual(
    read?.tickers.map(({ symbol }) => symbol),
    ["BTCUSDT"],
  );
  assert.equal(read?.unreadable, 0);
});

test("one broken row costs one row, not the message", () => {
  const broken = [
    null,
    {},
    miniTicker("A", "NaN"),
    miniTicker("", "1"),
    { ...miniTicker("B", "1"), c: 1 },
  ];
  const read = readTickers([...broken, miniTicker("C", "1")]);
  assert.equal(read?.tickers.length, 1);
  assert.equal(read?.unreadable, 5);
});

test("best prices need no event name, since spot sends none", () => {
  const best = readBest({ u: 1, s: "BTCUSDT", b: "1.0", B: "2", a: "1.1", A: "3" });
  assert.deepEqual(best, {
    bid: "1.0",
    bidQuantity: "2",
    ask: "1.1",
    askQuantity: "3",
    updateId: 1,
    eventTimeMs: null,
  });
});

test("a trade tells its id, price, quantity, times and side", () => {
  const trade = readTrade({ e: "aggTrade", E: 4, a: 9, p: "1", q: "2", T: 3, m: true });
  const times = { timeMs: 3, eventTimeMs: 4 };
  assert.deepEqual(trade, { id: 9, price: "1", quantity: "2", buyerIsMaker: true, ...times });
});

test("a change of the book names the one before it, on spot and on futures", () => {
  const levels = { b: [["1", "2"]], a: [["3", "4"]] };
  const content = { bids: levels.b, asks: levels.a, eventTimeMs: 8, lastId: 7 };
  assert.deepEqual(readDiff({ E: 8, U: 5, u: 7, ...levels }), { previousId: 4, ...content });
  assert.deepEqual(readDiff({ E: 8, U: 5, u: 7, pu: 2, ...levels }), { previousId: 2, ...content });
});

test("a change with a level or an id that is not exact is refused whole", () => {
  const whole = { E: 1, U: 2, u: 3, b: [], a: [] };
  assert.ok(readDiff(whole));
  for (const wrong of [
    { b: [["1", 2]] },
    { b: [["1"]] },
    { b: {} },
    { a: [["1e3", "1"]] },
    { u: 2 ** 53 },
    { U: null },
    { E: "1" },
  ]) {
    assert.equal(readDiff({ ...whole, ...wrong }), null, JSON.stringify(wrong));
  }
});

test("no payload, however odd, throws", () => {
  const odd = fc.oneof(fc.object(), fc.array(fc.anything()));
  fc.assert(
    fc.property(odd, (data) => {
      readTickers(data);
      readBest(data);
      readTrade(data);
      readDiff(data);
    }),
  );
});

test("every frame recorded from Binance, where they are present, is read", () => {
  for (const payload of recordedPayloads()) {
    assert.ok(isRead(payload), JSON.stringify(payload));
  }
});

/** @param {any} payload */
function isRead(payload) {
  if (payload.e === "24hrMiniTicker") return readTickers([payload])?.unreadable === 0;
  if (payload.e === "aggTrade") return readTrade(payload) !== null;
  if (payload.e === "depthUpdate") return readDiff(payload) !== null;
  return payload.e === "bookTicker" ? readBest(payload) !== null : true;
}

/** @returns {any[]} */
function recordedPayloads() {
  if (!existsSync(RECORDED)) return [];
  const files = readdirSync(RECORDED).filter((name) => name.endsWith(".jsonl"));
  const lines = files.flatMap((name) => readFileSync(`${RECORDED}/${name}`, "utf8").split("\n"));
  const messages = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  return messages.flatMap((message) => message.data ?? message);
}
