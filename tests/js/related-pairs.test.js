import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deliveryOf, relatedPairs, unitOf } from "../../static/js/later/related/related-pairs.js";

/** @param {string} symbol @param {string} [base] */
const row = (symbol, base = symbol.replace(/USDT.*/, "")) => {
  return { symbol, baseAsset: base, quoteAsset: "USDT", status: "TRADING" };
};

test("a multiple is read from the name, and a name that only looks like one is none", () => {
  assert.deepEqual(unitOf("1000PEPE"), { asset: "PEPE", multiple: 1_000 });
  assert.deepEqual(unitOf("1000000MOG"), { asset: "MOG", multiple: 1_000_000 });
  assert.deepEqual(unitOf("1MBABYDOGE"), { asset: "BABYDOGE", multiple: 1_000_000 });
  for (const base of ["1INCH", "1000", "1M", "币安人生"]) {
    assert.deepEqual(unitOf(base), { asset: base, multiple: 1 });
  }
});

test("any asset is found again behind its multiple", () => {
  const names = fc.stringMatching(/^[A-Z]{2,8}$/);
  const prefixes = fc.constantFrom(
    ["", 1],
    ["1000", 1_000],
    ["1000000", 1_000_000],
    ["1M", 1_000_000],
  );
  fc.assert(
    fc.property(names, prefixes, (name, [prefix, multiple]) => {
      assert.deepEqual(unitOf(`${prefix}${name}`), { asset: name, multiple });
    }),
  );
});

test("spot, perpetual and dated futures are told apart by their names", () => {
  const futures = ["BTCUSDT_270326", "ETHUSDT", "BTCUSDT", "BTCUSDT_261225"].map((name) =>
    row(name),
  );
  const found = relatedPairs("BTC", { spot: [row("ETHUSDT"), row("BTCUSDT")], futures });
  assert.deepEqual(
    found.map(({ kind, symbol }) => `${kind} ${symbol}`),
    ["spot BTCUSDT", "perpetual BTCUSDT", "dated BTCUSDT_261225", "dated BTCUSDT_270326"],
  );
  assert.equal(found[2]?.deliveryAtMs, Date.UTC(2026, 11, 25, 8));
});

test("the base itself comes before other multiples of its asset", () => {
  const lists = { spot: [row("PEPEUSDT")], futures: [row("PEPEUSDT"), row("1000PEPEUSDT")] };
  const symbols = (/** @type {string} */ base) =>
    relatedPairs(base, lists).map((one) => one.symbol);
  assert.deepEqual(symbols("1000PEPE"), ["PEPEUSDT", "1000PEPEUSDT"]);
  assert.deepEqual(symbols("PEPE"), ["PEPEUSDT", "PEPEUSDT"]);
});

test("only a name with a day in it is a dated contract's", () => {
  assert.equal(deliveryOf("BTCUSDT"), null);
  assert.equal(deliveryOf("BTCUSD_PERP"), null);
});
