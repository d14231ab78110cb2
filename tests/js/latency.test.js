import assert from "node:assert/strict";
import { test } from "node:test";
import { latencyText } from "../../static/js/later/latency/latency.js";
import { LatencyMeter } from "../../static/js/later/latency/meter.js";
import { ExchangeClock } from "../../static/js/state/exchange-clock.js";
import { FakeClock } from "./support/fake-clock.js";

/**
 * A server whose clock is ahead of this device's; each answer takes its own time.
 *
 * @param {FakeClock} clock
 * @param {{ aheadMs: number, offsets: object, thereMs: number[], backMs: number[] }} server
 */
function timeServer(clock, { aheadMs, offsets, thereMs, backMs }) {
  let asked = 0;
  const fetch = async () => {
    clock.advance(thereMs[asked % thereMs.length] ?? 0);
    const body = { data: { now: clock.now() + aheadMs, exchangeOffset: offsets } };
    clock.advance(backMs[asked % backMs.length] ?? 0);
    asked += 1;
    return new Response(JSON.stringify(body));
  };
  return { fetch: /** @type {typeof globalThis.fetch} */ (fetch), asked: () => asked };
}

test("the quickest of several tries is believed", async () => {
  const clock = new FakeClock();
  const offsets = { spot: 7, futures: -3 };
  const server = timeServer(clock, {
    aheadMs: 2_000,
    offsets,
    thereMs: [400, 10, 90],
    backMs: [20, 10, 300],
  });
  const reading = await new ExchangeClock({ fetch: server.fetch, clock }).read();
  assert.deepEqual(reading, { offsetMs: { spot: 2_007, futures: 1_997 }, uncertaintyMs: 10 });
});

test("the clocks are compared once in five minutes", async () => {
  const clock = new FakeClock();
  const server = timeServer(clock, {
    aheadMs: 0,
    offsets: { spot: 0, futures: 0 },
    thereMs: [1],
    backMs: [1],
  });
  const exchangeClock = new ExchangeClock({ fetch: server.fetch, clock });
  await exchangeClock.read();
  const once = server.asked();
  await exchangeClock.read();
  assert.equal(server.asked(), once);
  clock.advance(300_001);
  await exchangeClock.read();
  assert.equal(server.asked(), 2 * once);
});

for (const [name, fetch] of Object.entries({
  "a server that is gone": () => Promise.reject(new TypeError("no network")),
  "a server that fails": async () => new Response("", { status: 500 }),
  "a page in place of an answer": async () => new Response("<html>"),
  "an exchange that did not tell": async () =>
    new Response('{"data": {"now": 5, "exchangeOffset": {"spot": null, "futures": 1}}}'),
})) {
  test(`${name} gives no reading and no error`, async () => {
    const options = { fetch: /** @type {any} */ (fetch), clock: new FakeClock() };
    assert.equal(await new ExchangeClock(options).read(), null);
  });
}

test("latency is corrected by the clocks' difference", () => {
  const meter = new LatencyMeter();
  assert.equal(meter.summary, null);
  for (let ms = 1; ms <= 100; ms++) meter.add(10_000, 10_000 + ms - 2_000, 2_000);
  assert.deepEqual(meter.summary, { medianMs: 50, p95Ms: 95, samples: 100 });
});

test("only the last 200 events count", () => {
  const meter = new LatencyMeter();
  for (let count = 0; count < 300; count++) meter.add(0, count < 100 ? 9_000 : 30, 0);
  assert.deepEqual(meter.summary, { medianMs: 30, p95Ms: 30, samples: 200 });
});

test("the words say what is known", () => {
  const reading = { offsetMs: { spot: 0, futures: 0 }, uncertaintyMs: 1 };
  assert.match(latencyText(null, undefined), /comparing/);
  assert.match(latencyText(null, null), /not known/);
  assert.match(latencyText(null, reading), /waiting/);
  const summary = { medianMs: 41.6, p95Ms: 80.2, samples: 9 };
  assert.equal(latencyText(summary, reading), "Latency 42 ms, p95 80 ms");
});
