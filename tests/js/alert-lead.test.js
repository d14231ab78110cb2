import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LeaseLead } from "../../static/js/later/alerts/lead.js";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { FakeClock } from "./support/fake-clock.js";
import { memoryStorage } from "./support/storage.js";

/** @type {FakeClock} */
let clock;
/** @type {ReturnType<typeof memoryStorage>} */
let shared;

beforeEach(() => {
  clock = new FakeClock();
  shared = memoryStorage();
});

/** @param {string} id */
function tab(id) {
  const storage = new SafeStorage(() => shared);
  return new LeaseLead({ storage, clock, id }).start();
}

test("of two tabs that open at once exactly one leads, and goes on leading", () => {
  const tabs = [tab("a"), tab("b")];
  for (let second = 0; second < 60; second++) {
    clock.advance(1_000);
    assert.equal(tabs.filter(({ isLead }) => isLead).length, 1);
  }
});

test("when the tab that leads is closed the next one takes over within seconds", () => {
  const first = tab("a");
  clock.advance(1_000);
  const second = tab("b");
  clock.advance(10_000);
  assert.deepEqual([first.isLead, second.isLead], [true, false]);
  first.close();
  clock.advance(6_000);
  assert.equal(second.isLead, true);
});

test("a tab that was killed is followed when its lease is over", () => {
  shared.setItem(
    "marketdeck:alerts:lease:v1",
    JSON.stringify({ id: "dead", untilMs: clock.now() + 20_000 }),
  );
  const second = tab("b");
  clock.advance(19_000);
  assert.equal(second.isLead, false);
  clock.advance(7_000);
  assert.equal(second.isLead, true);
});

test("a tab that slept longer than its lease finds that another leads", () => {
  const first = tab("a");
  clock.advance(1_000);
  assert.equal(first.isLead, true);
  const lease = { id: "b", untilMs: clock.now() + 20_000 };
  shared.setItem("marketdeck:alerts:lease:v1", JSON.stringify(lease));
  first.renew();
  assert.equal(first.isLead, false);
});
