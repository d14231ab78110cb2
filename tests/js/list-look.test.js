import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ListLook } from "../../static/js/state/list-look.js";
import { FakeClock } from "./support/fake-clock.js";

/** @type {FakeClock} */
let clock;
/** @type {string[]} */
let asked;
/** @type {() => Response} */
let answer;
/** @type {ListLook} */
let look;

beforeEach(() => {
  clock = new FakeClock();
  asked = [];
  answer = () => new Response("{}", { status: 202 });
  look = new ListLook({
    fetch: async (url, init) => {
      asked.push(`${init?.method} ${url}`);
      return answer();
    },
    clock,
    random: () => 0.5,
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a burst of changes makes one look, a moment later", () => {
  for (let count = 0; count < 20; count += 1) look.ask("futures");
  assert.deepEqual(asked, []);
  clock.advance(1_000);
  assert.deepEqual(asked, ["POST /api/v1/looks/futures"]);
});

test("a list that is too young is looked at again when it is old enough", async () => {
  answer = () => new Response("{}", { status: 202, headers: { "Retry-After": "7" } });
  look.ask("futures");
  clock.advance(1_000);
  await settled();
  answer = () => new Response("{}", { status: 202 });
  clock.advance(7_999);
  assert.equal(asked.length, 1);
  clock.advance(1);
  await settled();
  clock.advance(60_000);
  assert.equal(asked.length, 2);
});

test("a server that does not answer is not pressed", async () => {
  answer = () => {
    throw new TypeError("Failed to fetch");
  };
  look.ask("spot");
  clock.advance(1_000);
  await settled();
  clock.advance(60_000);
  assert.equal(asked.length, 1);
  look.ask("spot");
  clock.advance(1_000);
  assert.equal(asked.length, 2);
});
