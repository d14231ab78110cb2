import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "../../static/js/lib/fold.js";
import { isolated } from "../../static/js/lib/isolate.js";
import { arrange } from "../../static/js/views/arrange.js";
import { Query } from "../../static/js/views/query.js";

const ROWS = ["ΣΟΦΟΣ", "BTC", "سوق", "CAFE\u0301", "می\u200cخواهم", "1INCH"].map((baseAsset) => ({
  symbol: `${baseAsset}USDT`,
  baseAsset,
  quoteAsset: "USDT",
  status: "TRADING",
}));

/** @param {string} params */
const shown = (params) =>
  arrange(ROWS, new Query(new URLSearchParams(params)), () => undefined).shown.map(
    ({ baseAsset }) => baseAsset,
  );

test("a name is found in any way of typing it", () => {
  for (const [typed, found] of [
    ["ＢＴＣ", "BTC"],
    ["σοφος", "ΣΟΦΟΣ"],
    ["café", "CAFE\u0301"],
    ["\u2067سوق\u2069", "سوق"],
    ["میخواهم", "می\u200cخواهم"],
  ]) {
    assert.deepEqual(shown(`q=${encodeURIComponent(String(typed))}`), [found], typed);
  }
});

test("symbols are sorted by their folded name: digits, Latin, then the other scripts", () => {
  const names = ["1INCH", "BTC", "CAFE\u0301", "ΣΟΦΟΣ", "سوق", "می\u200cخواهم"];
  assert.deepEqual(shown("sort=symbol&dir=asc"), names);
});

test("a capital I with its dot is an i, as a Turkish keyboard writes it", () => {
  assert.equal(fold("BİT"), fold("bit"));
});

test("a name from right to left is isolated in plain text and others are not", () => {
  assert.equal(isolated("سوقUSDT"), "\u2068سوقUSDT\u2069");
  assert.equal(isolated("BTCUSDT"), "BTCUSDT");
});

test("a copied address is read without the marks of direction that came along", () => {
  const pair = encodeURIComponent("\u200fسوقUSDT\u200e");
  assert.equal(new Query(`pair=${pair}`).pair, "سوقUSDT");
});
