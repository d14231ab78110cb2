import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  add,
  canonical,
  changePercent,
  compactVolume,
  compare,
  decimalsOf,
  divide,
  isDecimal,
  multiply,
  round,
  subtract,
  trimToTick,
} from "../../static/js/lib/decimal.js";

/** A decimal of up to 25 digits before and 18 after the point. */
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.stringMatching(/^\d{0,18}$/))
  .map(([isNegative, whole, fraction]) => {
    return (isNegative ? "-" : "") + whole + (fraction === "" ? "" : `.${fraction}`);
  });
const positive = decimal.map((text) => text.replace("-", "")).filter((text) => /[1-9]/.test(text));

test("a price is shown with the decimals of its tick size", () => {
  assert.equal(trimToTick("64117.99000000", 2), "64117.99");
  assert.equal(trimToTick("64117", 2), "64117.00");
  assert.equal(trimToTick("64117.00000000", 0), "64117");
  assert.equal(trimToTick("0.00001234", 8), "0.00001234");
});

test("a digit beyond the tick is kept, since a shortened price is a wrong price", () => {
  assert.equal(trimToTick("0.12345000", 4), "0.12345");
});

test("trimming to a tick never changes the value", () => {
  fc.assert(
    fc.property(decimal, fc.nat(12), (price, decimals) => {
      const shown = trimToTick(price, decimals);
      assert.equal(compare(shown, price), 0);
      assert.ok((shown.split(".")[1] ?? "").length >= decimals);
    }),
  );
});

test("a tick size tells its decimals", () => {
  assert.equal(decimalsOf("0.01000000"), 2);
  assert.equal(decimalsOf("1.00000000"), 0);
  assert.equal(decimalsOf("10"), 0);
  assert.equal(decimalsOf("0.00000001"), 8);
});

test("the change is the one that Binance's own ticker says", () => {
  // spot 24hrTicker of 2026-03: o 69442.01, c 68004.12, P "-2.071"
  assert.equal(changePercent("69442.01000000", "68004.12000000"), "-2.07");
  assert.equal(changePercent("100", "100"), "0.00");
  assert.equal(changePercent("3", "4"), "33.33");
  assert.equal(changePercent("0.00000001", "0.00001"), "99900.00");
});

test("halves of a change are rounded away from zero and never give minus zero", () => {
  assert.equal(changePercent("100000", "100005"), "0.01");
  assert.equal(changePercent("100000", "99995"), "-0.01");
  assert.equal(changePercent("1000000", "999999"), "0.00");
});

test("without an opening price there is no change", () => {
  assert.equal(changePercent("0.00000000", "1"), null);
});

test("the change is within half a hundredth of the exact ratio", () => {
  fc.assert(
    fc.property(positive, positive, (open, last) => {
      const percent = /** @type {string} */ (changePercent(open, last));
      const exact = multiply(subtract(last, open), "100");
      const error = subtract(multiply(percent, open), exact).replace("-", "");
      assert.ok(compare(error, multiply(open, "0.005")) <= 0);
    }),
  );
});

test("a volume fits into four figures and a letter", () => {
  assert.equal(compactVolume("940099726.82861850"), "940.1M");
  assert.equal(compactVolume("10238568766.13"), "10.2B");
  assert.equal(compactVolume("1500"), "1.5K");
  assert.equal(compactVolume("999949"), "999.9K");
  assert.equal(compactVolume("999950"), "1.0M");
  assert.equal(compactVolume("999.999"), "1.0K");
  assert.equal(compactVolume("12.345"), "12.35");
  assert.equal(compactVolume("7.00000000"), "7");
  assert.equal(compactVolume("0.00000000"), "0");
  assert.equal(compactVolume("12345678901234567"), "12345.7T");
});

test("a compact volume is within a twentieth of its unit", () => {
  const units = { "": "1", K: "1000", M: "1000000", B: "1000000000", T: "1000000000000" };
  fc.assert(
    fc.property(positive, (volume) => {
      const [, figures = "", letter = ""] = /^([\d.]+)([KMBT]?)$/.exec(compactVolume(volume)) ?? [];
      const unit = units[/** @type {keyof typeof units} */ (letter)];
      const error = subtract(multiply(figures, unit), volume).replace("-", "");
      assert.ok(compare(error, multiply(unit, "0.05")) <= 0);
    }),
  );
});

test("sums and products are exact where floats are not", () => {
  assert.equal(add("0.1", "0.2"), "0.3");
  assert.equal(multiply("1.1", "1.1"), "1.21");
  assert.equal(subtract("1.00000001", "1"), "0.00000001");
  assert.equal(add("9007199254740993", "1"), "9007199254740994");
});

test("adding and subtracting undo each other", () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      assert.equal(subtract(add(a, b), b), canonical(a));
      assert.equal(add(a, b), add(b, a));
    }),
  );
});

test("products distribute over sums", () => {
  fc.assert(
    fc.property(decimal, decimal, decimal, (a, b, c) => {
      assert.equal(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)));
    }),
  );
});

test("a quotient times its divisor is within half a unit of the dividend", () => {
  fc.assert(
    fc.property(decimal, positive, fc.nat(8), (a, b, decimals) => {
      const error = subtract(multiply(divide(a, b, decimals), b), a).replace("-", "");
      const unit = decimals === 0 ? "1" : `0.${"1".padStart(decimals, "0")}`;
      assert.ok(compare(error, multiply(multiply(b, unit), "0.5")) <= 0);
    }),
  );
});

test("nothing is divided by zero", () => {
  assert.throws(() => divide("1", "0.00", 2), RangeError);
});

test("the order is that of the values, not of the strings", () => {
  assert.equal(compare("9", "10"), -1);
  assert.equal(compare("1.10", "1.1"), 0);
  assert.equal(compare("-2", "-10"), 1);
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      assert.equal(compare(a, b), Math.sign(Number(compare(subtract(a, b), "0"))));
      assert.equal(compare(a, b) + compare(b, a), 0);
    }),
  );
});

test("rounding gives exactly the decimals asked for", () => {
  assert.equal(round("1.005", 2), "1.01");
  assert.equal(round("-1.005", 2), "-1.01");
  assert.equal(round("2", 3), "2.000");
  assert.equal(round("1499", 0), "1499");
});

test("equal values have one canonical spelling", () => {
  assert.equal(canonical("001.500"), "1.5");
  assert.equal(canonical("-0.00"), "0");
  assert.equal(canonical("100"), "100");
});

test("what is not a plain decimal is refused, never guessed", () => {
  for (const text of ["", "1e5", "NaN", "1.", ".5", "1,5", " 1", "0x10", "--1"]) {
    assert.equal(isDecimal(text), false);
    assert.throws(() => add(text, "1"), TypeError);
  }
  assert.equal(isDecimal(1), false);
});
