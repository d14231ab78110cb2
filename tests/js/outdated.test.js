import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { OutdatedParts } from "../../static/js/later/news/outdated.js";
import { FakeClock } from "./support/fake-clock.js";

/** @import { Market } from "../../static/js/streams/routes.js" */

const NEW_AT = 1_800_000_000_500;
const OLD_AT = NEW_AT - 60_000;
/** @type {FakeClock} */
let clock;
/** @type {string[]} */
let asked;
/** @type {number[]} when the lists were given that the next answers are made of; then the new one */
let answers;
/** @type {OutdatedParts} */
let parts;

beforeEach(() => {
  globalThis.CSS = /** @type {any} */ ({ escape: (/** @type {string} */ text) => text });
  clock = new FakeClock();
  asked = [];
  answers = [];
  const root = /** @type {any} */ ({
    querySelector: (/** @type {string} */ mark) => (mark.startsWith("#watchlist") ? {} : null),
  });
  parts = new OutdatedParts(root, {
    clock,
    fetchPart: async (target) => {
      asked.push(target);
      return { spot: OLD_AT, futures: answers.shift() ?? NEW_AT };
    },
    fetchList: async (market) => {
      asked.push(market);
      const at = answers.shift() ?? NEW_AT;
      return at - (at % 1_000);
    },
  });
});

/** @param {Market} [market] of which a watched pair changes */
function change(market = "futures") {
  parts.take({ at: NEW_AT, market_type: market, kind: "status", symbol: "ETHUSDT" }, "futures");
}

async function pass() {
  clock.advance(2_000);
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("a burst of changes makes one fetch of each part, a moment later", async () => {
  for (let count = 0; count < 20; count += 1) change();
  assert.deepEqual(asked, []);
  await pass();
  assert.deepEqual(asked.sort(), ["futures", "section#markets", "section#watchlist"]);
  await pass();
  assert.equal(asked.length, 3);
  assert.equal(clock.pending, 0);
});

test("what is made of an older list than the change's is fetched again until it is not", async () => {
  answers = [OLD_AT, OLD_AT, NEW_AT];
  change();
  await pass();
  asked = [];
  answers = [OLD_AT];
  await pass();
  assert.deepEqual(asked.sort(), ["futures", "section#markets"]);
  asked = [];
  await pass();
  assert.deepEqual(asked, ["section#markets"]);
  await pass();
  assert.equal(clock.pending, 0);
});

test("a server that has only the old list is not asked for ever", async () => {
  answers = Array(100).fill(OLD_AT);
  change();
  for (let turn = 0; turn < 30; turn += 1) await pass();
  assert.equal(asked.length, 3 * 8);
});
