import assert from "node:assert/strict";
import { test } from "node:test";
import { marketHours, readSchedule } from "../../static/js/later/related/sessions.js";

/**
 * @param {number} startMs
 * @param {number} endMs
 * @param {string} type
 */
const session = (startMs, endMs, type) => ({ startMs, endMs, type });
const WEEK = [
  session(0, 10, "REGULAR"),
  session(10, 20, "NO_TRADING"),
  session(20, 30, "NO_TRADING"),
  session(30, 40, "PRE_MARKET"),
];

test("an open market is open until its session ends", () => {
  const hours = { isOpen: true, type: "REGULAR", untilMs: 10, opensMs: null };
  assert.deepEqual(marketHours(WEEK, null, 9), hours);
});

test("a closed one opens with the first session in which it is not closed", () => {
  const hours = { isOpen: false, type: "NO_TRADING", untilMs: 30, opensMs: 30 };
  for (const nowMs of [10, 25]) assert.deepEqual(marketHours(WEEK, null, nowMs), hours);
});

test("what the stream tells is believed while it holds, and the schedule goes on from there", () => {
  const told = session(5, 12, "NO_TRADING");
  assert.deepEqual(marketHours(WEEK, told, 9)?.isOpen, false);
  assert.equal(marketHours(WEEK, told, 9)?.opensMs, 30);
  assert.equal(marketHours(WEEK, session(0, 5, "NO_TRADING"), 9)?.isOpen, true);
});

test("without a schedule it is known only how long it stays closed at least", () => {
  const told = session(0, 12, "NO_TRADING");
  assert.deepEqual(marketHours([], told, 9), {
    isOpen: false,
    type: "NO_TRADING",
    untilMs: 12,
    opensMs: null,
  });
});

test("nothing is claimed of holes and of new types", () => {
  assert.equal(marketHours(WEEK, null, 40), null);
  assert.equal(marketHours([session(0, 10, "LUNCH")], null, 5), null);
  const hole = [session(0, 10, "NO_TRADING"), session(15, 20, "REGULAR")];
  assert.equal(marketHours(hole, null, 5)?.opensMs, null);
  const strange = [session(0, 10, "NO_TRADING"), session(10, 20, "LUNCH")];
  assert.equal(marketHours(strange, null, 5)?.opensMs, null);
});

test("rows of another shape are left out", () => {
  const rows = [
    { startTime: 1, endTime: 2, type: "REGULAR" },
    null,
    { startTime: 3, endTime: 2, type: "A" },
    7,
  ];
  assert.deepEqual(readSchedule(rows), [session(1, 2, "REGULAR")]);
  assert.deepEqual(readSchedule(null), []);
});
