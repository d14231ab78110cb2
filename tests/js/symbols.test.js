import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { pageStorage } from "../../static/js/lib/safe-storage.js";
import { MarketLists } from "../../static/js/state/market-lists.js";
import { POPULAR } from "../../static/js/state/popular.js";
import { SymbolsLoader } from "../../static/js/state/symbols.js";
import { causeText } from "../../static/js/views/source-line.js";
import { FakeClock } from "./support/fake-clock.js";
import { forbiddenStorage, memoryStorage } from "./support/storage.js";

const BTC = { symbol: "BTCUSDT", baseAsset: "BTC", quoteAsset: "USDT", status: "TRADING" };

/** @type {FakeClock} */
let clock;
/** @type {ReturnType<typeof memoryStorage>} */
let storage;
/** @type {(() => Promise<Response>)[]} answers to come; the last is repeated */
let answers;
/** @type {string[]} */
let asked;

beforeEach(() => {
  clock = new FakeClock();
  storage = memoryStorage();
  asked = [];
});

/** @param {(() => Promise<Response>)[]} script */
function loader(...script) {
  answers = script;
  return new SymbolsLoader({ fetch, storage, clock, random: () => 1 });
}

/** @type {any} */
const fetch = (/** @type {string} */ url, /** @type {RequestInit} */ { signal }) => {
  asked.push(url);
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  return Promise.race([answer?.(), aborted(signal)]);
};

/** @param {AbortSignal | null | undefined} signal */
function aborted(signal) {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}

/**
 * @param {unknown} body
 * @param {ResponseInit} [init]
 */
const answer = (body, init) => async () => Response.json(body, init);

/**
 * @param {object[]} symbols
 * @param {object} [data]
 */
const list = (symbols = [BTC], data = {}) =>
  answer(
    { status: "success", data: { market_type: "spot", symbols, count: symbols.length, ...data } },
    { headers: { "Last-Modified": "Sun, 22 Nov 2026 14:00:00 GMT" } },
  );

/**
 * @param {number} status
 * @param {Record<string, string>} [headers]
 */
const refusal = (status, headers) =>
  answer({ status: "error", error: { code: "no", message: "No." } }, { status, headers });

const unreachable = () => Promise.reject(new TypeError("fetch failed"));
const hanging = () => new Promise(() => undefined);

/**
 * @param {SymbolsLoader} own
 * @param {"spot" | "futures"} [market]
 */
async function load(own, market = "spot") {
  const [loaded] = await Promise.all([own.load(market), clock.advanceAndSettle(35_000)]);
  return loaded;
}

test("the API's list is taken, kept in this browser and dated", async () => {
  const loaded = await load(loader(list()));
  assert.deepEqual(loaded.symbols, [BTC]);
  assert.deepEqual([loaded.source, loaded.cause], ["api", null]);
  assert.equal(loaded.listedAtMs, Date.parse("2026-11-22T14:00:00Z"));
  assert.equal(typeof loaded.savedAtMs, "number");
  assert.deepEqual(asked, ["/api/v1/symbols/spot"]);
});

test("only the fields that are known are kept", async () => {
  const loaded = await load(loader(list([{ ...BTC, added: "later" }])));
  assert.deepEqual(loaded.symbols, [BTC]);
});

test("it is told as an event too", async () => {
  const own = loader(list());
  /** @type {any[]} */
  const told = [];
  own.addEventListener("loaded", (event) => told.push(/** @type {CustomEvent} */ (event).detail));
  assert.deepEqual(told, []);
  const loaded = await load(own);
  assert.deepEqual(told, [loaded]);
});

test("a server that fails twice is asked three times", async () => {
  const loaded = await load(loader(refusal(500), unreachable, list()));
  assert.equal(loaded.source, "api");
  assert.equal(asked.length, 3);
});

test("each try ends after 4 s, so a hanging server costs at most three of them", async () => {
  const own = loader(hanging);
  const loading = own.load("spot");
  await clock.advanceAndSettle(14_000);
  const loaded = await loading;
  assert.equal(loaded.source, "static");
  assert.deepEqual(loaded.cause, { name: "silent", seconds: 4 });
  assert.equal(asked.length, 3);
});

test("a refusal that will not change is not asked again", async () => {
  const loaded = await load(loader(refusal(404)));
  assert.equal(asked.length, 1);
  assert.deepEqual(loaded.cause, { name: "status", status: 404 });
});

test("a short Retry-After is waited for, a long one is not", async () => {
  const own = loader(refusal(429, { "Retry-After": "2" }), list());
  const loading = own.load("spot");
  await clock.advanceAndSettle(1_999);
  assert.equal(asked.length, 1);
  await clock.advanceAndSettle(1);
  assert.equal((await loading).source, "api");

  asked = [];
  await load(loader(refusal(503, { "Retry-After": "60" })));
  assert.equal(asked.length, 1);
});

test("a server that has given a page since is asked again at once", async () => {
  const own = loader(unreachable, unreachable, unreachable, list());
  const failed = await Promise.all([own.load("spot"), clock.advanceAndSettle(15_000)]);
  assert.equal(failed[0].source, "static");
  own.serverAnswered();
  assert.equal((await own.load("spot")).source, "api");
});

test("a long Retry-After keeps the breaker open for as long", async () => {
  const own = loader(refusal(503, { "Retry-After": "60" }), list());
  await own.load("spot");
  await clock.advanceAndSettle(59_000);
  assert.equal((await own.load("spot")).source, "static");
  await clock.advanceAndSettle(1_000);
  assert.equal((await own.load("spot")).source, "api");
});

test("answers that are not a whole list are neither trusted nor kept", async () => {
  const wrong = [
    answer({ status: "error" }),
    answer(null),
    list([]),
    list([BTC], { count: 2 }),
    list([BTC], { market_type: "futures" }),
    list([BTC, { symbol: "ETHUSDT" }]),
    list([{ ...BTC, symbol: 5 }]),
    async () => new Response("<html>a login page</html>", { status: 200 }),
    async () => new Response('{"status":"succ', { status: 200 }),
  ];
  for (const body of wrong) {
    storage.values.clear();
    const loaded = await load(loader(body));
    assert.equal(loaded.source, "static");
    assert.equal(storage.getItem("marketdeck:symbols:v1:spot"), null);
  }
});

test("when the API fails, the copy in this browser is used and says its age", async () => {
  const first = await load(loader(list()));
  const loaded = await load(loader(unreachable));
  assert.equal(loaded.source, "local-storage");
  assert.deepEqual(loaded.symbols, [BTC]);
  assert.deepEqual([loaded.savedAtMs, loaded.listedAtMs], [first.savedAtMs, first.listedAtMs]);
  assert.deepEqual(loaded.cause, { name: "unreachable" });
});

test("a copy that was tampered with is not trusted", async () => {
  for (const text of [
    "{",
    "null",
    '{"symbols":[]}',
    '{"symbols":[{"symbol":"X"}],"savedAtMs":1}',
  ]) {
    storage.setItem("marketdeck:symbols:v1:spot", text);
    storage.values.delete("marketdeck:symbols-breaker:v1");
    assert.equal((await load(loader(unreachable))).source, "static", text);
  }
});

test("with nothing else there are the most popular pairs of the market", async () => {
  const loaded = await load(loader(unreachable), "futures");
  assert.equal(loaded.source, "static");
  assert.ok(loaded.symbols.length >= 35);
  assert.equal(loaded.symbols[0]?.symbol, "BTCUSDT");
  assert.ok(loaded.symbols.some(({ symbol }) => symbol === "1000PEPEUSDT"));
});

test("the built-in lists name no pair twice", () => {
  for (const symbols of Object.values(POPULAR)) {
    assert.equal(new Set(symbols.map(({ symbol }) => symbol)).size, symbols.length);
    assert.ok(symbols.every(({ symbol, baseAsset }) => symbol === `${baseAsset}USDT`));
  }
});

test("after a failed load the API is left alone for 30 s, also over a reload, then probed once", async () => {
  const failing = loader(unreachable).load("spot");
  await clock.advanceAndSettle(2_000);
  await failing;
  asked = [];
  const reloaded = loader(unreachable);
  const refused = await reloaded.load("spot");
  assert.deepEqual([asked.length, refused.source], [0, "static"]);
  assert.equal(refused.cause?.name, "paused");
  assert.match(causeText(refused), /failed a moment ago and is asked again in \d+ s/);
  await clock.advanceAndSettle(30_000);
  await Promise.all([reloaded.load("spot"), reloaded.load("futures")]);
  assert.equal(asked.length, 1, "one probe, one try");
});

test("a probe that succeeds lets everything through again", async () => {
  await load(loader(unreachable));
  const own = loader(list());
  assert.equal((await load(own)).source, "api");
  assert.equal((await load(own)).source, "api");
});

test("two loads of one market at a time are one request", async () => {
  const own = loader(list());
  await Promise.all([own.load("spot"), own.load("spot")]);
  assert.equal(asked.length, 1);
});

test("what the browser knows is told without asking: its copy, else the built-in list", async () => {
  const own = loader(list());
  assert.deepEqual([own.known("spot").source, asked.length], ["static", 0]);
  await load(own);
  const { source, symbols, cause } = loader(unreachable).known("spot");
  assert.deepEqual([source, symbols, asked.length], ["local-storage", [BTC], 1]);
  assert.equal(cause?.name, "unasked");
});

test("a full store does not hurt: the list is there, only not kept", async () => {
  storage = memoryStorage(10);
  const loaded = await load(loader(list()));
  assert.deepEqual([loaded.source, loaded.savedAtMs], ["api", null]);
});

test("a forbidden store does not hurt, and the breaker still works", async () => {
  answers = [unreachable];
  const own = new SymbolsLoader({ fetch, storage: forbiddenStorage, clock, random: () => 1 });
  assert.equal((await load(own)).source, "static");
  asked = [];
  answers = [list()];
  await own.load("futures");
  clock.jump(-29_000);
  assert.ok(asked.length <= 1);
});

test("a mistake of ours is not hidden behind the static list", async () => {
  const own = loader(() => Promise.reject(new ReferenceError("ours")));
  await assert.rejects(load(own), ReferenceError);
});

test("no timer is left behind", async () => {
  await load(loader(refusal(500), list()));
  assert.equal(clock.pending, 0);
});

const TESTNET = { headers: { "X-Data-Source": "testnet-key" } };
const EMPTY = { status: "success", data: { market_type: "spot", symbols: [], count: 0 } };

test("a person's own list is asked below another address, says whose it is, and may be empty", async () => {
  answers = [answer(EMPTY, TESTNET)];
  const own = new SymbolsLoader({ fetch, storage, clock, random: () => 1, apiBase: "/account" });
  const { owner, symbols, source, listedAtMs } = await load(own);
  assert.deepEqual(asked, ["/account/symbols/spot"]);
  assert.deepEqual([owner, symbols, source, listedAtMs], ["testnet-key", [], "api", null]);
});

test("the public list is nobody's own, and an empty one is not trusted", async () => {
  assert.equal((await load(loader(list()))).owner, "");
  assert.equal((await load(loader(answer(EMPTY)))).source, "local-storage");
});

test("what is kept for as long as the page lives is there when the server is not", async () => {
  const kept = { fetch, storage: pageStorage(), clock, random: () => 1 };
  answers = [answer(EMPTY, TESTNET)];
  await load(new SymbolsLoader(kept));
  answers = [unreachable];
  const { owner, source } = await load(new SymbolsLoader(kept));
  assert.deepEqual([owner, source], ["testnet-key", "local-storage"]);
});

test("what happens on the exchange concerns who has the pair in their list of it", async () => {
  /** @param {string} owner */
  async function concerned(owner) {
    const headers = { "X-Data-Source": owner };
    const lists = new MarketLists(loader(answer(await (await list()()).json(), { headers })));
    await Promise.all([lists.load("spot"), clock.advanceAndSettle(0)]);
    return ["BTCUSDT", "NEWUSDT"].map((symbol) => lists.concerns("spot", symbol));
  }
  assert.deepEqual(await concerned("cache"), [true, true]);
  assert.deepEqual(await concerned("mainnet-key"), [true, false]);
  assert.deepEqual(await concerned("testnet-key"), [false, false]);
});
