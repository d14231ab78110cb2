import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  basisOf,
  DAY_MS,
  percentOf,
  pointsOf,
  yearlyFundingPercent,
  yearlyPercentOf,
} from "../../static/js/later/related/basis.js";

const SCALE = 8;
const price = fc.bigInt({ min: 1n, max: 10n ** 20n });
const multiple = fc.constantFrom(1, 1_000, 1_000_000);

/** @param {bigint} units of 10^-8 */
function text(units) {
  const digits = String(units).padStart(SCALE + 1, "0");
  return `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
}

/**
 * numerator / denominator in units of 10^-decimals, halves away from zero.
 *
 * @param {bigint} numerator
 * @param {bigint} denominator positive
 * @param {number} decimals
 */
function rounded(numerator, denominator, decimals) {
  const size = (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(decimals);
  const whole = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -whole : whole;
}

/** @param {string | null} decimal */
const units = (decimal) => BigInt((decimal ?? "").replace(".", ""));

test("the basis is the future's price minus spot's, of the same amount of both", () => {
  fc.assert(
    fc.property(price, price, multiple, multiple, (near, far, nearMultiple, farMultiple) => {
      const unit = Math.max(nearMultiple, farMultiple);
      const spot = near * BigInt(unit / nearMultiple);
      const future = far * BigInt(unit / farMultiple);
      const basis = basisOf(
        { price: text(near), multiple: nearMultiple },
        { price: text(far), multiple: farMultiple },
      );
      const [whole, fraction = ""] = basis.difference.replace("-", "").split(".");
      const size = BigInt(`${whole}${fraction.padEnd(SCALE, "0")}`);
      assert.equal(basis.difference.startsWith("-") ? -size : size, future - spot);
      assert.equal(units(percentOf(basis, 3)), rounded((future - spot) * 100n, spot, 3));
      assert.equal(units(pointsOf(basis, 1)), rounded((future - spot) * 10_000n, spot, 1));
    }),
  );
});

test("a dated basis of a year is percent × 365 / days, and with less than a day too", () => {
  const left = fc.integer({ min: 1, max: 200 * DAY_MS });
  fc.assert(
    fc.property(price, price, left, (near, far, leftMs) => {
      const basis = basisOf({ price: text(near), multiple: 1 }, { price: text(far), multiple: 1 });
      const year = (far - near) * 100n * 365n * BigInt(DAY_MS);
      assert.equal(
        units(yearlyPercentOf(basis, leftMs, 2)),
        rounded(year, near * BigInt(leftMs), 2),
      );
    }),
  );
  const basis = basisOf({ price: "100", multiple: 1 }, { price: "101", multiple: 1 });
  assert.equal(yearlyPercentOf(basis, 36.5 * DAY_MS, 2), "10.00");
});

test("what is delivered or costs nothing has no yearly basis", () => {
  const basis = basisOf({ price: "100", multiple: 1 }, { price: "101", multiple: 1 });
  assert.equal(yearlyPercentOf(basis, 0, 2), null);
  assert.equal(yearlyPercentOf(basis, -1, 2), null);
  const free = basisOf({ price: "0.00", multiple: 1 }, { price: "1", multiple: 1 });
  assert.deepEqual(
    [percentOf(free, 2), pointsOf(free, 1), yearlyPercentOf(free, 9, 2)],
    [null, null, null],
  );
});

test("a funding rate adds up over all fundings of a year", () => {
  assert.equal(yearlyFundingPercent("0.00010000", 8, 2), "10.95");
  assert.equal(yearlyFundingPercent("-0.00003629", 4, 2), "-7.95");
  assert.equal(yearlyFundingPercent("0.00001", 1, 2), "8.76");
});
