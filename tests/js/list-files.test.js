import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readListFile, UnreadableFile, writeJson } from "../../static/js/later/lists/list-files.js";
import { readTradingView, writeTradingView } from "../../static/js/later/lists/tradingview.js";
import { cleanName } from "../../static/js/lib/watch-key.js";

test("TradingView's text is read: sections, spot, perpetuals, dated contracts", () => {
  const text =
    "\uFEFF###MAJORS,BINANCE:BTCUSDT,BINANCE:BTCUSDT.P,binance:ethusdt\r\n" +
    "###Others\n\nBINANCE:BTCUSDTH2027\nBINANCE:ETHUSDTPERP\nBINANCE:币安人生USDT.P\nBINANCE:BTCUSDT_270108";
  assert.deepEqual(readListFile(text), {
    lists: [
      { name: "MAJORS", keys: ["spot:BTCUSDT", "futures:BTCUSDT", "spot:ETHUSDT"] },
      {
        name: "Others",
        keys: [
          "futures:BTCUSDT_270326",
          "futures:ETHUSDT",
          "futures:币安人生USDT",
          "futures:BTCUSDT_270108",
        ],
      },
    ],
    unread: [],
  });
});

test("what is not understood is reported with its place and the reason", () => {
  const text = "BINANCE:BTCUSDT\nKRAKEN:XBTUSD\nhello there\nBINANCE:BTCUSDT\nBINANCE:";
  assert.deepEqual(readTradingView(text), {
    lists: [{ name: "", keys: ["spot:BTCUSDT"] }],
    unread: [
      { number: 2, text: "KRAKEN:XBTUSD", reason: "exchange" },
      { number: 3, text: "hello there", reason: "symbol" },
      { number: 4, text: "BINANCE:BTCUSDT", reason: "repeated" },
      { number: 5, text: "BINANCE:", reason: "symbol" },
    ],
  });
});

test("a dated contract that ends on another day keeps Binance's own name", () => {
  const keys = ["futures:BTCUSDT_270326", "futures:BTCUSDT_270101", "futures:ETHUSDT_261399"];
  const text = writeTradingView([{ name: "Dated", keys }]);
  assert.equal(
    text,
    "###Dated\nBINANCE:BTCUSDTH2027\nBINANCE:BTCUSDT_270101\nBINANCE:ETHUSDT_261399\n",
  );
  assert.deepEqual(readTradingView(text).lists[0]?.keys, keys);
});

/** @param {string} text */
function refusal(text) {
  try {
    readListFile(text);
  } catch (error) {
    if (error instanceof UnreadableFile) return error.reason;
    throw error;
  }
  return "none";
}

test("a file of which nothing can be taken over is refused with the reason", () => {
  assert.equal(refusal("{"), "no_json");
  assert.equal(refusal("[1]"), "no_lists");
  assert.equal(refusal("null"), "no_lists");
  assert.equal(refusal(""), "no_lists");
  assert.equal(refusal("x".repeat(1_000_001)), "too_big");
  const file = { format: "marketdeck-watchlists", version: 2, lists: [] };
  assert.equal(refusal(JSON.stringify(file)), "newer");
  const long = Array.from({ length: 1_001 }, (_, place) => `spot:${place}USDT`);
  assert.equal(refusal(writeJson([{ name: "Long", keys: long }])), "too_many");
  const many = Array.from({ length: 201 }, (_, place) => ({ name: `${place}`, keys: [] }));
  assert.equal(refusal(writeJson(many)), "too_many");
});

test("of damaged JSON what is whole is read, and the rest is reported", () => {
  const file = {
    format: "marketdeck-watchlists",
    version: 1,
    lists: [
      { name: "One", keys: ["spot:BTCUSDT", 7, "bond:X", "spot:BTCUSDT"] },
      { keys: "none" },
      null,
    ],
  };
  assert.deepEqual(readListFile(JSON.stringify(file)), {
    lists: [{ name: "One", keys: ["spot:BTCUSDT"] }],
    unread: [
      { number: 2, text: "7", reason: "symbol" },
      { number: 3, text: "bond:X", reason: "symbol" },
      { number: 4, text: "spot:BTCUSDT", reason: "repeated" },
    ],
  });
});

// --- Properties ---

const base = fc.stringMatching(/^[A-Z0-9]{1,10}$|^[币安人生龙]{1,5}$|^1000[A-Z]{2,6}$/);
const day = fc
  .date({ min: new Date("2026-01-01"), max: new Date("2039-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(2, 10).replaceAll("-", ""));
const key = fc.oneof(
  base.map((name) => `spot:${name}USDT`),
  base.map((name) => `futures:${name}USDT`),
  fc.tuple(base, day).map(([name, digits]) => `futures:${name}USDT_${digits}`),
);
const name = fc.string({ unit: "grapheme", maxLength: 80 }).map(cleanName);
const list = fc.record(
  { name, keys: fc.uniqueArray(key, { maxLength: 30 }) },
  { noNullPrototype: true },
);
const some = fc.array(list, { minLength: 1, maxLength: 8 });
const isSomething = (/** @type {{ name: string, keys: string[] }} */ { name, keys }) =>
  name !== "" || keys.length > 0;

test("lists come back from JSON as they were", () => {
  fc.assert(
    fc.property(some, (lists) => {
      fc.pre(lists.some(isSomething));
      const read = readListFile(writeJson(lists));
      assert.deepEqual(read, { lists: lists.filter(isSomething), unread: [] });
    }),
  );
});

test("lists come back from TradingView's text as they were, but for commas in a name", () => {
  fc.assert(
    fc.property(some, (lists) => {
      const { lists: read, unread } = readTradingView(writeTradingView(lists));
      const expected = lists.map(({ name, keys }) => ({
        name: cleanName(name.replaceAll(",", " ")),
        keys,
      }));
      assert.deepEqual({ read, unread }, { read: expected, unread: [] });
    }),
  );
});

test("no text breaks the reader: each entry is taken over or reported", () => {
  const entry = fc.oneof(fc.string({ unit: "grapheme" }), fc.constant("BINANCE:BTCUSDT"), name);
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const text = entries.join("\n");
      const { lists, unread } = readTradingView(text);
      const count = text
        .split(/[,\r\n]+/)
        .filter((part) => part.trim() && !part.trim().startsWith("###"));
      const taken = lists.reduce((sum, { keys }) => sum + keys.length, 0);
      assert.equal(taken + unread.length, count.length);
    }),
  );
});
