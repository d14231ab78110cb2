import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergedKeys } from "../../static/js/lib/merged-keys.js";
import { cleanName, isWatchKey, parseKeys, splitKey } from "../../static/js/lib/watch-key.js";
import {
  COOKIE_MAX_LENGTH,
  formatCookieList,
  parseCookieList,
} from "../../static/js/lib/watchlist-cookie.js";

const key = fc
  .tuple(fc.constantFrom("spot", "futures"), fc.stringMatching(/^[A-Z0-9_币安人生]{1,25}$/))
  .map((parts) => parts.join(":"));

test("a key names a market and a symbol in any script, and nothing else", () => {
  assert.ok(isWatchKey("spot:币安人生USDT"));
  for (const wrong of ["spot:", "bond:A", "spot:A B", "spot:<b>", "spot:A,B", "BTCUSDT", 7, null]) {
    assert.ok(!isWatchKey(wrong), String(wrong));
  }
  assert.deepEqual(splitKey("futures:BTCUSDT_270326"), {
    market: "futures",
    symbol: "BTCUSDT_270326",
  });
  assert.deepEqual(parseKeys("spot:A,, spot:B,x,spot:A"), ["spot:A", "spot:B"]);
});

test("the cookie of an older page is read", () => {
  const list = parseCookieList("spot:BTCUSDT,futures:ETHUSDT");
  const keys = ["spot:BTCUSDT", "futures:ETHUSDT"];
  assert.deepEqual(list, { tag: "", id: "", name: "", keys, more: 0 });
});

test("a list that fits comes back as it was; of a longer one the first pairs and how many more", () => {
  const names = fc.string({ unit: "grapheme", maxLength: 60 }).map(cleanName);
  const tags = fc.constantFrom("", "0f3e");
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 250 }), names, tags, (keys, name, tag) => {
      const value = formatCookieList({ id: "a1", name, keys }, tag);
      assert.ok(value.length <= COOKIE_MAX_LENGTH);
      const read = parseCookieList(decodeURIComponent(value));
      assert.deepEqual(read, {
        tag,
        id: "a1",
        name,
        keys: keys.slice(0, read.keys.length),
        more: keys.length - read.keys.length,
      });
    }),
    { numRuns: 60 },
  );
});

test("a copy's edits are taken over: what went, what came, and the order", () => {
  assert.deepEqual(mergedKeys(["a", "b", "c"], ["a", "b", "c"], ["b", "c"]), ["b", "c"]);
  assert.deepEqual(mergedKeys(["a", "b", "mine"], ["a", "b"], ["b", "a", "new"]), [
    "b",
    "a",
    "mine",
    "new",
  ]);
  assert.deepEqual(mergedKeys(["a"], [], ["b", "c"]), ["a", "b", "c"], "an older page's cookie");
  assert.deepEqual(mergedKeys(["b"], ["a", "b"], ["a", "b"]), ["b"], "what I removed stays away");
});

test("a copy that was not edited changes nothing, one of an untouched list is taken as it is", () => {
  const keys = fc.uniqueArray(key, { maxLength: 12 });
  fc.assert(
    fc.property(keys, keys, (mine, other) => {
      assert.deepEqual(mergedKeys(mine, other, other), mine);
      assert.deepEqual(new Set(mergedKeys(mine, mine, other)), new Set(other));
    }),
  );
});
