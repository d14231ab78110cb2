import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fewestMoves } from "../../static/js/later/table/fewest-moves.js";
import { compare, fromUnits, placeBetween } from "../../static/js/lib/decimal.js";
import { orderKey } from "../../static/js/lib/order-key.js";
import { LiveOrder } from "../../static/js/state/live-order.js";
import { Query } from "../../static/js/views/query.js";

const decimal = fc
  .record({ units: fc.bigInt(-(10n ** 24n), 10n ** 24n), scale: fc.nat(20), zeros: fc.nat(3) })
  .map(({ units, scale, zeros }) => {
    const text = fromUnits(units, scale);
    return text.includes(".") ? text + "0".repeat(zeros) : text;
  });

/** Few values, so that there are ties. */
const price = fc.bigInt(1n, 12n).map((units) => fromUnits(units, 2));
const figures = fc.record({ low: price, open: price, last: price }).map(({ low, open, last }) => {
  const high = "0.12";
  return { low, high, open, last, volume: open, quoteVolume: last };
});
const market = fc.uniqueArray(fc.tuple(fc.nat(60).map(String), fc.option(figures)), {
  selector: ([symbol]) => symbol,
  maxLength: 40,
});

/**
 * @param {string} query
 * @param {[string, any][]} pairs
 */
function orderOf(query, pairs) {
  const order = new LiveOrder(new Query(query));
  for (const [symbol, known] of pairs) order.add(symbol, known);
  return order;
}

test("the order of keys is the order of the numbers, exactly", () => {
  const property = fc.property(decimal, decimal, (a, b) => {
    const [left, right] = [orderKey(a), orderKey(b)];
    assert.equal(left < right ? -1 : Number(left > right), compare(a, b));
  });
  fc.assert(property, { numRuns: 2_000 });
});

test("what is no decimal has no key", () => {
  for (const text of ["", "1e5", "NaN", "+1", "1."]) assert.throws(() => orderKey(text), TypeError);
});

test("the moves lead to the wanted order, and none fewer would do", () => {
  const items = fc.uniqueArray(fc.nat(30), { maxLength: 8 });
  const property = fc.property(items, items, (current, wanted) => {
    const { removed, placed } = fewestMoves(current, wanted);
    const now = current.filter((item) => !removed.includes(item));
    for (const { item, before } of placed) {
      if (now.includes(item)) now.splice(now.indexOf(item), 1);
      now.splice(before === null ? now.length : now.indexOf(before), 0, item);
    }
    assert.deepEqual(now, wanted);
    assert.equal(wanted.length - placed.length, longestCommon(current, wanted));
  });
  fc.assert(property);
});

test("a live order is a full sort: unknown last, ties as they stood", () => {
  const property = fc.property(
    market,
    fc.array(fc.tuple(fc.nat(60).map(String), figures)),
    fc.constantFrom("asc", "desc"),
    (pairs, updates, direction) => {
      const order = orderOf(`sort=price&dir=${direction}`, pairs);
      let expected = pairs.map(([symbol, known]) => ({ symbol, last: known?.last ?? null }));
      for (const update of [null, ...updates]) {
        if (update) order.take({ symbol: update[0], ...update[1] });
        expected = expected.map((row) =>
          row.symbol === update?.[0] ? { ...row, last: update[1].last } : row,
        );
        const way = direction === "asc" ? 1 : -1;
        expected.sort(({ last: a }, { last: b }) =>
          a === null || b === null ? Number(a === null) - Number(b === null) : way * compare(a, b),
        );
        assert.deepEqual(
          order.wanted(),
          expected.map(({ symbol }) => symbol),
        );
      }
    },
  );
  fc.assert(property);
});

test("pairs enter and leave a view with their figures", () => {
  const at = (/** @type {string} */ last) => ({
    ...{ low: "1", high: "3", open: "2", volume: "1", quoteVolume: "1" },
    last,
  });
  /** @type {[string, any][]} */
  const pairs = [
    ["A", at("3")],
    ["B", at("2")],
    ["C", null],
    ["D", { ...at("1"), quoteVolume: "9" }],
  ];
  const order = orderOf("view=highs", pairs);
  assert.deepEqual(order.wanted(), ["A"]);
  order.take({ symbol: "D", ...at("3.0"), quoteVolume: "9" });
  order.take({ symbol: "nowhere", ...at("3") });
  assert.deepEqual(order.wanted(), ["D", "A"], "the one with more volume first");
  order.take({ symbol: "A", ...at("2.5") });
  assert.deepEqual(order.wanted(), ["D"]);
  assert.deepEqual(orderOf("view=lows", pairs).wanted(), ["D"]);
  assert.deepEqual(orderOf("view=gainers", pairs).wanted(), ["A"]);
  assert.deepEqual(orderOf("view=losers", pairs).wanted(), ["D"]);
  assert.deepEqual(orderOf("view=volume&sort=symbol", pairs).wanted(), ["A", "B", "D"]);
});

test("a pair that has not moved for a day is at no edge", () => {
  const still = { last: "1", open: "1", high: "1", low: "1", volume: "0", quoteVolume: "0" };
  for (const view of ["highs", "lows", "gainers", "losers", "volume"]) {
    assert.deepEqual(orderOf(`view=${view}`, [["A", still]]).wanted(), []);
  }
});

test("the leaders are the fifty first in the view's own order, however they are sorted", () => {
  const pairs = Array.from({ length: 80 }, (_, index) => {
    const volume = String(index + 1);
    const known = { low: "1", high: "9", open: "1", last: String(100 - index), volume };
    return /** @type {[string, any]} */ ([`S${index}`, { ...known, quoteVolume: volume }]);
  });
  const shown = orderOf("view=volume&sort=price", pairs).wanted();
  assert.equal(shown.length, 50);
  assert.equal(shown[0], "S30", "the dearest of the fifty most traded");
  assert.equal(shown.at(-1), "S79");
});

test("only what the prices have a say in follows them", () => {
  const follows = (/** @type {string} */ query) => new Query(query).followsPrices;
  assert.deepEqual(
    ["", "sort=symbol", "sort=low", "view=highs", "view=highs&sort=symbol"].map(follows),
    [false, false, true, true, true],
  );
});

test("the place between low and high is exact and never beyond them", () => {
  assert.equal(placeBetween("2", "1", "4"), "33.33");
  assert.equal(placeBetween("0.5", "1", "4"), "0.00");
  assert.equal(placeBetween("5", "1", "4"), "100.00");
  assert.equal(placeBetween("1", "1", "1"), null);
});

test("a heading leads to its usual direction, the other, and the view's own order", () => {
  const walk = (/** @type {string} */ query) => {
    const urls = [];
    let here = new Query(query);
    for (let step = 0; step < 3; step++) {
      const url = here.sortUrl("change");
      urls.push(url.replace("?market=spot", "").replace(/^&/, ""));
      here = new Query(url);
    }
    return urls.map((url) => [...new URLSearchParams(url)].sort().join("&").replaceAll(",", "="));
  };
  assert.deepEqual(
    walk("market=spot").map(String),
    sorted("sort=change", "dir=asc&sort=change", ""),
  );
  assert.deepEqual(
    walk("market=spot&view=gainers"),
    sorted("dir=asc&sort=change&view=gainers", "view=gainers", "dir=asc&sort=change&view=gainers"),
  );
  assert.deepEqual(
    walk("market=spot&view=losers"),
    sorted("sort=change&view=losers", "view=losers", "sort=change&view=losers"),
  );
});

/** @param {string[]} queries */
function sorted(...queries) {
  return queries;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @returns {number} the length of the longest common subsequence
 */
function longestCommon(a, b) {
  const [first, ...rest] = a;
  if (first === undefined || b.length === 0) return 0;
  const without = longestCommon(rest, b);
  const at = b.indexOf(first);
  return at < 0 ? without : Math.max(without, 1 + longestCommon(rest, b.slice(at + 1)));
}
