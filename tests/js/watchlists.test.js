import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { SafeStorage } from "../../static/js/lib/safe-storage.js";
import { LISTS_KEY, Watchlists } from "../../static/js/state/watchlists.js";
import { forbiddenStorage, memoryStorage } from "./support/storage.js";

/** @type {ReturnType<typeof memoryStorage>} */
let store;
let ids = 0;

beforeEach(() => {
  store = memoryStorage();
});

/** Another tab of the same browser: told of what the others write when `tell()` is called. */
function openTab(now = () => 1_000) {
  const tabs = new EventTarget();
  const lists = new Watchlists({
    storage: new SafeStorage(() => store),
    firstName: "Watchlist",
    now,
    makeId: () => `l${++ids}`,
    tabs,
  });
  const tell = () => tabs.dispatchEvent(Object.assign(new Event("storage"), { key: LISTS_KEY }));
  return { lists, tell };
}

/** @param {Watchlists} lists */
const seen = (lists) => ({ lists: lists.lists, open: lists.open.id });
const A = "spot:AUSDT";
const B = "futures:BUSDT";
const C = "spot:币安人生USDT";

test("everyone has one empty list at first", () => {
  const { lists } = openTab();
  assert.deepEqual(lists.lists, [{ id: "main", name: "Watchlist", keys: [] }]);
  assert.equal(lists.open.id, "main");
});

test("pairs are added at the end, moved and removed, and are there after a reload", () => {
  const { lists } = openTab();
  for (const key of [A, B, C]) lists.add(key);
  lists.add(A);
  assert.deepEqual(lists.open.keys, [A, B, C]);
  lists.move(C, 0);
  assert.deepEqual(lists.open.keys, [C, A, B]);
  lists.move(C, 99);
  lists.toggle(A);
  assert.deepEqual(openTab().lists.open.keys, [B, C]);
});

test("several pairs are put in by one step, which undo takes back", () => {
  const { lists } = openTab();
  lists.add(B);
  lists.fill([A, B, C]);
  assert.deepEqual(lists.open.keys, [B, A, C]);
  lists.fill([A, B, C]);
  lists.undo();
  assert.deepEqual(lists.open.keys, [B]);
});

test("any number of lists are made, named, opened and deleted", () => {
  const { lists } = openTab();
  lists.add(A);
  lists.create("  Majors\n2 ", [B]);
  assert.deepEqual([lists.open.name, lists.open.keys], ["Majors 2", [B]]);
  lists.create("Majors 2");
  assert.equal(lists.open.name, "Majors 2 2", "no two lists have one name");
  lists.rename(lists.open.id, "Alts");
  lists.add(C);
  assert.deepEqual(
    lists.lists.map(({ name }) => name),
    ["Watchlist", "Majors 2", "Alts"],
  );
  lists.delete(lists.open.id);
  assert.equal(lists.open.name, "Majors 2", "its neighbour is opened");
  lists.openList("main");
  assert.equal(openTab().lists.open.id, "main");
});

test("when the last list is deleted there is an empty one, and it is not haunted", () => {
  const { lists } = openTab();
  lists.add(A);
  lists.delete("main");
  assert.deepEqual(lists.open.keys, []);
  lists.add(B);
  assert.deepEqual(lists.open.keys, [B]);
});

test("each edit is told in its own words", () => {
  const { lists } = openTab();
  /** @type {any[]} */
  const told = [];
  lists.addEventListener("edit", (event) => told.push(/** @type {CustomEvent} */ (event).detail));
  lists.add(A);
  lists.add(B);
  lists.move(B, 0);
  lists.add(B);
  lists.move(B, -1);
  assert.deepEqual(told, [
    { kind: "add", key: A, list: "Watchlist" },
    { kind: "add", key: B, list: "Watchlist" },
    { kind: "move", key: B, list: "Watchlist", place: 1, count: 2 },
  ]);
});

test("a list that is full takes no more and says so", () => {
  const { lists } = openTab();
  lists.create(
    "Full",
    Array.from({ length: 1_000 }, (_, place) => `spot:${place}USDT`),
  );
  let told = null;
  lists.addEventListener("full", (event) => {
    told = /** @type {CustomEvent} */ (event).detail;
  });
  lists.add(A);
  assert.deepEqual(told, { list: "Full", count: 1_000 });
  assert.equal(lists.open.keys.length, 1_000);
});

test("a browser that keeps nothing says so, and the lists last as long as the page", () => {
  const lists = new Watchlists({
    storage: new SafeStorage(() => forbiddenStorage),
    firstName: "Watchlist",
    tabs: new EventTarget(),
  });
  let isTold = false;
  lists.addEventListener("unsaved", () => {
    isTold = true;
  });
  lists.add(A);
  lists.add(B);
  assert.deepEqual(lists.open.keys, [A, B]);
  assert.ok(isTold);
});

test("damage in the store is the same as nothing, and what is whole is kept", () => {
  for (const damage of ["nonsense", "[]", '"x"', '{"main place":[0],"main name":[{},1]}']) {
    store.setItem(LISTS_KEY, damage);
    assert.deepEqual(openTab().lists.open.keys, []);
  }
  store.setItem(LISTS_KEY, `{"main place":[0,1],"main ${A}":[0,1],"main ${B}":["x"],"y":7}`);
  assert.deepEqual(openTab().lists.open.keys, [A]);
});

test("what is taken over from elsewhere is no step that undo takes back", () => {
  const { lists } = openTab();
  lists.add(A);
  const id = lists.adopt({ name: "Kept", keys: [B] });
  lists.replaceKeys("main", [C, A]);
  lists.undo();
  assert.deepEqual(
    lists.lists.map(({ name, keys }) => [name, keys]),
    [
      ["Watchlist", [C, A]],
      ["Kept", [B]],
    ],
  );
  assert.equal(lists.open.id, "main");
  lists.openList(id);
  assert.deepEqual(openTab().lists.open.keys, [B]);
});

// --- Properties ---

const key = fc.constantFrom(...Array.from("ABCDEFGH", (letter) => `spot:${letter}USDT`));
/** An edit of whichever list is open, or of the lists themselves. */
const edit = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("add"), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove"), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("move"), key, to: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("create"), name: fc.string() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename"), name: fc.string() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("import"), keys: fc.uniqueArray(key) }) },
);

/**
 * @param {Watchlists} lists
 * @param {any} edit
 */
function apply(lists, { kind, key, to, name, keys }) {
  if (kind === "add") lists.add(key);
  else if (kind === "remove") lists.remove(key);
  else if (kind === "move") lists.move(key, to);
  else if (kind === "create") lists.create(name);
  else if (kind === "rename") lists.rename(lists.open.id, name);
  else if (kind === "delete") lists.delete(lists.open.id);
  else
    lists.importLists([
      { name: "", keys },
      { name: "More", keys: [] },
    ]);
}

test("undo restores exactly, step by step", () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
      store = memoryStorage();
      const { lists } = openTab();
      /** @type {ReturnType<typeof seen>[]} */
      const states = [];
      lists.addEventListener("edit", () => states.push(after));
      let after = seen(lists);
      for (const each of edits) {
        apply(lists, each);
        after = seen(lists);
      }
      while (states.length > 0) {
        assert.ok(lists.canUndo);
        lists.undo();
        assert.deepEqual(seen(lists), states.pop());
      }
      assert.equal(lists.canUndo, false);
    }),
  );
});

test("moving puts a pair where it was asked to be, however often", () => {
  const moves = fc.array(fc.tuple(key, fc.nat(7)), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(moves, (moves) => {
      store = memoryStorage();
      const { lists } = openTab();
      const keys = Array.from("ABCDEFGH", (letter) => `spot:${letter}USDT`);
      lists.create("All", keys);
      let expected = keys;
      for (const [moved, to] of moves) {
        lists.move(moved, to);
        expected = expected.filter((other) => other !== moved).toSpliced(to, 0, moved);
        assert.deepEqual(lists.open.keys, expected);
      }
    }),
    { numRuns: 30 },
  );
  // Always between the same two: there is no number left between them after some fifty.
  const { lists } = openTab();
  lists.create("Tight", ["spot:AUSDT", "spot:BUSDT", "spot:CUSDT", "spot:DUSDT"]);
  for (let count = 0; count < 200; count += 1) lists.move(lists.open.keys[3] ?? "", 1);
  assert.equal(new Set(lists.open.keys).size, 4);
});

test("two tabs that edit at the same time lose nothing of either", () => {
  const some = fc.uniqueArray(key, { maxLength: 5 });
  fc.assert(
    fc.property(some, some, some, (before, mine, theirs) => {
      store = memoryStorage();
      const one = openTab();
      one.lists.create("Shared", before);
      const two = openTab();
      // The browser tells each tab late what the other has written: both write over it.
      const common = store.getItem(LISTS_KEY) ?? "";
      for (const key of mine) one.lists.add(key);
      const written = store.getItem(LISTS_KEY) ?? "";
      store.setItem(LISTS_KEY, common);
      for (const key of theirs) two.lists.add(key);
      one.tell();
      two.tell();
      const all = new Set([...before, ...mine, ...theirs]);
      assert.deepEqual(new Set(one.lists.open.keys), all);
      assert.deepEqual(seen(one.lists), seen(two.lists));
      assert.deepEqual(openTab().lists.open.keys, one.lists.open.keys);
      assert.ok(written.length > 0);
    }),
  );
});

test("tabs that edit in turn and are told late agree in the end", () => {
  const deeds = fc.array(fc.tuple(fc.nat(1), edit, fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(deeds, (deeds) => {
      store = memoryStorage();
      const one = openTab();
      const two = openTab(() => 500); // its clock is behind
      for (const [actor, deed, isTold] of deeds) {
        const [doer, other] = actor === 0 ? [one, two] : [two, one];
        apply(doer.lists, deed);
        if (isTold) other.tell();
      }
      one.tell();
      two.tell();
      assert.deepEqual(one.lists.lists, two.lists.lists);
      assert.deepEqual(openTab().lists.lists, one.lists.lists);
    }),
  );
});

test("lists that another tab has moved away are not written back", () => {
  const tabs = new EventTarget();
  const storage = new SafeStorage(() => store);
  const lists = new Watchlists({ storage, firstName: "Watchlist", tabs });
  lists.add(A);
  storage.removeItem(LISTS_KEY);
  const news = { key: LISTS_KEY, newValue: null };
  tabs.dispatchEvent(Object.assign(new Event("storage"), news));
  assert.deepEqual(lists.open.keys, []);
  assert.equal(store.getItem(LISTS_KEY), null);
});

test("lists of an account are kept apart, and what another copy knows is taken in", () => {
  const { lists: nobodys } = openTab();
  nobodys.add(A);
  const storage = new SafeStorage(() => store);
  const ofAnn = () =>
    new Watchlists({ storage, firstName: "Watchlist", tag: "ann", tabs: new EventTarget() });
  const lists = ofAnn();
  assert.deepEqual(lists.open.keys, []);
  lists.take([
    ["main place", [0, 5]],
    [`main ${B}`, [0, 5]],
    ["main name", "damaged"],
  ]);
  assert.deepEqual(ofAnn().open.keys, [B]);
  assert.deepEqual(lists.entries().length, 2);
  assert.ok(!lists.canUndo);
  assert.deepEqual(openTab().lists.open.keys, [A]);
});

test("a pair added in a list that another tab deletes is not lost", () => {
  const one = openTab();
  one.lists.create("Short-lived", [A]);
  const two = openTab();
  const { id } = one.lists.open;
  const before = store.getItem(LISTS_KEY) ?? "";
  one.lists.delete(id);
  const deleted = store.getItem(LISTS_KEY) ?? "";
  store.setItem(LISTS_KEY, before);
  two.lists.openList(id);
  two.lists.add(B);
  two.lists.add(C);
  store.setItem(LISTS_KEY, deleted);
  two.tell();
  one.tell();
  for (const { lists } of [one, two]) {
    const list = lists.lists.find((each) => each.id === id);
    assert.ok(list?.keys.includes(C));
  }
});

test("what another tab has changed since is not taken back", () => {
  const one = openTab();
  one.lists.add(A);
  one.lists.add(B);
  const two = openTab();
  two.lists.remove(B);
  two.lists.add(B);
  one.tell();
  one.lists.undo();
  assert.deepEqual(one.lists.open.keys, [A, B]);
});
