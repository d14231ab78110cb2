import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

const globals = /** @type {Record<string, any>} */ (globalThis);
/** @type {(() => void)[]} */
let asked;
/** @type {number[]} the time of each paint */
let painted;
/** @type {typeof import("../../static/js/views/frame.js").Frame} */
let Frame;
let copies = 0;

beforeEach(async () => {
  asked = [];
  painted = [];
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000 });
  mock.method(performance, "now", () => Date.now());
  globals.document = Object.assign(new EventTarget(), { hidden: false });
  globals.requestAnimationFrame = (/** @type {() => void} */ callback) => asked.push(callback);
  // Each test has a page of its own: the module remembers when it painted last.
  copies += 1;
  ({ Frame } = await import(`../../static/js/views/frame.js?copy=${copies}`));
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
  delete globals.document;
  delete globals.requestAnimationFrame;
});

/** @param {number} ms during which the browser has a frame every ten milliseconds */
function pass(ms) {
  for (let passed = 0; passed < ms; passed += 10) {
    for (const callback of asked.splice(0)) callback();
    mock.timers.tick(10);
  }
}

function paintedFrame() {
  return new Frame(() => painted.push(Date.now()));
}

test("what comes first is painted in the next frame", () => {
  paintedFrame().request();
  pass(10);
  assert.deepEqual(painted, [1_000]);
});

test("however often something comes, a page paints ten times a second", () => {
  const frame = paintedFrame();
  for (let ms = 0; ms < 1_000; ms += 10) {
    frame.request();
    pass(10);
  }
  assert.equal(painted.length, 10);
});

test("who measures the page paints before those that only write into it", () => {
  /** @type {string[]} */
  const order = [];
  const writer = new Frame(() => order.push("writes"));
  const measurer = new Frame(() => order.push("measures"), { measures: true });
  for (const frame of [writer, measurer]) frame.request();
  pass(10);
  assert.deepEqual(order, ["measures", "writes"]);
});

for (const [does, heardEveryMs] of /** @type {[string, number][]} */ ([
  ["scroll", 10],
  ["input", 150], // a fast typist's letters
])) {
  test(`at ${does} it paints twice a second, and soon after it as ever`, () => {
    const frame = paintedFrame();
    for (let ms = 0; ms < 2_000; ms += 10) {
      if (ms < 1_000 && ms % heardEveryMs === 0) document.dispatchEvent(new Event(does));
      frame.request();
      pass(10);
    }
    const early = painted.filter((ms) => ms < 2_000);
    assert.equal(early.length, 2);
    assert.ok(painted.length - early.length >= 8);
  });
}

test("while something scrolls each has a frame of its own", () => {
  const frames = [paintedFrame(), paintedFrame()];
  document.dispatchEvent(new Event("scroll"));
  for (const frame of frames) frame.request();
  pass(10);
  assert.deepEqual(painted, [1_000]);
  pass(10);
  assert.deepEqual(painted, [1_000, 1_010]);
});

test("all that a page paints is painted in one frame", () => {
  const [one, other] = [paintedFrame(), paintedFrame()];
  one.request();
  pass(50);
  other.request();
  one.request();
  pass(200);
  assert.deepEqual(painted, [1_000, 1_100, 1_100]);
});

test("what a person does is painted in the next frame, and what waited with it", () => {
  const frame = paintedFrame();
  frame.request();
  pass(20);
  frame.request();
  pass(20);
  frame.requestNext();
  pass(300);
  assert.deepEqual(painted, [1_000, 1_040]);
});

test("a hidden tab waits for the frame in which it is shown, and for no timer", () => {
  const frame = paintedFrame();
  frame.request();
  pass(10);
  globals.document.hidden = true;
  frame.request();
  frame.request();
  assert.equal(asked.length, 1);
});

test("what is closed is not painted", () => {
  const frame = paintedFrame();
  frame.request();
  frame.close();
  pass(200);
  assert.deepEqual(painted, []);
});
