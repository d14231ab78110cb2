import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stepFrom } from "../../static/js/views/grid-steps.js";

const SIZE = { rows: 30, columns: 5, page: 10 };
const KEYS = [
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
  "PageUp",
  "PageDown",
];

/**
 * @param {string} key
 * @param {[row: number, column: number]} from
 */
function step(key, [row, column], ctrlKey = false) {
  const to = stepFrom({ row, column }, { key, ctrlKey }, SIZE);
  return to && [to.row, to.column];
}

test("keys lead through a grid as the pattern says", () => {
  assert.deepEqual(step("ArrowDown", [3, 2]), [4, 2]);
  assert.deepEqual(step("ArrowLeft", [3, 2]), [3, 1]);
  assert.deepEqual(step("Home", [3, 2]), [3, 0]);
  assert.deepEqual(step("End", [3, 2]), [3, 4]);
  assert.deepEqual(step("Home", [3, 2], true), [0, 0]);
  assert.deepEqual(step("End", [3, 2], true), [29, 4]);
  assert.deepEqual(step("PageDown", [3, 2]), [13, 2]);
  assert.deepEqual(step("PageUp", [3, 2]), [0, 2]);
});

test("a key that means nothing here is left to the page", () => {
  assert.equal(step("Enter", [3, 2]), null);
  assert.equal(step("ArrowDown", [3, 2], true), null);
});

test("no key leads out of the grid", () => {
  const place = fc.tuple(fc.nat(SIZE.rows - 1), fc.nat(SIZE.columns - 1));
  fc.assert(
    fc.property(fc.constantFrom(...KEYS), place, fc.boolean(), (key, from, ctrlKey) => {
      const to = step(key, from, ctrlKey) ?? from;
      return (
        (to[0] ?? -1) in Array(SIZE.rows).fill(0) && (to[1] ?? -1) in Array(SIZE.columns).fill(0)
      );
    }),
  );
});
