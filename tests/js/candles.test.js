import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Candles } from "../../static/js/later/chart/candles.js";

/** @typedef {import("../../static/js/streams/payloads.js").Candle} Candle */

const MINUTE_MS = 60_000;
const T0 = 1_800_000_000_000;

/**
 * @param {number} minute
 * @param {number} volume
 * @param {boolean} [isClosed]
 * @returns {Candle}
 */
function candle(minute, volume, isClosed = false) {
  const openMs = T0 + minute * MINUTE_MS;
  const prices = { open: "1", high: `${volume + 1}`, low: "1", close: `${volume + 1}` };
  return { openMs, closeMs: openMs + MINUTE_MS - 1, ...prices, volume: `${volume}`, isClosed };
}

/** @param {Candles} candles */
const told = (candles) =>
  candles.rows.map(({ openMs, volume }) => [(openMs - T0) / MINUTE_MS, Number(volume)]);

/** @param {Candle[]} rows */
function joinedTo(...rows) {
  const candles = new Candles();
  candles.join({ candles: rows });
  return candles;
}

test("a candle of the stream replaces the open one that began with it", () => {
  const candles = joinedTo(candle(0, 5, true), candle(1, 2));
  candles.take(candle(1, 3));
  assert.deepEqual(told(candles), [
    [0, 5],
    [1, 3],
  ]);
  assert.equal(candles.hasGap, false);
});

test("the next one follows once the last is told as closed", () => {
  const candles = joinedTo(candle(0, 5));
  candles.take(candle(0, 7, true));
  candles.take(candle(1, 1));
  assert.deepEqual(told(candles), [
    [0, 7],
    [1, 1],
  ]);
});

test("it follows history that was asked for after the last one's end", () => {
  const candles = joinedTo(candle(0, 5, true));
  candles.take(candle(1, 1));
  assert.equal(told(candles).length, 2);
});

test("it does not follow one that may have changed: history is needed", () => {
  const candles = joinedTo(candle(0, 5));
  candles.take(candle(1, 1));
  assert.deepEqual(told(candles), [[0, 5]]);
  assert.equal(candles.hasGap, true);
  candles.join({ candles: [candle(0, 9, true), candle(1, 0)] });
  assert.deepEqual(told(candles), [
    [0, 9],
    [1, 1],
  ]);
  assert.equal(candles.hasGap, false);
});

test("the lost word on the last one may come late", () => {
  const candles = joinedTo(candle(0, 5));
  candles.take(candle(1, 1));
  candles.take(candle(0, 9, true));
  assert.equal(candles.hasGap, false);
  assert.deepEqual(told(candles), [
    [0, 9],
    [1, 1],
  ]);
});

test("a missed candle is a gap, and no place is left out for it", () => {
  const candles = joinedTo(candle(0, 5, true));
  candles.take(candle(2, 1));
  assert.deepEqual(told(candles), [[0, 5]]);
  assert.equal(candles.hasGap, true);
});

test("a gap of the exchange's own is no gap", () => {
  const candles = joinedTo(candle(0, 5, true));
  candles.take(candle(2, 1));
  candles.join({ candles: [candle(0, 5, true), candle(2, 1)] });
  assert.equal(candles.hasGap, false);
  assert.deepEqual(told(candles), [
    [0, 5],
    [2, 1],
  ]);
});

test("late and repeated messages change nothing", () => {
  const candles = joinedTo(candle(0, 5, true), candle(1, 4));
  for (const late of [candle(0, 1), candle(0, 9, true), candle(1, 3)]) candles.take(late);
  assert.deepEqual(told(candles), [
    [0, 5],
    [1, 4],
  ]);
  candles.take(candle(1, 6, true));
  candles.take(candle(1, 5));
  assert.deepEqual(told(candles).at(-1), [1, 6]);
});

test("history that is older than what the stream has told sets nothing back", () => {
  const candles = joinedTo(candle(0, 5));
  candles.take(candle(0, 7, true));
  candles.take(candle(1, 3));
  candles.join({ candles: [candle(-1, 1, true), candle(0, 5)] });
  assert.deepEqual(told(candles), [
    [-1, 1],
    [0, 7],
    [1, 3],
  ]);
});

test("older candles stay where new history begins among them, and go where it does not", () => {
  const candles = joinedTo(candle(0, 5, true), candle(1, 4, true), candle(2, 1));
  candles.join({ candles: [candle(1, 4, true), candle(2, 2, true), candle(3, 1)] });
  assert.deepEqual(
    told(candles).map(([minute]) => minute),
    [0, 1, 2, 3],
  );
  candles.join({ candles: [candle(9, 4, true), candle(10, 1)] });
  assert.deepEqual(
    told(candles).map(([minute]) => minute),
    [9, 10],
  );
});

test("without any history there are the stream's candles that follow each other", () => {
  const candles = new Candles();
  candles.take(candle(0, 1, true));
  candles.take(candle(2, 1, true));
  candles.take(candle(3, 1));
  assert.equal(candles.hasHistory, false);
  assert.deepEqual(
    told(candles).map(([minute]) => minute),
    [2, 3],
  );
  candles.join({ candles: [0, 1, 2].map((minute) => candle(minute, 1, true)) });
  assert.deepEqual(
    told(candles).map(([minute]) => minute),
    [0, 1, 2, 3],
  );
});

test("an empty history of a pair that was just listed is no candle and no gap", () => {
  const candles = joinedTo();
  assert.deepEqual(candles.rows, []);
  assert.equal(candles.hasGap, false);
});

test("candles are not kept for ever", () => {
  const candles = joinedTo(candle(0, 1, true));
  for (let minute = 1; minute <= 3_000; minute++) candles.take(candle(minute, 1, true));
  assert.equal(candles.rows.length, 2_880);
  assert.equal(told(candles).at(-1)?.[0], 3_000);
});

/** @typedef {{ trades: number, isMissing: boolean, tellsEnd: boolean }} Minute of the exchange */

/** The first and the last minute have candles; one without trades is told only as it ends. */
const plans = fc
  .array(
    fc.record({ trades: fc.nat({ max: 4 }), isMissing: fc.boolean(), tellsEnd: fc.boolean() }),
    {
      minLength: 2,
      maxLength: 12,
    },
  )
  .map((plan) => {
    const ends = [plan[0], plan.at(-1)];
    return plan.map((minute) =>
      ends.includes(minute) ? { ...minute, isMissing: false, trades: minute.trades + 1 } : minute,
    );
  });

/**
 * Everything that the stream has to say.
 *
 * @param {Minute[]} plan
 */
function messagesOf(plan) {
  return plan.flatMap(({ trades, isMissing, tellsEnd }, minute) => {
    if (isMissing) return [];
    const growing = Array.from({ length: trades }, (_, count) => candle(minute, count + 1));
    const isTold = minute < plan.length - 1 && tellsEnd;
    return isTold ? [...growing, candle(minute, trades, true)] : growing;
  });
}

/**
 * What the exchange answers when it is asked in some minute, in which so much was traded by then.
 *
 * @param {Minute[]} plan
 * @param {number} now
 * @param {number} from
 * @param {number} [traded]
 */
function answerOf(plan, now, from, traded = 0) {
  return plan.slice(0, now + 1).flatMap(({ trades, isMissing }, minute) => {
    if (isMissing || minute < from) return [];
    return candle(minute, minute === now ? Math.min(trades, traded) : trades, minute < now);
  });
}

const deeds = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ message: fc.nat({ max: 50 }) }) },
    { weight: 1, arbitrary: fc.record({ asked: fc.nat({ max: 11 }), traded: fc.nat({ max: 5 }) }) },
  ),
  { maxLength: 80 },
);

test("any loss, repeat or reordering ends with the exchange's own candles", () => {
  fc.assert(
    fc.property(plans, deeds, fc.nat({ max: 3 }), (plan, all, from) => {
      const messages = messagesOf(plan);
      const last = plan.length - 1;
      const candles = new Candles();
      for (const deed of all) {
        const message = "message" in deed && messages[deed.message];
        if (message) candles.take(message);
        // An answer may be of long ago: caches keep it.
        if ("asked" in deed) {
          const now = Math.min(deed.asked, last);
          candles.join({ candles: answerOf(plan, now, from, deed.traded) });
        }
        assertSound(candles, plan);
      }
      // The newest word arrives in the end, and who sees a gap asks.
      const traded = Number(plan[last]?.trades);
      candles.take(candle(last, traded));
      const isNeeded = candles.hasGap || !candles.hasHistory;
      if (isNeeded) candles.join({ candles: answerOf(plan, last, Math.min(from, last)) });
      assert.equal(candles.hasGap, false);
      assertSound(candles, plan);
      assert.deepEqual(told(candles).at(-1), [last, traded]);
    }),
    { numRuns: 3_000 },
  );
});

/**
 * None is there twice, none is left out, and all but the last are as the exchange has them.
 *
 * @param {Candles} candles
 * @param {Minute[]} plan
 */
function assertSound(candles, plan) {
  const ours = told(candles);
  const [first] = ours;
  if (!first) return;
  const truth = told(joinedTo(...answerOf(plan, plan.length - 1, Number(first[0]))));
  assert.deepEqual(ours.slice(0, -1), truth.slice(0, ours.length - 1));
  assert.equal(ours.at(-1)?.[0], truth[ours.length - 1]?.[0]);
}
