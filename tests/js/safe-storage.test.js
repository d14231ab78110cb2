import assert from "node:assert/strict";
import { test } from "node:test";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { forbiddenStorage, memoryStorage } from "./support/storage.js";

test("what is written is found again after a reload", () => {
  const store = memoryStorage();
  assert.equal(new SafeStorage(() => store).setItem("a", "1"), true);
  assert.equal(new SafeStorage(() => store).getItem("a"), "1");
});

test("a full store keeps the value for this page only, and says so", () => {
  const store = memoryStorage(3);
  store.setItem("a", "old");
  const safe = new SafeStorage(() => store);
  assert.equal(safe.setItem("a", "longer than three"), false);
  assert.equal(safe.getItem("a"), "longer than three");
  assert.equal(new SafeStorage(() => store).getItem("a"), "old");
});

test("a forbidden store hurts nobody", () => {
  const safe = new SafeStorage(() => forbiddenStorage);
  assert.equal(safe.getItem("a"), null);
  assert.equal(safe.setItem("a", "1"), false);
  assert.equal(safe.getItem("a"), "1");
});

test("where even touching the store is forbidden, nothing is thrown", () => {
  const safe = new SafeStorage(() => {
    throw new DOMException("no", "SecurityError");
  });
  assert.equal(safe.getItem("a"), null);
});

test("where there is no store at all, memory serves", () => {
  const safe = new SafeStorage(() => undefined);
  assert.equal(safe.setItem("a", "1"), false);
  assert.equal(safe.getItem("a"), "1");
});

test("what was stored as JSON is read back, and damage is the same as nothing", () => {
  const safe = new SafeStorage(() => undefined);
  assert.equal(safe.getJson("a"), null);
  safe.setItem("a", '{"b":["1"]}');
  assert.deepEqual(safe.getJson("a"), { b: ["1"] });
  safe.setItem("a", '{"b":');
  assert.equal(safe.getJson("a"), null);
});

test("an error that is not the browser's refusal is not hidden", () => {
  const safe = new SafeStorage(() => {
    throw new ReferenceError("a mistake of ours");
  });
  assert.throws(() => safe.getItem("a"), ReferenceError);
});
