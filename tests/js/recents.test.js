import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { Recents } from "../../static/js/state/recents.js";
import { forbiddenStorage, memoryStorage } from "./support/storage.js";

const KEY = "marketdeck:recents:v1";

/** @type {ReturnType<typeof memoryStorage>} */
let storage;

beforeEach(() => {
  storage = memoryStorage();
});

/** A tab of this browser: its recents, how often they changed, and what other tabs tell it. */
function openTab() {
  const recents = new Recents(new SafeStorage(() => storage));
  const tab = new EventTarget();
  const seen = { changes: 0 };
  recents.follow(tab);
  recents.addEventListener("change", () => {
    seen.changes += 1;
  });
  /** @param {string | null} key */
  const hear = (key) => tab.dispatchEvent(Object.assign(new Event("storage"), { key }));
  return { recents, seen, hear };
}

test("the pair opened last comes first, and one opened again moves up", () => {
  const { recents, seen } = openTab();
  for (const key of ["spot:BTCUSDT", "futures:BTCUSDT", "spot:币安人生USDT", "spot:BTCUSDT"]) {
    recents.add(key);
  }
  assert.deepEqual(recents.keys(), ["spot:BTCUSDT", "spot:币安人生USDT", "futures:BTCUSDT"]);
  assert.equal(seen.changes, 4);
});

test("the pair that is first already changes nothing", () => {
  const { recents, seen } = openTab();
  recents.add("spot:BTCUSDT");
  storage.values.set(KEY, '["spot:BTCUSDT" ]');
  recents.add("spot:BTCUSDT");
  assert.equal(seen.changes, 1);
  assert.equal(storage.getItem(KEY), '["spot:BTCUSDT" ]');
});

test("whatever is opened, the newest twenty are kept, each once", () => {
  const names = fc.integer({ min: 0, max: 30 }).map((number) => `spot:A${number}USDT`);
  fc.assert(
    fc.property(fc.array(names, { minLength: 1 }), (opened) => {
      storage = memoryStorage();
      const { recents } = openTab();
      for (const key of opened) recents.add(key);
      assert.deepEqual(recents.keys(), [...new Set(opened.toReversed())].slice(0, 20));
    }),
  );
});

test("a later page and another tab have them too, and the other tab hears of it", () => {
  const mine = openTab();
  const other = openTab();
  mine.recents.add("spot:BTCUSDT");
  other.hear("marketdeck:last-known:v1");
  assert.equal(other.seen.changes, 0);
  other.hear(KEY);
  assert.equal(other.seen.changes, 1);
  assert.deepEqual(other.recents.keys(), ["spot:BTCUSDT"]);
  other.recents.add("spot:ETHUSDT");
  assert.deepEqual(mine.recents.keys(), ["spot:ETHUSDT", "spot:BTCUSDT"]);
  storage.values.clear();
  other.hear(null);
  assert.equal(other.seen.changes, 3);
  assert.deepEqual(other.recents.keys(), []);
});

test("closed, it hears no more of other tabs", () => {
  const { recents, seen, hear } = openTab();
  recents.close();
  hear(KEY);
  assert.equal(seen.changes, 0);
});

test("what is damaged in the store is left out", () => {
  const { recents } = openTab();
  for (const damage of ["{", "null", '"spot:BTCUSDT"', '{"0":"spot:BTCUSDT"}']) {
    storage.values.set(KEY, damage);
    assert.deepEqual(recents.keys(), [], damage);
  }
  storage.values.set(KEY, '[7,null,"spot:","margin:BTCUSDT","futures:ETHUSDT","futures:ETHUSDT"]');
  assert.deepEqual(recents.keys(), ["futures:ETHUSDT"]);
});

test("where the browser keeps nothing, they last as long as the page", () => {
  const recents = new Recents(new SafeStorage(() => forbiddenStorage));
  recents.add("spot:BTCUSDT");
  assert.deepEqual(recents.keys(), ["spot:BTCUSDT"]);
});
