/** @import { BookDiff } from "../../static/js/streams/payloads.js" */
/** @import { Change } from "./support/true-book.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LocalBook } from "../../static/js/state/local-book.js";
import { VerifiedBook } from "../../static/js/state/verified-book.js";
import { FakeClock } from "./support/fake-clock.js";
import { TrueBook } from "./support/true-book.js";

const PAIR = /** @type {const} */ ({ market: "spot", symbol: "BTCUSDT" });

/** @type {fc.Arbitrary<Change>} */
const change = fc.record({
  side: fc.constantFrom("bid", "ask"),
  tick: fc.integer({ min: 1, max: 12 }),
  quantity: fc.integer({ min: 0, max: 3 }),
});
const updates = fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 40 });
const limit = fc.integer({ min: 1, max: 30 });

/**
 * What happens, step by step: the exchange's next change arrives, is lost, comes twice, or changes
 * places with the one after it; time passes, in which snapshots come, of now or a while ago.
 */
const fate = fc.constantFrom(
  .../** @type {const} */ (["arrives", "arrives", "arrives", "lost", "twice", "swapped", "wait"]),
);

/**
 * @param {TrueBook} truth
 * @param {number} depth
 * @param {(clock: FakeClock) => number} idNow
 */
function openBook(truth, depth, idNow) {
  const clock = new FakeClock();
  let asked = 0;
  const book = new VerifiedBook({
    pair: PAIR,
    snapshots: {
      get: async () => {
        asked += 1;
        return truth.snapshot(idNow(clock), depth);
      },
      waitMs: 0,
    },
    clock,
    random: () => 0.5,
    changed: () => undefined,
  });
  return { book, clock, asked: () => asked };
}

/**
 * Every level that is shown has to be the exchange's, and none may be missing between them.
 *
 * @param {VerifiedBook} book
 * @param {TrueBook} truth
 */
function assertRight(book, truth) {
  if (book.state === "resyncing") {
    assert.deepEqual([...book.levels("bid"), ...book.levels("ask")], []);
    assert.ok(book.cause);
    return;
  }
  const { bids, asks } = truth.snapshot(book.lastId ?? -1, Number.POSITIVE_INFINITY);
  for (const [side, all] of /** @type {const} */ ([
    ["bid", bids],
    ["ask", asks],
  ])) {
    const levels = book.levels(side);
    assert.deepEqual(levels, all.slice(0, levels.length));
    if (book.isWhole(side)) assert.equal(levels.length, all.length);
  }
}

/**
 * What the exchange sends at one step of its way, in the order in which it arrives.
 *
 * @param {TrueBook} truth
 * @param {number} sent
 * @param {string} step
 * @returns {BookDiff[]}
 */
function arriving(truth, sent, step) {
  const [next, after] = [truth.diffs[sent], truth.diffs[sent + 1]];
  const diffs = { arrives: [next], twice: [next, next], swapped: [after, next] }[step] ?? [];
  return diffs.filter((diff) => diff !== undefined);
}

test("whatever is lost, repeated or reordered, each shown level is right", async () => {
  const scenario = fc.record({
    changes: updates,
    fates: fc.array(fate, { maxLength: 80 }),
    depth: limit,
    age: fc.integer({ min: 0, max: 3 }),
  });
  const property = fc.asyncProperty(scenario, async ({ changes, fates, depth, age }) => {
    const truth = new TrueBook(changes);
    const last = truth.lastId - 1; // that something was lost shows in what comes after it
    const steps = { arrives: 1, twice: 1, lost: 1, swapped: 2, wait: 0 };
    let [sent, oldBy] = [0, age];
    const { book, clock } = openBook(truth, depth, () => Math.max(0, sent - oldBy));
    for (const step of fates) {
      if (step === "wait") await clock.advanceAndSettle(1_500);
      for (const diff of arriving(truth, sent, step)) {
        book.take(diff, clock.now());
        assertRight(book, truth);
      }
      sent = Math.min(last, sent + steps[step]);
      assertRight(book, truth);
    }
    // Once nothing is lost any more, it finds its way back.
    oldBy = 0;
    await clock.advanceAndSettle(60_000);
    for (const diff of truth.diffs.slice(sent)) book.take(diff, clock.now());
    sent = truth.lastId;
    await clock.advanceAndSettle(60_000);
    assert.equal(book.state, "synced");
    assert.equal(book.lastId, truth.lastId);
    assertRight(book, truth);
    book.close();
  });
  await fc.assert(property, { numRuns: 400 });
});

test("a side's levels are never shown beyond the worst of its snapshot", () => {
  const bids = /** @type {[string, string][]} */ ([
    ["100", "1"],
    ["99", "1"],
  ]);
  const book = new LocalBook({ lastId: 5, bids, asks: [["101", "1"]], limit: 2 });
  const diff = { previousId: 5, lastId: 6, asks: [], eventTimeMs: 1 };
  book.apply({ ...diff, bids: [["97", "4"]] });
  assert.deepEqual(book.side("bid").levels(), bids);
  assert.equal(book.side("bid").isWhole, false);
  assert.equal(book.side("ask").isWhole, true);
});

test("a book that runs out of levels is made deeper, and stays in step meanwhile", async () => {
  const wall = Array.from(
    { length: 300 },
    (_, tick) =>
      /** @type {Change[]} */ ([
        { side: "bid", tick: tick + 1, quantity: 1 },
        { side: "ask", tick: tick + 1, quantity: 1 },
      ]),
  );
  const eaten = Array.from(
    { length: 90 },
    (_, tick) => /** @type {Change[]} */ ([{ side: "ask", tick: tick + 1, quantity: 0 }]),
  );
  const truth = new TrueBook([...wall, ...eaten]);
  let sent = wall.length;
  const { book, clock, asked } = openBook(truth, 250, () => sent);
  await clock.advanceAndSettle(1_000);
  assert.equal(asked(), 1);
  for (; sent < truth.lastId; sent++) {
    book.take(/** @type {BookDiff} */ (truth.diffs[sent]), clock.now());
    assert.equal(book.state, "synced");
    await clock.advanceAndSettle(100);
  }
  assert.ok(asked() > 1);
  assert.ok(asked() < 5, `${asked()} snapshots`);
  assert.equal(book.levels("ask").length, 210);
  book.close();
});

test("a book that does not agree with the best prices of the same update starts anew", async () => {
  const truth = new TrueBook([
    [{ side: "bid", tick: 1, quantity: 1 }],
    [{ side: "ask", tick: 1, quantity: 2 }],
  ]);
  const { book, clock } = openBook(truth, 100, () => 2);
  await clock.advanceAndSettle(1_000);
  const best = {
    bid: "999.99",
    bidQuantity: "0.00001",
    ask: "1000.01",
    askQuantity: "0.00002",
    eventTimeMs: null,
  };
  book.witness({ ...best, updateId: 1, ask: "1000.05" });
  book.witness({ ...best, updateId: 2 });
  assert.equal(book.state, "synced");
  book.witness({ ...best, updateId: 2, askQuantity: "0.00003" });
  assert.equal(book.state, "resyncing");
  assert.equal(book.cause, "best");
  book.close();
});

test("without any snapshot it says so and goes on asking", async () => {
  const clock = new FakeClock();
  let asked = 0;
  const get = async () => {
    asked += 1;
    return null;
  };
  const snapshots = { get, waitMs: 0 };
  const book = new VerifiedBook({
    pair: PAIR,
    snapshots,
    clock,
    random: () => 1,
    changed: () => undefined,
  });
  await clock.advanceAndSettle(60_000);
  assert.equal(book.cause, "no_snapshot");
  assert.ok(asked >= 5 && asked <= 20, `${asked} times`);
  book.close();
  await clock.advanceAndSettle(60_000);
  assert.equal(clock.pending, 0);
});
