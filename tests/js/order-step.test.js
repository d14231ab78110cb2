import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { orderStep } from "../../static/js/later/table/order-step.js";

const SYMBOLS = [..."abcdefghijklmnop"];
const anyOrder = fc.shuffledSubarray(SYMBOLS, { minLength: SYMBOLS.length });
const anyLimits = fc.record({
  middle: fc.integer({ min: -5, max: 20 }),
  reach: fc.integer({ min: 0, max: 8 }),
  mostNear: fc.integer({ min: 1, max: 4 }),
  most: fc.integer({ min: 4, max: 16 }),
});

test("the places nearest to the middle are put right first", () => {
  const limits = { middle: 0, reach: 0, mostNear: 2, most: 6 };
  const step = orderStep([..."abcdef"], [..."fedcba"], limits);
  assert.deepEqual(step, [..."fecdba"]);
});

test("far from the middle a step is larger", () => {
  const limits = { middle: 0, reach: 1, mostNear: 1, most: 6 };
  const first = orderStep([..."abcdef"], [..."bacfde"], limits);
  assert.deepEqual(first, [..."bacdef"]);
  assert.deepEqual(orderStep(first, [..."bacfde"], limits), [..."bacfde"]);
});

test("nothing is lost on the way, and what is right stays so", () => {
  fc.assert(
    fc.property(anyOrder, anyOrder, anyLimits, (shown, wanted, limits) => {
      const step = orderStep(shown, wanted, limits);
      assert.deepEqual([...step].sort(), SYMBOLS);
      for (const [place, symbol] of wanted.entries()) {
        if (shown[place] === symbol) assert.equal(step[place], symbol);
      }
    }),
  );
});

test("each step puts as many places right as it may, until all are", () => {
  fc.assert(
    fc.property(anyOrder, anyOrder, anyLimits, (shown, wanted, limits) => {
      let order = shown;
      for (let steps = 0; steps < Math.ceil(SYMBOLS.length / limits.mostNear); steps++) {
        order = orderStep(order, wanted, limits);
      }
      assert.deepEqual(order, wanted);
    }),
  );
});
