/** @import { Candidate } from "../../static/js/later/picker/candidates.js" */
/** @import { Market } from "../../static/js/streams/routes.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { candidates } from "../../static/js/later/picker/candidates.js";
import { matchedLetters } from "../../static/js/later/picker/matched-letters.js";
import { describeKind } from "../../static/js/later/picker/pair-kind.js";
import { rank, readingOf, wantedBy } from "../../static/js/later/picker/ranking.js";
import { fold } from "../../static/js/lib/fold.js";

const LIMIT = 12;
const SPOT = "BTC ETH SOL XRP DOGE SOLV BTCST PEPE 币安人生 WBTC ORDI SPOT";
const FUTURES = "BTC ETH 1000PEPE SOL DOGE DOGEDAYS 1000000MOG ETHFI";

/**
 * @param {string} base
 * @param {string} [suffix] of a dated contract
 */
function row(base, suffix = "") {
  return { symbol: `${base}USDT${suffix}`, baseAsset: base, quoteAsset: "USDT", status: "TRADING" };
}

/** @param {Partial<Record<Market, ReturnType<typeof row>[]>>} rows in the order of popularity */
function listed({ spot = [], futures = [] }) {
  const lists = [
    { market: /** @type {Market} */ ("spot"), symbols: spot },
    { market: /** @type {Market} */ ("futures"), symbols: futures },
  ];
  return candidates(lists, describeKind);
}

const all = listed({
  spot: SPOT.split(" ").map((base) => row(base)),
  futures: [
    ...FUTURES.split(" ").map((base) => row(base)),
    row("BTC", "_261225"),
    row("BTC", "_270326"),
  ],
});

/**
 * @param {string} text
 * @param {Candidate[]} [among]
 */
function found(text, among = all) {
  return rank(among, wantedBy(text), LIMIT).matches.map(({ key }) => key);
}

test("spot and perpetual of an asset stand side by side, dated contracts where they belong", () => {
  assert.deepEqual(
    all.slice(0, 5).map(({ key }) => key),
    ["spot:BTCUSDT", "futures:BTCUSDT", "spot:ETHUSDT", "futures:ETHUSDT", "spot:SOLUSDT"],
  );
  const keys = all.map(({ key }) => key);
  assert.equal(keys.indexOf("futures:1000PEPEUSDT"), keys.indexOf("spot:PEPEUSDT") + 1);
  assert.ok(keys.indexOf("futures:BTCUSDT_261225") > keys.indexOf("futures:DOGEUSDT"));
});

test("the asset itself comes first, then what begins so, then what has it in its name", () => {
  assert.deepEqual(found("btc"), [
    "spot:BTCUSDT",
    "futures:BTCUSDT",
    "futures:BTCUSDT_261225",
    "futures:BTCUSDT_270326",
    "spot:BTCSTUSDT",
    "spot:WBTCUSDT",
  ]);
});

test("a symbol is exact however it is written", () => {
  for (const text of [
    "btcusdt",
    "BTC/USDT",
    " btc usdt ",
    "btc-usdt",
    "ＢＴＣ／ＵＳＤＴ",
    "b\u200btcusdt",
  ]) {
    assert.deepEqual(found(text).slice(0, 2), ["spot:BTCUSDT", "futures:BTCUSDT"], text);
  }
  assert.equal(found("btcusdt_261225")[0], "futures:BTCUSDT_261225");
});

test("a word beside the name picks the kind", () => {
  for (const text of ["btcusdt perp", "btc/usdt perpetual", "perp btc", "BTC P"]) {
    assert.deepEqual(found(text), ["futures:BTCUSDT"], text);
  }
  assert.deepEqual(found("btc spot"), ["spot:BTCUSDT", "spot:BTCSTUSDT", "spot:WBTCUSDT"]);
  const futures = ["futures:BTCUSDT", "futures:BTCUSDT_261225", "futures:BTCUSDT_270326"];
  assert.deepEqual(found("btc f"), futures);
  assert.deepEqual(found("btc dec"), ["futures:BTCUSDT_261225"]);
  assert.deepEqual(found("btc 27"), ["futures:BTCUSDT_270326"]);
});

test("kinds and days are found by themselves, but not before names", () => {
  assert.deepEqual(found("mar 2027"), ["futures:BTCUSDT_270326"]);
  assert.deepEqual(found("dated"), ["futures:BTCUSDT_261225", "futures:BTCUSDT_270326"]);
  assert.equal(found("perp")[0], "futures:BTCUSDT");
  assert.deepEqual(found("spot").slice(0, 2), ["spot:SPOTUSDT", "spot:BTCUSDT"]);
});

test("coins that are traded by the thousand are found by their own name", () => {
  assert.deepEqual(found("pepe"), ["spot:PEPEUSDT", "futures:1000PEPEUSDT"]);
  assert.deepEqual(found("pepeusdt"), ["spot:PEPEUSDT", "futures:1000PEPEUSDT"]);
  assert.equal(found("mog")[0], "futures:1000000MOGUSDT");
  assert.equal(found("1000pe")[0], "futures:1000PEPEUSDT");
});

test("a slip of the fingers and letters left out still find the pair", () => {
  assert.equal(found("slo")[0], "spot:SOLUSDT");
  assert.equal(found("dgoe")[0], "spot:DOGEUSDT");
  for (const text of ["dogw", "dgge", "dodge", "dogee", "dooge"]) {
    assert.ok(found(text).includes("spot:DOGEUSDT"), text);
  }
  assert.equal(found("btcust")[0], "spot:BTCUSDT");
  assert.ok(found("ppe").includes("futures:1000PEPEUSDT"));
  assert.equal(found("slo perp")[0], "futures:SOLUSDT");
  assert.deepEqual(found("zzzz"), []);
  assert.deepEqual(found("btc quux"), []);
});

test("a guess stands after everything that has the text", () => {
  const among = listed({ spot: [row("SOL"), row("AISLO")] });
  assert.deepEqual(found("slo", among), ["spot:AISLOUSDT", "spot:SOLUSDT"]);
});

test("any script is found, folded as people write it", () => {
  assert.deepEqual(found("币安"), ["spot:币安人生USDT"]);
  const among = listed({ spot: ["ΟΔΌΣ", "STRAẞE", "بيتكوين", "ビット"].map((base) => row(base)) });
  assert.equal(found("οδός", among)[0], "spot:ΟΔΌΣUSDT");
  assert.equal(found("strasse", among)[0], "spot:STRAẞEUSDT");
  assert.equal(found("بيت", among)[0], "spot:بيتكوينUSDT");
  assert.equal(found("ﾋﾞｯ", among)[0], "spot:ビットUSDT");
});

test("plain letters are folded as they are beside letters that are not plain", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
      assert.equal(`${fold(text)}é`, fold(`${text}É`));
    }),
  );
});

test("nothing is wanted by no letters", () => {
  for (const text of ["", "  ", "/", "-_"]) assert.deepEqual(found(text), []);
});

test("the count tells of those too that there is no room for", () => {
  assert.equal(rank(all, wantedBy("usdt"), 3).matches.length, 3);
  assert.equal(rank(all, wantedBy("usdt"), 3).count, all.length);
});

const base = fc
  .array(fc.constantFrom(..."ABCDEO01币Δب"), { minLength: 1, maxLength: 6 })
  .map((letters) => letters.join(""));
const universe = fc
  .record({
    spot: fc.uniqueArray(base, { minLength: 1, maxLength: 40 }),
    futures: fc.uniqueArray(base, { maxLength: 40 }),
  })
  .map(({ spot, futures }) =>
    listed({ spot: spot.map((name) => row(name)), futures: futures.map((name) => row(name)) }),
  );
const some = fc.nat();

test("whatever there is, an exact symbol is first and no more than the limit are given", () => {
  fc.assert(
    fc.property(universe, some, fc.integer({ min: 1, max: 20 }), (among, pick, limit) => {
      const { symbol } = among[pick % among.length] ?? assert.fail();
      const { matches, count } = rank(among, wantedBy(symbol), limit);
      assert.equal(fold(matches[0]?.symbol ?? ""), fold(symbol));
      assert.ok(matches.length <= limit && matches.length <= count);
      assert.equal(new Set(matches).size, matches.length);
    }),
  );
});

test("whatever there is, no beginning of a symbol finds nothing", () => {
  fc.assert(
    fc.property(universe, some, some, (among, pick, cut) => {
      const { symbol } = among[pick % among.length] ?? assert.fail();
      const beginning = symbol.slice(0, 1 + (cut % symbol.length));
      assert.ok(found(beginning, among).length > 0, beginning);
    }),
  );
});

test("whatever is typed, those of one class stand in the order of popularity", () => {
  fc.assert(
    fc.property(universe, base, (among, text) => {
      const matches = rank(among, wantedBy(text), among.length).matches;
      const beginning = matches.filter(({ name }) => name.startsWith(wantedBy(text).whole));
      const others = beginning.filter(({ base: asset }) => asset !== wantedBy(text).whole);
      const places = others.map((candidate) => among.indexOf(candidate));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
    }),
  );
});

/**
 * The letters of the best match that are marked.
 *
 * @param {string} text
 */
function markedIn(text) {
  const wanted = wantedBy(text);
  const [best = assert.fail()] = rank(all, wanted, 1).matches;
  const letters = matchedLetters(best.symbol, readingOf(best, wanted).name);
  return [...best.symbol]
    .map((letter, place) => (letters.has(place) ? `[${letter}]` : letter))
    .join("");
}

test("the letters that were typed are marked", () => {
  assert.equal(markedIn("so"), "[S][O]LUSDT");
  assert.equal(markedIn("mog"), "1000000[M][O][G]USDT");
  assert.equal(markedIn("btc/usdt"), "[B][T][C][U][S][D][T]");
  assert.equal(markedIn("btcusdt2612"), "[B][T][C][U][S][D][T]_[2][6][1][2]25");
  assert.equal(markedIn("slo perp"), "[S]O[L]USDT");
  assert.equal(markedIn("币安"), "[币][安]人生USDT");
  assert.equal(markedIn("perp"), "BTCUSDT");
});
