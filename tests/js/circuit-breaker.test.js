import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CircuitBreaker } from "../../static/js/lib/circuit-breaker.js";
import { FakeClock } from "./support/fake-clock.js";
import { memoryStorage } from "./support/storage.js";

/** @type {FakeClock} */
let clock;
/** @type {ReturnType<typeof memoryStorage>} */
let store;

beforeEach(() => {
  clock = new FakeClock();
  store = memoryStorage();
});

function breaker() {
  return new CircuitBreaker({ store, key: "b", now: clock.now, openMs: 30_000 });
}

test("a closed breaker lets every call through", () => {
  const own = breaker();
  assert.deepEqual([own.acquire(), own.acquire(), own.state], ["call", "call", "closed"]);
});

test("a failure opens it for its time", () => {
  const own = breaker();
  own.fail();
  clock.advance(29_999);
  assert.deepEqual([own.acquire(), own.state, own.waitMs], ["refused", "open", 1]);
  clock.advance(1);
  assert.equal(own.state, "half-open");
});

test("half-open lets exactly one probe through", () => {
  const own = breaker();
  own.fail();
  clock.advance(30_000);
  assert.deepEqual([own.acquire(), own.acquire(), own.acquire()], ["probe", "refused", "refused"]);
});

test("a probe that succeeds closes it, one that fails opens it again", () => {
  const own = breaker();
  own.fail();
  clock.advance(30_000);
  own.acquire();
  own.fail();
  assert.equal(own.acquire(), "refused");
  clock.advance(30_000);
  assert.equal(own.acquire(), "probe");
  own.succeed();
  assert.deepEqual([own.acquire(), own.acquire()], ["call", "call"]);
});

test("it stays open over a reload, and two tabs share one probe", () => {
  breaker().fail();
  const [one, other] = [breaker(), breaker()];
  assert.equal(one.acquire(), "refused");
  clock.advance(30_000);
  assert.deepEqual([one.acquire(), other.acquire()], ["probe", "refused"]);
});

test("a page closed in the middle of its probe does not lock it for ever", () => {
  breaker().fail();
  clock.advance(30_000);
  breaker().acquire();
  clock.advance(15_000);
  assert.equal(breaker().acquire(), "probe");
});

test("what makes no sense in the store leaves it closed", () => {
  for (const text of ["", "soon", "NaN", "Infinity", "{}"]) {
    store.setItem("b", text);
    assert.equal(breaker().acquire(), "call", text);
  }
});

test("a wall clock that was set back by a day does not keep it open", () => {
  const own = breaker();
  own.fail();
  clock.jump(-86_400_000);
  assert.equal(own.acquire(), "call");
});

test("a service that asked for a longer rest gets it, up to five minutes", () => {
  const own = breaker();
  own.fail(60_000);
  assert.equal(own.waitMs, 60_000);
  own.fail(9_999_999);
  assert.equal(own.waitMs, 300_000);
});

test("it works without a store", () => {
  const own = new CircuitBreaker({ now: clock.now });
  own.fail();
  assert.equal(own.acquire(), "refused");
});
