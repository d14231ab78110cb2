/** @import { SafeStorage } from "../lib/safe-storage.js" */
/** @import { NamedKeys } from "../later/lists/tradingview.js" */
/** @import { Change, Register } from "./registers.js" */
import { cleanName, KEYS_MAX } from "../lib/watch-key.js";
import { Registers } from "./registers.js";

export const LISTS_KEY = "marketdeck:watchlists:v1";
export const OPEN_KEY = "marketdeck:watchlist-open:v1";
const FIRST_ID = "main"; // in every browser: the lists that people start with merge into one
const UNDO_STEPS = 50;
const REMOVED_FOR_MS = 365 * 86_400_000; // the same in webapp/watchlists/store.py

/**
 * @typedef {object} List
 * @property {string} id
 * @property {string} name
 * @property {string[]} keys such as "spot:BTCUSDT", in the person's order
 *
 * @typedef {object} Edit what was done, to be told
 * @property {"add" | "fill" | "remove" | "move" | "create" | "rename" | "delete" | "import"} kind
 * @property {string} [key]
 * @property {string} [list] its name
 * @property {number} [place] from 1
 * @property {number} [count]
 *
 * @typedef {{ edit: Edit, changes: Change[], openBefore: string }} Step
 */

/**
 * All watchlists of this browser, and which one is open. Each list is some registers: its name, its
 * place among the lists (null when it is deleted) and the rank of each of its pairs (null when it
 * is removed), so that the copies of two tabs, or of two machines, can be merged with nothing lost.
 *
 * Dispatches `change` when anything has changed, here or in another tab, `edit` with the Edit that
 * was done here, `undone` with the Edit that was taken back, `full` with a list that takes no more,
 * `unsaved` when the browser refuses to keep the lists; whoever brings them to an account has it
 * dispatch `refused` when that takes no more.
 */
export class Watchlists extends EventTarget {
  #storage;
  #keys;
  #firstName;
  #now;
  #makeId;
  #registers = new Registers();
  /** @type {List[] | null} null when they are to be put together anew */
  #lists = null;
  #openId = FIRST_ID;
  /** @type {Step[]} */
  #steps = [];
  #aborter = new AbortController();

  /**
   * @param {object} options
   * @param {SafeStorage} options.storage
   * @param {string} options.firstName of the list that everyone has at first
   * @param {string} [options.tag] of the account whose lists they are; "" for nobody's
   * @param {() => number} [options.now]
   * @param {() => string} [options.makeId]
   * @param {EventTarget} [options.tabs] where `storage` events tell of other tabs
   */
  constructor({
    storage,
    firstName,
    tag = "",
    now = Date.now,
    makeId = randomId,
    tabs = globalThis,
  }) {
    super();
    this.#storage = storage;
    this.#keys = { lists: keyOf(LISTS_KEY, tag), open: keyOf(OPEN_KEY, tag) };
    this.#firstName = firstName;
    this.#now = now;
    this.#makeId = makeId;
    this.#read();
    this.#registers.forgetRemoved(now() - REMOVED_FOR_MS);
    const options = { signal: this.#aborter.signal };
    tabs.addEventListener("storage", (event) => this.#told(/** @type {any} */ (event)), options);
  }

  /** @returns {List[]} in their order, at least one */
  get lists() {
    this.#lists ??= listsIn(this.#registers.entries(), this.#firstName);
    return this.#lists;
  }

  /** @returns {List} */
  get open() {
    const { lists } = this;
    return lists.find(({ id }) => id === this.#openId) ?? /** @type {List} */ (lists[0]);
  }

  get canUndo() {
    return this.#steps.length > 0;
  }

  /** @param {string} id */
  openList(id) {
    if (id === this.open.id) return;
    this.#setOpen(id);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} key */
  toggle(key) {
    if (this.open.keys.includes(key)) this.remove(key);
    else this.add(key);
  }

  /** @param {string} key */
  add(key) {
    this.#read();
    const { id, name, keys } = this.open;
    if (keys.includes(key)) return;
    if (keys.length >= KEYS_MAX) {
      this.dispatchEvent(new CustomEvent("full", { detail: { list: name, count: keys.length } }));
      return;
    }
    const last = keys.at(-1);
    const rank = last === undefined ? 0 : this.#rank(id, last) + 1;
    this.#edit({ kind: "add", key, list: name }, { ...this.#kept(id), [at(id, key)]: rank });
  }

  /**
   * Puts several pairs into the open list, in one step that `undo()` takes back.
   *
   * @param {string[]} keys
   */
  fill(keys) {
    this.#read();
    const { id, name, keys: old } = this.open;
    const fresh = keys.filter((key) => !old.includes(key)).slice(0, KEYS_MAX - old.length);
    if (fresh.length === 0) return;
    const last = old.at(-1);
    const first = last === undefined ? 0 : this.#rank(id, last) + 1;
    const ranks = fresh.map((key, place) => [at(id, key), first + place]);
    const edit = { kind: /** @type {const} */ ("fill"), list: name, count: fresh.length };
    this.#edit(edit, { ...this.#kept(id), ...Object.fromEntries(ranks) });
  }

  /** @param {string} key */
  remove(key) {
    this.#read();
    const { id, name, keys } = this.open;
    if (keys.includes(key)) {
      this.#edit({ kind: "remove", key, list: name }, { [at(id, key)]: null });
    }
  }

  /**
   * @param {string} key
   * @param {number} index among the open list's pairs, from 0; clamped
   */
  move(key, index) {
    this.#read();
    const { id, name, keys } = this.open;
    const to = Math.max(0, Math.min(keys.length - 1, index));
    if (!keys.includes(key) || keys.indexOf(key) === to) return;
    const others = keys.filter((other) => other !== key);
    const edit = { kind: /** @type {const} */ ("move"), key, list: name };
    const told = { ...edit, place: to + 1, count: keys.length };
    this.#edit(told, this.#ranksAfter(id, others, key, to));
  }

  /**
   * Makes a list and opens it.
   *
   * @param {string} name
   * @param {string[]} [keys]
   */
  create(name, keys = []) {
    this.#read();
    const list = this.#newList({ name, keys }, this.lists, this.#nextPlace());
    this.#edit({ kind: "create", list: list.name }, list.values, list.id);
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  rename(id, name) {
    this.#read();
    const others = this.lists.filter((list) => list.id !== id);
    const free = freeName(cleanName(name) || this.#firstName, others);
    if (this.lists.find((list) => list.id === id)?.name === free) return;
    this.#edit({ kind: "rename", list: free }, { ...this.#kept(id), [at(id, "name")]: free });
  }

  /** @param {string} id */
  delete(id) {
    this.#read();
    const { lists } = this;
    const place = lists.findIndex((list) => list.id === id);
    const list = lists[place];
    if (!list) return;
    const gone = list.keys.map((key) => [at(id, key), null]);
    const next = lists[place + 1] ?? lists[place - 1];
    const values = { [at(id, "place")]: null, ...Object.fromEntries(gone) };
    this.#edit({ kind: "delete", list: list.name }, values, next?.id ?? FIRST_ID);
  }

  /**
   * Makes a list of each and opens the first; none that is there is touched.
   *
   * @param {NamedKeys[]} lists
   */
  importLists(lists) {
    this.#read();
    const all = [...this.lists];
    const place = this.#nextPlace();
    const made = lists.map((list, count) => {
      const one = this.#newList(list, all, place + count);
      all.push(one);
      return one;
    });
    const values = Object.assign({}, ...made.map((list) => list.values));
    this.#edit({ kind: "import", count: made.length }, values, made[0]?.id);
  }

  /**
   * Takes over a list that was made elsewhere; it is not among the steps that `undo()` takes back.
   *
   * @param {NamedKeys} list
   * @returns {string} its id
   */
  adopt(list) {
    const { id, values } = this.#newList(list, this.lists, this.#nextPlace());
    this.#set(values);
    this.#write();
    this.dispatchEvent(new Event("change"));
    return id;
  }

  /**
   * Takes over what was done to a list elsewhere, in one pass; it is not among the steps that
   * `undo()` takes back.
   *
   * @param {string} id
   * @param {string[]} keys all that it holds now, in order
   */
  replaceKeys(id, keys) {
    const old = this.lists.find((list) => list.id === id)?.keys ?? [];
    if (old.join() === keys.join()) return;
    const gone = old.filter((key) => !keys.includes(key)).map((key) => [at(id, key), null]);
    const ranks = keys.map((key, rank) => [at(id, key), rank]);
    this.#set({ ...this.#kept(id), ...Object.fromEntries([...gone, ...ranks]) });
    this.#write();
    this.dispatchEvent(new Event("change"));
  }

  /** All that is known of the lists here, in every tab. */
  entries() {
    this.#read();
    return [...this.#registers.entries()];
  }

  /**
   * Takes over what another copy knows; it is not among the steps that `undo()` takes back.
   *
   * @param {Iterable<[string, unknown]>} entries
   */
  take(entries) {
    this.#read();
    if (!this.#registers.merge(entries)) return;
    this.#lists = null;
    this.#write();
    this.dispatchEvent(new Event("change"));
  }

  /** Takes back the last edit that was done in this tab; what was changed since stays. */
  undo() {
    const step = this.#steps.pop();
    if (!step) return;
    this.#read();
    const atMs = this.#registers.stamp(this.#now());
    for (const change of step.changes) this.#revert(change, atMs);
    this.#lists = null;
    this.#write();
    this.#setOpen(step.openBefore);
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new CustomEvent("undone", { detail: step.edit }));
  }

  close() {
    this.#aborter.abort();
  }

  /**
   * @param {Edit} edit
   * @param {Record<string, string | number | null>} values
   * @param {string} [open] the list to open
   */
  #edit(edit, values, open) {
    const openBefore = this.open.id;
    this.#steps.push({ edit, changes: this.#set(values), openBefore });
    this.#steps = this.#steps.slice(-UNDO_STEPS);
    this.#write();
    if (open) this.#setOpen(open);
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new CustomEvent("edit", { detail: edit }));
  }

  /** @param {Record<string, string | number | null>} values */
  #set(values) {
    const atMs = this.#registers.stamp(this.#now());
    this.#lists = null;
    return Object.entries(values).map(([name, value]) => this.#registers.set(name, value, atMs));
  }

  /**
   * @param {Change} change
   * @param {number} atMs
   */
  #revert(change, atMs) {
    const restored = this.#registers.revert(change, atMs);
    if (!restored) return;
    // An earlier step that had set what is restored can still be taken back after this one.
    for (const { changes } of this.#steps) {
      for (const earlier of changes) if (earlier.after === change.before) earlier.after = restored;
    }
  }

  /**
   * That the list is there, set anew: who adds to a list that another tab deletes keeps it.
   *
   * @param {string} id
   */
  #kept(id) {
    return { [at(id, "place")]: this.#place(id) };
  }

  /**
   * @param {NamedKeys} list
   * @param {List[]} others
   * @param {number} place
   */
  #newList({ name, keys }, others, place) {
    const id = this.#makeId();
    const free = freeName(cleanName(name) || this.#firstName, others);
    const ranks = keys.slice(0, KEYS_MAX).map((key, rank) => [at(id, key), rank]);
    const values = { [at(id, "name")]: free, [at(id, "place")]: place };
    return { id, name: free, keys, values: { ...values, ...Object.fromEntries(ranks) } };
  }

  #nextPlace() {
    return Math.max(...this.lists.map(({ id }) => this.#place(id))) + 1;
  }

  /** @param {string} id */
  #place(id) {
    return Number(this.#registers.get(at(id, "place")) ?? 0);
  }

  /**
   * The ranks to set so that the pair stands at its new place: its own, between its neighbours'.
   *
   * @param {string} id
   * @param {string[]} others
   * @param {string} key
   * @param {number} to
   * @returns {Record<string, number>}
   */
  #ranksAfter(id, others, key, to) {
    const above = to === 0 ? Number.NaN : this.#rank(id, others[to - 1] ?? "");
    const below = to === others.length ? Number.NaN : this.#rank(id, others[to] ?? "");
    const rank = between(above, below);
    if (rank !== null) return { [at(id, key)]: rank };
    const all = others.toSpliced(to, 0, key);
    return Object.fromEntries(all.map((other, place) => [at(id, other), place]));
  }

  /**
   * @param {string} id
   * @param {string} key
   */
  #rank(id, key) {
    return Number(this.#registers.get(at(id, key)));
  }

  /** @param {string} id */
  #setOpen(id) {
    this.#openId = id;
    this.#storage.setItem(this.#keys.open, id);
  }

  /** Another tab may have written since: what it did is not to be overwritten. */
  #read() {
    const isNews = this.#registers.merge(this.#stored());
    if (isNews) this.#lists = null;
    this.#openId = this.#storage.getItem(this.#keys.open) ?? FIRST_ID;
  }

  #stored() {
    return Object.entries(this.#storage.getJson(this.#keys.lists) ?? {});
  }

  #write() {
    const isKept = this.#storage.setItem(this.#keys.lists, JSON.stringify(this.#registers));
    if (!isKept) this.dispatchEvent(new Event("unsaved"));
  }

  /** @param {StorageEvent} event */
  #told({ key, newValue }) {
    if (key !== this.#keys.lists && key !== this.#keys.open) return;
    // Moved into an account, or taken away with one: not to be written back.
    if (key === this.#keys.lists && newValue === null) this.#registers = new Registers();
    this.#lists = null;
    this.#read();
    // Both tabs wrote at once, and the other's went over ours: now it is to hold both.
    const theirs = new Registers();
    theirs.merge(this.#stored());
    if (theirs.merge(this.#registers.entries())) this.#write();
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Under which something is stored: each account has its own.
 *
 * @param {string} key
 * @param {string} tag "" for nobody's
 */
export function keyOf(key, tag) {
  return tag ? `${key}:${tag}` : key;
}

/**
 * @param {Iterable<[string, Register]>} registers
 * @param {string} firstName
 * @returns {List[]}
 */
function listsIn(registers, firstName) {
  /** @type {Map<string, { name: string, place: number, ranks: [string, number][] }>} */
  const found = new Map();
  for (const [register, [value]] of registers) {
    const { id, field } = split(register);
    const list = found.get(id) ?? { name: firstName, place: Number.NaN, ranks: [] };
    found.set(id, list);
    if (typeof value === "string") list.name = value;
    else if (value !== null && field === "place") list.place = value;
    else if (value !== null) list.ranks.push([field, value]);
  }
  const kept = [...found].filter(([, { place }]) => !Number.isNaN(place));
  kept.sort(([a, { place }], [b, other]) => place - other.place || (a < b ? -1 : 1));
  const lists = kept.map(([id, { name, ranks }]) => ({ id, name, keys: inOrder(ranks) }));
  return lists.length > 0 ? lists : [{ id: FIRST_ID, name: firstName, keys: [] }];
}

/**
 * @param {string} id
 * @param {string} field "name", "place", or a pair's key
 */
function at(id, field) {
  return `${id} ${field}`;
}

/** @param {string} register */
function split(register) {
  const space = register.indexOf(" ");
  return { id: register.slice(0, space), field: register.slice(space + 1) };
}

/** @param {[key: string, rank: number][]} ranks */
function inOrder(ranks) {
  return ranks.sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([key]) => key);
}

/**
 * @param {number} above NaN at the top
 * @param {number} below NaN at the end
 * @returns {number | null} null when there is no number left between them
 */
function between(above, below) {
  if (Number.isNaN(above)) return below - 1;
  if (Number.isNaN(below)) return above + 1;
  const middle = (above + below) / 2;
  return above < middle && middle < below ? middle : null;
}

/**
 * @param {string} name
 * @param {{ name: string }[]} others
 */
function freeName(name, others) {
  const taken = new Set(others.map((other) => other.name));
  if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`${name} ${count}`)) count += 1;
  return `${name} ${count}`;
}

function randomId() {
  return crypto
    .getRandomValues(new Uint32Array(2))
    .reduce((id, part) => id + part.toString(36), "");
}
