/** @import { AlertDirection } from "../../static/js/later/alerts/alerts.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  figureValue,
  isReached,
  judge,
  moveFigure,
  priceFigure,
  rearmLevel,
  spreadFigure,
} from "../../static/js/later/alerts/rules.js";
import { checkThreshold, readNumber } from "../../static/js/later/alerts/wish.js";

/** @param {AlertDirection} direction @param {string} threshold */
const price = (direction, threshold) => ({
  kind: /** @type {const} */ ("price"),
  direction,
  threshold,
});

/**
 * The places in a run of prices at which an alert fires.
 *
 * @param {{ direction: AlertDirection, threshold: string, repeats: boolean }} rule
 * @param {number[]} prices
 */
function firings(rule, prices) {
  const alert = { kind: /** @type {const} */ ("price"), ...rule, armed: true };
  return prices.flatMap((value, at) => {
    const { fires, armed } = judge(alert, priceFigure(String(value)));
    alert.armed = armed;
    return fires ? [at] : [];
  });
}

test("a price alert fires where a naive reading of the run says so, leaps and trembling included", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 9_970, max: 10_030 }), { maxLength: 60 }),
      fc.boolean(),
      fc.constantFrom(/** @type {const} */ ("above"), /** @type {const} */ ("below")),
      (prices, repeats, direction) => {
        const isOver = (/** @type {number} */ value) =>
          direction === "above" ? value >= 10_000 : value <= 10_000;
        const isBack = (/** @type {number} */ value) =>
          direction === "above" ? value <= 9_990 : value >= 10_010;
        /** @type {number[]} */
        const expected = [];
        prices.forEach((value, at) => {
          const last = expected.at(-1);
          const since = last === undefined ? [] : prices.slice(last + 1, at);
          const isArmed = last === undefined || (repeats && since.some(isBack));
          if (isArmed && isOver(value)) expected.push(at);
        });
        assert.deepEqual(firings({ direction, threshold: "10000", repeats }, prices), expected);
      },
    ),
  );
});

test("an alert that goes on after a pause waits for its price to cross anew", () => {
  const alert = { ...price("above", "100"), repeats: false, armed: null };
  assert.deepEqual(judge(alert, priceFigure("101")), { fires: false, armed: false });
  assert.deepEqual(judge(alert, priceFigure("99")), { fires: false, armed: true });
});

test("a level is reached exactly, to the last of many digits", () => {
  const rule = price("above", "0.10000000000000000000000001");
  assert.equal(isReached(rule, priceFigure("0.1")), false);
  assert.equal(isReached(rule, priceFigure("0.100000000000000000000000010")), true);
});

test("a move is measured against the price a window ago, exactly, with its sign", () => {
  const rise = { kind: /** @type {const} */ ("move"), threshold: "5" };
  assert.equal(isReached({ ...rise, direction: "above" }, moveFigure("3", "3.15")), true);
  assert.equal(isReached({ ...rise, direction: "above" }, moveFigure("3", "3.1499999999")), false);
  assert.equal(isReached({ ...rise, direction: "below" }, moveFigure("3", "2.85")), true);
  assert.equal(isReached({ ...rise, direction: "below" }, moveFigure("3", "3.15")), false);
  assert.equal(isReached({ ...rise, direction: "either" }, moveFigure("3", "2.85")), true);
  assert.equal(figureValue("move", moveFigure("3", "2.85")), "-5");
  assert.equal(rearmLevel({ ...rise, direction: "below" }), "-4");
});

test("a spread is in basis points of the middle", () => {
  const figure = spreadFigure("99.95", "100.05");
  assert.equal(figureValue("spread", figure), "10");
  const rule = { kind: /** @type {const} */ ("spread"), threshold: "10" };
  assert.equal(isReached({ ...rule, direction: "above" }, figure), true);
  assert.equal(isReached({ ...rule, direction: "below" }, figure), true);
  assert.equal(isReached({ ...rule, direction: "below" }, spreadFigure("99.95", "100.06")), false);
});

test("what is typed is read exactly, with or without thousands set apart", () => {
  const cases = {
    "64,117.990": "64117.99",
    ".5": "0.5",
    "1 000": "1000",
    "7.": "7",
    "+2": "2",
    "1,5": "1.5",
  };
  for (const [text, number] of Object.entries(cases)) assert.equal(readNumber(text), number);
  for (const text of ["", ".", "1e5", "-3", "abc", "1.2.3"]) {
    assert.equal(readNumber(text), null, text);
  }
});

test("a threshold that makes no sense is refused in words", () => {
  const rule = { ...price("above", ""), tickSize: "0.01000000" };
  const wordsOf = (/** @type {any} */ checked) => checked.words;
  assert.match(wordsOf(checkThreshold(rule, "sixty")), /write a number/);
  assert.match(wordsOf(checkThreshold(rule, "0")), /above zero/);
  assert.match(wordsOf(checkThreshold(rule, "0.001")), /at least 0\.01/);
  assert.match(wordsOf(checkThreshold(rule, "1".repeat(40))), /more digits/);
  const fall = {
    ...rule,
    kind: /** @type {const} */ ("move"),
    direction: /** @type {const} */ ("below"),
  };
  assert.match(wordsOf(checkThreshold(fall, "100")), /cannot fall/);
  assert.deepEqual(checkThreshold(rule, "0.01"), { threshold: "0.01" });
});
