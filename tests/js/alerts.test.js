/** @import { AlertWish } from "../../static/js/later/alerts/alerts.js" */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ALERTS_MAX, Alerts } from "../../static/js/later/alerts/alerts.js";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { FakeClock } from "./support/fake-clock.js";
import { forbiddenStorage, memoryStorage } from "./support/storage.js";

/** @type {FakeClock} */
let clock;
/** @type {ReturnType<typeof memoryStorage>} */
let shared;

beforeEach(() => {
  clock = new FakeClock();
  shared = memoryStorage();
});

/** A tab of the browser. */
function tab() {
  const page = new EventTarget();
  const alerts = new Alerts({ storage: new SafeStorage(() => shared), now: clock.now, page });
  const hear = () => page.dispatchEvent(Object.assign(new Event("storage"), { key: null }));
  return { alerts, hear };
}

/**
 * @param {Partial<AlertWish>} [changes]
 * @returns {AlertWish}
 */
function wish(changes) {
  return {
    market: "spot",
    symbol: "BTCUSDT",
    base: "BTC",
    quote: "USDT",
    tickSize: "0.01",
    kind: "price",
    direction: "above",
    threshold: "64200.00000001",
    windowMs: 0,
    repeats: false,
    note: "",
    ...changes,
  };
}

test("an alert outlives its page as the same strings", () => {
  tab().alerts.add(wish({ note: "take profit" }));
  const [alert] = tab().alerts.all;
  assert.deepEqual(
    [alert?.threshold, alert?.note, alert?.armed, alert?.createdAtMs],
    ["64200.00000001", "take profit", true, clock.now()],
  );
});

test("two tabs that change different alerts lose neither change", () => {
  const one = tab();
  const other = tab();
  one.alerts.add(wish());
  other.alerts.add(wish({ symbol: "ETHUSDT" }));
  one.hear();
  assert.deepEqual(
    one.alerts.all.map(({ symbol }) => symbol),
    ["ETHUSDT", "BTCUSDT"],
  );
});

test("what another tab has stored is told", () => {
  const one = tab();
  const other = tab();
  let changes = 0;
  other.alerts.addEventListener("change", () => changes++);
  one.alerts.add(wish());
  other.hear();
  assert.deepEqual([changes, other.alerts.all.length], [1, 1]);
});

test("one that is deleted can be put back where it was", () => {
  const { alerts } = tab();
  for (const symbol of ["A", "B", "C"]) alerts.add(wish({ symbol }));
  const back = alerts.remove(alerts.all[1]?.id ?? "");
  assert.equal(alerts.all.length, 2);
  back?.();
  assert.deepEqual(
    alerts.all.map(({ symbol }) => symbol),
    ["C", "B", "A"],
  );
});

test("a paused one is not live, and goes on without remembering what it saw before", () => {
  const { alerts } = tab();
  const id = alerts.add(wish())?.id ?? "";
  alerts.setPaused(id, true);
  assert.deepEqual(alerts.live, []);
  clock.advance(60_000);
  alerts.setPaused(id, false);
  assert.deepEqual(
    alerts.live.map(({ armed, sinceMs }) => [armed, sinceMs]),
    [[null, clock.now()]],
  );
});

test("clearing what was fired takes the ones that have done their work", () => {
  const { alerts } = tab();
  const firing = { atMs: 1, value: "1", how: /** @type {const} */ ("seen") };
  const once = alerts.add(wish())?.id ?? "";
  const again = alerts.add(wish({ repeats: true }))?.id ?? "";
  for (const id of [once, again]) {
    alerts.update(id, (alert) => ({ ...alert, fired: [firing], isOver: !alert.repeats }));
  }
  alerts.clearFired();
  assert.deepEqual(
    alerts.all.map(({ id, fired }) => [id, fired]),
    [[again, []]],
  );
});

test("there is a most of them", () => {
  const { alerts } = tab();
  for (let count = 0; count < ALERTS_MAX; count++) assert.ok(alerts.add(wish()));
  assert.equal(alerts.add(wish()), null);
  assert.equal(alerts.all.length, ALERTS_MAX);
});

test("where the browser stores nothing they work for as long as the page, and that is known", () => {
  const alerts = new Alerts({ storage: new SafeStorage(() => forbiddenStorage) });
  alerts.add(wish());
  assert.deepEqual([alerts.all.length, alerts.isKept], [1, false]);
});

test("what cannot be understood is left out", () => {
  tab().alerts.add(wish());
  const stored = JSON.parse(shared.values.get("marketdeck:alerts:v1") ?? "");
  const damaged = [
    null,
    5,
    { ...stored[0], threshold: "x" },
    { ...stored[0], gaps: "" },
    stored[0],
  ];
  shared.setItem("marketdeck:alerts:v1", JSON.stringify(damaged));
  assert.equal(tab().alerts.all.length, 1);
  shared.setItem("marketdeck:alerts:v1", "{");
  assert.equal(tab().alerts.all.length, 0);
});
