/** @import { Span } from "../../static/js/later/alerts/spans.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { minuteRuns } from "../../static/js/later/alerts/spans.js";

const MINUTE_MS = 60_000;

test("the runs hold just the minutes that any span touches, apart and in order", () => {
  const time = fc.integer({ min: 0, max: 40 * MINUTE_MS });
  fc.assert(
    fc.property(fc.array(fc.tuple(time, time)), (pairs) => {
      const spans = pairs.map(([a, b]) => /** @type {Span} */ ([Math.min(a, b), Math.max(a, b)]));
      const touched = Array.from({ length: 41 }, (_, minute) =>
        spans.some(
          ([from, to]) => to > from && from < (minute + 1) * MINUTE_MS && to > minute * MINUTE_MS,
        ),
      );
      const runs = minuteRuns(spans);
      const told = touched.map((_, minute) =>
        runs.some(([first, last]) => first <= minute * MINUTE_MS && minute * MINUTE_MS <= last),
      );
      assert.deepEqual(told, touched);
      for (const [at, [first]] of runs.entries()) {
        const before = runs[at - 1];
        if (before) assert.ok(first > before[1] + MINUTE_MS);
      }
    }),
  );
});
