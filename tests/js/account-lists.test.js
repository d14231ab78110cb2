import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { AccountLists } from "../../static/js/later/account/account-lists.js";
import { bring } from "../../static/js/later/account/bring.js";
import { arrive, forget } from "../../static/js/later/account/leave.js";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { Registers } from "../../static/js/state/registers.js";
import { Watchlists } from "../../static/js/state/watchlists.js";
import { FakeClock } from "./support/fake-clock.js";
import { memoryStorage } from "./support/storage.js";

const A = "spot:AUSDT";
const B = "spot:BUSDT";
const C = "futures:CUSDT";
const clock = new FakeClock();

/** The server, as far as its answers go. */
class Server {
  version = 0;
  registers = new Registers();
  status = 200;
  isAway = false;
  /** @type {any[]} */
  asked = [];
  /** @type {(() => void) | null} what happens elsewhere, once, while an answer is under way */
  meanwhile = null;
  clampMs = Number.POSITIVE_INFINITY;

  /** @type {any} */
  fetch = async (/** @type {string} */ address, /** @type {RequestInit} */ { body }) => {
    const told = JSON.parse(String(body));
    this.asked.push(told);
    if (this.isAway) throw new TypeError("out of reach");
    const known = this.version;
    const sent = Object.entries(told.registers).map(([name, [value, atMs]]) => [
      name,
      [value, atMs > this.clampMs ? clock.now() : atMs],
    ]);
    if (this.status === 200 && this.registers.merge(/** @type {any} */ (sent))) this.version += 1;
    const all = Object.fromEntries(this.registers.entries());
    const names = told.version === known ? Object.keys(told.registers) : Object.keys(all);
    const registers = Object.fromEntries(names.map((name) => [name, all[name]]));
    const data = { version: this.version, registers };
    const { meanwhile } = this;
    this.meanwhile = null;
    meanwhile?.();
    assert.equal(address, "/account/watchlists");
    return new Response(JSON.stringify({ status: "success", data }), { status: this.status });
  };
}

/** @type {Server} */
let server;

beforeEach(() => {
  server = new Server();
  globalThis.document = /** @type {any} */ ({ cookie: "" });
});

/** A browser in which the person is signed in; `page` is its window. */
function device(store = memoryStorage(), tag = "ann") {
  const storage = new SafeStorage(() => store);
  const tabs = new EventTarget();
  const lists = new Watchlists({ storage, firstName: "Watchlist", tag, now: clock.now, tabs });
  const page = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), { hidden: false }),
  });
  const sync = new AccountLists({ lists, storage, tag, fetch: server.fetch, page, clock });
  const look = (/** @type {boolean} */ isShown) => {
    page.document.hidden = !isShown;
    page.document.dispatchEvent(new Event("visibilitychange"));
    return clock.advanceAndSettle(0);
  };
  return { store, storage, lists, page, sync, look };
}

test("what is edited here is there when the edits rest, and in one request", async () => {
  const { lists, sync } = device();
  for (const key of [A, B, C]) lists.add(key);
  lists.move(C, 0);
  await clock.advanceAndSettle(900);
  assert.equal(server.asked.length, 0);
  await clock.advanceAndSettle(200);
  assert.equal(server.asked.length, 1);
  const other = device();
  await other.sync.ask();
  assert.deepEqual(other.lists.open.keys, [C, A, B]);
  assert.match(document.cookie, /^watchlists-known=ann\.1;/);
  assert.ok(!sync.hasUnsent);
});

test("what is edited elsewhere comes when the page is looked at, comes online, or in a minute", async () => {
  const mine = device();
  const other = device();
  const edits = [
    () => mine.look(false).then(() => mine.look(true)),
    () => mine.page.dispatchEvent(new Event("online")),
    () => clock.advanceAndSettle(61_000),
  ];
  for (const [count, waitFor] of edits.entries()) {
    other.lists.add(`spot:N${count}USDT`);
    await other.sync.ask();
    await waitFor();
    await clock.advanceAndSettle(0);
    assert.equal(mine.lists.open.keys.length, count + 1);
  }
});

test("a page that nobody looks at asks for nothing, and sends what is left when it goes", async () => {
  const { lists, look } = device();
  lists.add(A);
  await look(false);
  assert.equal(server.asked.length, 1);
  await clock.advanceAndSettle(600_000);
  assert.equal(server.asked.length, 1);
});

test("two that edit at once while one is offline end with the edits of both", async () => {
  const [one, two] = [device(), device()];
  one.lists.add(A);
  await one.sync.ask();
  await two.sync.ask();
  server.isAway = true;
  two.lists.add(B);
  two.lists.create("Mine", [C]);
  await clock.advanceAndSettle(2_000);
  server.isAway = false;
  one.lists.remove(A);
  one.lists.create("Other", [A]);
  await one.sync.ask();
  two.page.dispatchEvent(new Event("online"));
  await clock.advanceAndSettle(0);
  await one.sync.ask();
  assert.deepEqual(one.lists.lists, two.lists.lists);
  const held = Object.fromEntries(one.lists.lists.map(({ name, keys }) => [name, keys]));
  assert.deepEqual(held, { Watchlist: [B], Mine: [C], Other: [A] });
});

test("what could not be sent is tried again, soon at first and then once a minute", async () => {
  const { lists, sync } = device();
  server.isAway = true;
  lists.add(A);
  await sync.ask();
  for (const waitMs of [3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000]) {
    const count = server.asked.length;
    await clock.advanceAndSettle(waitMs - 10);
    assert.equal(server.asked.length, count, `sooner than ${waitMs} ms`);
    await clock.advanceAndSettle(10);
    assert.equal(server.asked.length, count + 1);
  }
  server.isAway = false;
  await clock.advanceAndSettle(60_000);
  assert.ok(!sync.hasUnsent);
});

test("an edit that is made while an answer is under way is sent after it", async () => {
  const { lists, sync } = device();
  lists.add(A);
  server.meanwhile = () => {
    lists.add(B);
  };
  await sync.ask();
  assert.ok(sync.hasUnsent);
  await clock.advanceAndSettle(1_100);
  assert.ok(!sync.hasUnsent);
  assert.equal(server.registers.get(`main ${B}`), 1);
});

test("an answer that another tab has overtaken changes nothing", async () => {
  const store = memoryStorage();
  const [tab, other] = [device(store), device(store)];
  tab.lists.add(A);
  await tab.sync.ask();
  server.meanwhile = () => {
    other.lists.remove(A);
    other.sync.ask();
  };
  await tab.sync.ask();
  await clock.advanceAndSettle(2_000);
  assert.deepEqual(tab.lists.entries().find(([name]) => name === `main ${A}`)?.[1][0], null);
  assert.equal(server.registers.get(`main ${A}`), null);
});

test("a browser whose clock is far ahead does not keep what others changed since", async () => {
  const wrong = device();
  wrong.lists.take([
    ["main place", [0, 9e14]],
    [`main ${A}`, [0, 9e14]],
  ]);
  server.clampMs = clock.now() + 300_000;
  await wrong.sync.ask();
  assert.ok(!wrong.sync.hasUnsent);
  await clock.advanceAndSettle(10);
  const other = device();
  await other.sync.ask();
  other.lists.remove(A);
  await other.sync.ask();
  await wrong.sync.ask();
  assert.deepEqual(wrong.lists.open.keys, []);
  assert.ok(!wrong.sync.hasUnsent);
});

test("a server that has only an older copy is told everything anew", async () => {
  const { lists, sync } = device();
  lists.add(A);
  await sync.ask();
  lists.add(B);
  await sync.ask();
  server.version = 0;
  server.registers = new Registers();
  await sync.ask();
  assert.equal(server.registers.get(`main ${A}`), 0);
  assert.equal(server.registers.get(`main ${B}`), 1);
});

test("an account that takes no more is asked for news only, until something is edited", async () => {
  const { lists, sync } = device();
  let refused = 0;
  sync.addEventListener("refused", () => (refused += 1));
  server.status = 422;
  lists.add(A);
  await sync.ask();
  await sync.ask();
  assert.equal(refused, 2);
  assert.deepEqual(server.asked.at(-1).registers, {});
  server.status = 200;
  lists.add(B);
  await sync.ask();
  assert.equal(server.registers.get(`main ${A}`), 0);
});

test("when the sign-in is over it says so and asks no more", async () => {
  const { sync } = device();
  let ended = 0;
  sync.addEventListener("ended", () => (ended += 1));
  server.status = 401;
  await sync.ask();
  await clock.advanceAndSettle(200_000);
  assert.equal(ended, 1);
  assert.equal(server.asked.length, 1);
});

test("nobody's lists move into the account: by name into its own, else as new ones", () => {
  const store = memoryStorage();
  const storage = new SafeStorage(() => store);
  const tabs = new EventTarget();
  const nobodys = new Watchlists({ storage, firstName: "Watchlist", tabs });
  nobodys.add(A);
  nobodys.add(B);
  nobodys.remove(B);
  nobodys.create("Majors", [C]);
  nobodys.create("Empty");
  nobodys.openList(nobodys.lists[1]?.id ?? "");
  const { lists } = device(store);
  lists.add(B);
  bring(lists, storage, "Watchlist");
  bring(lists, storage, "Watchlist");
  assert.deepEqual(
    lists.lists.map(({ name, keys }) => [name, keys]),
    [
      ["Watchlist", [B, A]],
      ["Majors", [C]],
    ],
  );
  assert.equal(lists.open.name, "Majors");
  assert.deepEqual(
    [...store.values.keys()].filter((key) => !key.endsWith(":ann")),
    [],
  );
});

test("who signs out leaves nothing, not even what could not be sent", async () => {
  const { store, storage, lists, sync } = device();
  arrive(storage, "ann");
  lists.add(A);
  await sync.ask();
  lists.add(B);
  forget(storage, { but: "", evenUnsent: true });
  assert.deepEqual([...store.values.keys()], []);
});

test("when a sign-in ends by itself, unsent edits wait for the same person alone", async () => {
  const { store, storage, lists, sync } = device();
  arrive(storage, "ann");
  lists.add(A);
  await sync.ask();
  lists.add(B);
  forget(storage, { but: "", evenUnsent: false });
  const bob = device(store, "bob");
  arrive(storage, "bob");
  assert.deepEqual(bob.lists.open.keys, []);
  await bob.sync.ask();
  assert.deepEqual(server.asked.at(-1).registers, {});
  const again = device(store);
  assert.deepEqual(again.lists.open.keys, [A, B]);
  await again.sync.ask();
  forget(storage, { but: "bob", evenUnsent: false });
  assert.deepEqual(
    [...store.values.keys()].filter((key) => key.endsWith(":ann")),
    [],
  );
});
