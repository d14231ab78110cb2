import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readFrame } from "../../static/js/streams/frames.js";

/** @param {unknown} message */
const read = (message) => readFrame(JSON.stringify(message));

test("a combined frame gives its stream and data", () => {
  assert.deepEqual(read({ stream: "a@b", data: [1] }), { kind: "data", stream: "a@b", data: [1] });
});

test("an answer to a subscription is an answer, not data", () => {
  assert.deepEqual(read({ result: null, id: 7 }), { kind: "answer", id: 7, error: null });
});

test("spot and futures errors are read, with and without an id", () => {
  const spot = read({ code: 2, msg: "Invalid request: too many parameters" });
  assert.deepEqual(spot, {
    kind: "answer",
    id: undefined,
    error: "Invalid request: too many parameters (code 2)",
  });
  const futures = read({ error: { code: 2, msg: "no" }, id: 3 });
  assert.deepEqual(futures, { kind: "answer", id: 3, error: "no (code 2)" });
});

test("a shutdown is understood in the raw and the combined form", () => {
  assert.deepEqual(read({ e: "serverShutdown", E: 1 }), { kind: "shutdown" });
  const combined = { stream: "!serverShutdown", data: { e: "serverShutdown", E: 1 } };
  assert.deepEqual(read(combined), { kind: "shutdown" });
});

test("what cannot be understood is null and never throws", () => {
  for (const text of ["", "{", "<html>", "null", "1", "[]", "{}", '{"stream":1,"data":{}}']) {
    assert.equal(readFrame(text), null, text);
  }
  for (const value of [null, undefined, new ArrayBuffer(2)]) assert.equal(readFrame(value), null);
  fc.assert(fc.property(fc.string(), (text) => void readFrame(text)));
  fc.assert(fc.property(fc.json(), (text) => void readFrame(text)));
});
