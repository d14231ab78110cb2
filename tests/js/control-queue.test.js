import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ControlQueue } from "../../static/js/streams/control-queue.js";
import { FakeClock } from "./support/fake-clock.js";

/** @param {string[]} carried */
function start(carried = [], perSecond = 3) {
  const clock = new FakeClock();
  /** @type {{ method: string, params: string[], id: number, atMs: number }[]} */
  const sent = [];
  const queue = new ControlQueue({
    clock,
    perSecond,
    carried,
    send: (message) => sent.push({ ...message, atMs: clock.now() }),
  });
  return { clock, queue, sent };
}

test("what the address carries is not subscribed again", () => {
  const { clock, queue, sent } = start(["a", "b"]);
  queue.want(new Set(["a", "b"]));
  clock.advance(5_000);
  assert.deepEqual(sent, []);
});

test("a change is one message to leave and one to join, leaving first", () => {
  const { clock, queue, sent } = start(["a", "x"]);
  queue.want(new Set(["a", "b", "c"]));
  clock.advance(0);
  assert.deepEqual(
    sent.map(({ method, params }) => [method, params]),
    [
      ["UNSUBSCRIBE", ["x"]],
      ["SUBSCRIBE", ["b", "c"]],
    ],
  );
});

test("only the last of several wishes is sent", () => {
  const { clock, queue, sent } = start();
  for (const stream of ["a", "b", "c"]) queue.want(new Set([stream]));
  clock.advance(0);
  assert.deepEqual(
    sent.map(({ params }) => params),
    [["c"]],
  );
});

test("a thousand streams are joined in batches of a hundred, within the rate", () => {
  const { clock, queue, sent } = start();
  queue.want(new Set(Array.from({ length: 1_000 }, (_, index) => `s${index}`)));
  clock.advance(10_000);
  assert.equal(sent.length, 10);
  assert.equal(new Set(sent.flatMap(({ params }) => params)).size, 1_000);
});

test("whatever is wanted and when, the rate holds and the last wish is met", () => {
  const wish = fc.tuple(fc.nat(700), fc.subarray(["a", "b", "c", "d", "e", "f"]));
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 40 }), (wishes) => {
      const { clock, queue, sent } = start(["a", "z"]);
      for (const [waitMs, streams] of wishes) {
        clock.advance(waitMs);
        queue.want(new Set(streams));
      }
      clock.advance(10_000);
      assert.deepEqual(subscribed(["a", "z"], sent), new Set(wishes.at(-1)?.[1]));
      for (const { atMs } of sent) {
        const within = sent.filter((other) => other.atMs > atMs - 1_000 && other.atMs <= atMs);
        assert.ok(within.length <= 3);
      }
      assert.equal(clock.pending, 0);
    }),
  );
});

test("a message without an answer is remembered until it is answered", () => {
  const { clock, queue, sent } = start();
  queue.want(new Set(["a"]));
  clock.advance(0);
  assert.equal(queue.waitingSinceMs, sent[0]?.atMs);
  queue.answered(sent[0]?.id);
  assert.equal(queue.waitingSinceMs, null);
});

test("an error answer without an id settles the oldest message", () => {
  const { clock, queue } = start();
  queue.want(new Set(["a"]));
  clock.advance(0);
  queue.answered(undefined);
  assert.equal(queue.waitingSinceMs, null);
});

test("closing leaves no timer", () => {
  const { clock, queue } = start();
  queue.want(new Set(["a"]));
  queue.close();
  assert.equal(clock.pending, 0);
});

/**
 * @param {string[]} carried
 * @param {{ method: string, params: string[] }[]} sent
 */
function subscribed(carried, sent) {
  const streams = new Set(carried);
  for (const { method, params } of sent) {
    for (const stream of params) {
      if (method === "SUBSCRIBE") streams.add(stream);
      else streams.delete(stream);
    }
  }
  return streams;
}
