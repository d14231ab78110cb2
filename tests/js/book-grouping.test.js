/** @import { Level } from "../../static/js/streams/payloads.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { orderCost, slippage } from "../../static/js/later/book-cost/order-cost.js";
import { grouped, groupSteps } from "../../static/js/lib/book-grouping.js";
import { add, compare, fromUnits, multiply, subtract } from "../../static/js/lib/decimal.js";

/** One side of a book on a grid of 0.01, best first. @type {fc.Arbitrary<{ side: "bid" | "ask", levels: Level[] }>} */
const bookSide = fc
  .record({
    side: fc.constantFrom(/** @type {const} */ ("bid"), /** @type {const} */ ("ask")),
    ticks: fc.uniqueArray(fc.bigInt(1n, 99_999n), { minLength: 1, maxLength: 60 }),
    quantities: fc.array(fc.bigInt(1n, 10n ** 12n), { minLength: 60, maxLength: 60 }),
  })
  .map(({ side, ticks, quantities }) => {
    const sorted = ticks.sort((a, b) => Number(a - b) * (side === "bid" ? -1 : 1));
    const levels = sorted.map((tick, index) => [
      fromUnits(tick, 2),
      fromUnits(quantities[index] ?? 1n, 8),
    ]);
    return { side, levels: /** @type {Level[]} */ (levels) };
  });
const step = fc.constantFrom("0.01", "0.02", "0.05", "0.1", "1", "20", "500");

/** @param {Level[]} levels */
const total = (levels) => levels.reduce((sum, [, quantity]) => add(sum, quantity), "0");

test("the sizes go in steps of 1, 2 and 5 up to a hundredth of the price", () => {
  assert.deepEqual(groupSteps("0.01", "87.5"), ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]);
  assert.deepEqual(groupSteps("0.00000001", "0.00000458"), ["0.00000001", "0.00000002"]);
  assert.deepEqual(groupSteps("0.1", "0.2"), ["0.1"]);
});

test("grouping keeps the sum, and no group looks better than its levels", () => {
  const property = fc.property(bookSide, step, ({ side, levels }, size) => {
    const groups = grouped(levels, { side, step: size, count: 1_000, isWhole: true });
    assert.equal(total(groups), total(levels));
    for (const [price] of levels) {
      const home = groups.find(([group]) => {
        const gap = side === "bid" ? subtract(price, group) : subtract(group, price);
        return compare(gap, "0") >= 0 && compare(gap, size) < 0;
      });
      assert.ok(home, `${price} is in no group`);
    }
  });
  fc.assert(property);
});

test("a group that may go on beyond the known levels is not shown", () => {
  const property = fc.property(bookSide, step, fc.nat(60), ({ side, levels }, size, known) => {
    const options = { side, step: size, count: 20 };
    const truth = grouped(levels, { ...options, count: 1_000, isWhole: true });
    const shown = grouped(levels.slice(0, known), { ...options, isWhole: false });
    assert.deepEqual(shown, truth.slice(0, shown.length));
    assert.ok(shown.length <= 20);
  });
  fc.assert(property);
});

test("an order's cost is the sum of what it takes from each level", () => {
  const property = fc.property(bookSide, fc.bigInt(1n, 10n ** 13n), ({ levels }, units) => {
    const amount = fromUnits(units, 8);
    const cost = orderCost(levels, amount, "base");
    assert.ok(cost);
    const sum = total(levels);
    const isShort = compare(sum, amount) < 0;
    assert.equal(cost.isFilled, !isShort);
    assert.equal(cost.base, isShort ? sum : amount);
    // The same by hand: whole levels, then a part of the last.
    let [left, quote] = [cost.base, "0"];
    for (const [price, quantity] of levels) {
      const took = compare(quantity, left) < 0 ? quantity : left;
      quote = add(quote, multiply(price, took));
      left = subtract(left, took);
    }
    assert.equal(cost.quote, quote);
  });
  fc.assert(property);
});

test("an amount may be given in the quote asset", () => {
  /** @type {Level[]} */
  const asks = [
    ["100", "1"],
    ["110", "2"],
  ];
  assert.deepEqual(orderCost(asks, "155", "quote"), {
    base: "1.5",
    quote: "155",
    average: "103.333333333333333333",
    worst: "110",
    isFilled: true,
  });
  assert.equal(orderCost(asks, "321", "quote")?.isFilled, false);
  assert.equal(orderCost([], "1", "base"), null);
});

test("slippage is told against the middle, in basis points", () => {
  assert.equal(slippage("100.05", "99", "101"), "5.00");
  assert.equal(slippage("99.95", "99", "101"), "5.00");
});
