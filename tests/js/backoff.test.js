import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fullJitterMs } from "../../static/js/lib/backoff.js";

test("the ceiling doubles with each attempt until the cap", () => {
  const almostOne = () => 0.999_999;
  const waits = [1, 2, 3, 4, 5].map((attempt) => fullJitterMs(attempt, 500, 3_000, almostOne));
  assert.deepEqual(waits, [500, 1000, 2000, 3000, 3000]);
});

test("the jitter is full: any wait down to none", () => {
  assert.equal(
    fullJitterMs(5, 500, 30_000, () => 0),
    0,
  );
});

test("no wait is negative, above the cap or not a number, however many attempts", () => {
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const waitMs = fullJitterMs(attempt, 500, 30_000, () => random);
        assert.ok(Number.isInteger(waitMs) && waitMs >= 0 && waitMs <= 30_000);
      },
    ),
  );
});
