/** @import { ConnectionState } from "../../static/js/streams/connection.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AttemptBudget } from "../../static/js/streams/attempt-budget.js";
import { Connection } from "../../static/js/streams/connection.js";
import { FakeClock } from "./support/fake-clock.js";
import { FakeExchange } from "./support/fake-exchange.js";

const ALL = "!miniTicker@arr";
const BOOK = "btcusdt@depth@100ms";
const HOUR_MS = 3_600_000;

/**
 * @param {object} [options]
 * @param {string[]} [options.streams]
 * @param {string[]} [options.endpoints]
 * @param {() => number} [options.random]
 */
function start({ streams = [ALL], endpoints = ["ws://a/", "ws://b/"], random = () => 0.5 } = {}) {
  const clock = new FakeClock();
  const exchange = new FakeExchange();
  const network = { isOnline: true };
  /** @type {[ConnectionState, string | null][]} */
  const states = [];
  /** @type {unknown[]} */
  const received = [];
  const connection = new Connection({
    market: "spot",
    endpoints,
    streams: new Set(streams),
    WebSocket: exchange.WebSocket,
    clock,
    random,
    budget: new AttemptBudget(),
    isOnline: () => network.isOnline,
    on: {
      data: (_stream, data) => received.push(data),
      state: (state, cause) => states.push([state, cause]),
      unreadable: () => undefined,
    },
  });
  return { clock, exchange, network, states, received, connection };
}

/** @param {ReturnType<typeof start>} world */
function goLive({ exchange }) {
  exchange.last.open().data(ALL, []);
  return exchange.last;
}

test("it is connecting until the first data, not until the socket is open or answers", () => {
  const { connection, exchange, states } = start();
  exchange.last.open().raw(JSON.stringify({ result: null, id: 1 }));
  assert.equal(connection.state, "connecting");
  exchange.last.data(ALL, []);
  assert.deepEqual(states, [["live", null]]);
});

test("data of a pair does not make a line live whose all-market stream is silent", () => {
  const { clock, connection, exchange } = start({ streams: [ALL, BOOK] });
  exchange.last.open();
  for (let second = 0; second < 10; second++) {
    exchange.last.data(BOOK, {});
    clock.advance(1_000);
  }
  assert.equal(connection.state, "stale");
});

test("open, acknowledged, but no data is stale within 10 s and answered by the next endpoint", () => {
  const { clock, connection, exchange, states } = start();
  exchange.last.open();
  clock.advance(10_000);
  assert.deepEqual(states, [["stale", "silent"]]);
  clock.advance(1_000);
  assert.match(exchange.last.url, /^ws:\/\/b\//);
  exchange.last.open().data(ALL, []);
  assert.equal(connection.state, "live");
  assert.deepEqual(exchange.kept, [exchange.last]);
});

test("a silent socket that speaks again is live, and the second socket is given up", () => {
  const world = start();
  const first = goLive(world);
  world.clock.advance(11_000);
  assert.equal(world.connection.state, "stale");
  world.exchange.last.open();
  first.data(ALL, []);
  world.clock.advance(500);
  assert.equal(world.connection.state, "live");
  assert.deepEqual(world.exchange.kept, [first]);
});

test("a dropped socket is dialled again within a second and a half", () => {
  const world = start();
  goLive(world).drop();
  assert.deepEqual(world.states.at(-1), ["connecting", "lost"]);
  world.clock.advance(1_500);
  assert.equal(world.exchange.sockets.length, 2);
  goLive(world);
  assert.equal(world.connection.state, "live");
});

test("it is down when no socket can be opened, and stays so until there is data", () => {
  const { clock, exchange, connection, states } = start();
  exchange.last.drop();
  assert.deepEqual(states, [["down", "unreachable"]]);
  clock.advance(1_500);
  exchange.last.open();
  assert.equal(connection.state, "down");
  exchange.last.data(ALL, []);
  assert.equal(connection.state, "live");
});

test("every endpoint is tried in turn when they cannot be reached", () => {
  const { clock, exchange } = start();
  for (let failures = 0; failures < 3; failures++) {
    exchange.last.drop();
    clock.advance(5_000);
  }
  const hosts = exchange.sockets.map(({ url }) => new URL(url).host);
  assert.deepEqual(hosts, ["a", "b", "a", "b"]);
});

test("a socket that hangs in opening is given up after 10 s", () => {
  const { clock, exchange, connection } = start();
  clock.advance(10_500);
  assert.equal(connection.state, "down");
  assert.equal(exchange.sockets[0]?.isClosedByClient, true);
  clock.advance(1_000);
  assert.equal(exchange.sockets.length, 2);
});

test("what is not wanted any more while it is dialled closes as it opens, which no browser complains of", () => {
  const { exchange, connection, received } = start();
  connection.close();
  assert.equal(exchange.last.isClosedByClient, false);
  exchange.last.open().data(ALL, []);
  assert.equal(exchange.last.isClosedByClient, true);
  assert.deepEqual(received, []);
});

test("what is not wanted any more and hangs in opening is given up after 10 s", () => {
  const { clock, exchange, connection } = start();
  clock.advance(4_000);
  connection.close();
  clock.advance(5_900);
  assert.equal(exchange.last.isClosedByClient, false);
  clock.advance(100);
  assert.equal(exchange.last.isClosedByClient, true);
});

test("an address that the browser refuses is down, not an exception", () => {
  const clock = new FakeClock();
  /** @type {ConnectionState[]} */
  const states = [];
  const connection = new Connection({
    market: "spot",
    endpoints: ["not an address"],
    streams: new Set([ALL]),
    WebSocket: class {
      constructor() {
        throw new DOMException("bad address", "SyntaxError");
      }
      readyState = 3;
      addEventListener = () => undefined;
      send = () => undefined;
      close = () => undefined;
    },
    clock,
    random: () => 1,
    budget: new AttemptBudget(),
    isOnline: () => true,
    on: {
      data: () => undefined,
      state: (state) => states.push(state),
      unreadable: () => undefined,
    },
  });
  clock.advance(100);
  assert.deepEqual(states, ["down"]);
  connection.close();
});

test("a shutdown notice is answered by a new socket before the old one closes, without a gap", () => {
  const world = start();
  const old = goLive(world);
  world.clock.advance(5_000);
  old.raw(JSON.stringify({ e: "serverShutdown", E: 1 }));
  const fresh = world.exchange.last;
  assert.notEqual(fresh, old);
  fresh.open();
  old.data(ALL, ["old"]);
  assert.equal(old.isClosedByClient, false);
  fresh.data(ALL, ["new"]);
  old.data(ALL, ["too late"]);
  assert.equal(old.isClosedByClient, true);
  assert.deepEqual(world.received, [[], ["old"], ["new"]]);
  assert.deepEqual(world.states, [["live", null]]);
});

test("a socket is replaced at 23 hours, before Binance closes it at 24", () => {
  const world = start();
  const old = goLive(world);
  for (let hour = 0; hour < 23; hour++) {
    old.data(ALL, []);
    world.clock.jump(HOUR_MS);
  }
  old.data(ALL, []);
  world.clock.advance(2_000);
  assert.equal(world.exchange.sockets.length, 2);
  world.exchange.last.open().data(ALL, []);
  assert.equal(old.isClosedByClient, true);
  assert.deepEqual(world.states, [["live", null]]);
});

test("when the network is back it dials at once, beside the socket that may be dead", () => {
  const world = start();
  const old = goLive(world);
  world.clock.advance(4_000);
  world.connection.renew();
  assert.equal(world.exchange.sockets.length, 2);
  assert.equal(old.isClosedByClient, false);
});

test("a tab that is shown again dials only if its data has stopped", () => {
  const world = start();
  goLive(world);
  world.clock.advance(2_000);
  world.connection.renewIfSilent();
  assert.equal(world.exchange.sockets.length, 1);
  world.clock.advance(2_000);
  world.connection.renewIfSilent();
  assert.equal(world.exchange.sockets.length, 2);
});

test("an offline browser is down in words, unless data arrives all the same", () => {
  const world = start();
  const socket = goLive(world);
  world.network.isOnline = false;
  world.clock.advance(2_000);
  assert.equal(world.connection.state, "live");
  world.clock.advance(2_000);
  assert.deepEqual(world.states.at(-1), ["down", "offline"]);
  socket.data(ALL, []);
  assert.equal(world.connection.state, "live");
});

test("a pair's dead stream is replaced while the table stays live", () => {
  const world = start({ streams: [ALL, BOOK] });
  const old = world.exchange.last.open();
  old.data(BOOK, {});
  for (let second = 0; second < 13; second++) {
    old.data(ALL, []);
    world.connection.expect(BOOK);
    world.clock.advance(1_000);
  }
  const fresh = world.exchange.last.open();
  assert.notEqual(fresh, old);
  fresh.data(ALL, []);
  assert.equal(old.isClosedByClient, false, "not before the dead stream is back");
  fresh.data(BOOK, {});
  assert.equal(old.isClosedByClient, true);
  assert.deepEqual(world.states, [["live", null]]);
});

test("a subscription that is never answered is tried on another socket", () => {
  const world = start();
  const old = goLive(world);
  old.answers = false;
  world.connection.setStreams(new Set([ALL, BOOK]));
  for (let second = 0; second < 12; second++) {
    old.data(ALL, []);
    world.clock.advance(1_000);
  }
  assert.deepEqual(world.exchange.last.streams, new Set([ALL, BOOK]));
  assert.notEqual(world.exchange.last, old);
});

test("streams wanted while the socket is opening are subscribed once it is open", () => {
  const { clock, connection, exchange } = start();
  connection.setStreams(new Set([ALL, BOOK]));
  assert.deepEqual(exchange.last.sent, []);
  exchange.last.open();
  clock.advance(0);
  assert.deepEqual(exchange.last.streams, new Set([ALL, BOOK]));
});

test("a socket that is closing is sent nothing, of which browsers would complain", () => {
  const world = start();
  const socket = goLive(world);
  socket.isClosing = true;
  world.connection.setStreams(new Set([ALL, BOOK]));
  world.clock.advance(1_000);
  assert.deepEqual(socket.sent, []);
  socket.drop();
  world.clock.advance(1_500);
  world.exchange.last.open();
  assert.deepEqual(world.exchange.last.streams, new Set([ALL, BOOK]));
});

test("more streams than a socket may carry are refused loudly", () => {
  const { connection } = start();
  const streams = new Set(Array.from({ length: 1_025 }, (_, index) => `s${index}`));
  assert.throws(() => connection.setStreams(streams), RangeError);
});

test("a line that drops every time stays far under 300 attempts in 5 minutes, whatever the luck", () => {
  const world = start({ random: () => 0 });
  for (let steps = 0; steps < 2_990; steps++) {
    for (const socket of world.exchange.kept) socket.drop();
    world.connection.renew();
    world.clock.advance(100);
  }
  assert.ok(world.exchange.sockets.length <= 100, `${world.exchange.sockets.length} attempts`);
});

test("whatever happens to its sockets it recovers, and closing leaves no timer and no socket", () => {
  const event = fc.constantFrom("open", "data", "drop", "wait", "shutdown", "renew", "long wait");
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 60 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
      (events, luck) => {
        const world = start({ random: () => luck.next().value ?? 0 });
        const actions = {
          open: () => world.exchange.last.open(),
          data: () => world.exchange.last.data(ALL, []),
          drop: () => world.exchange.last.drop(),
          wait: () => world.clock.advance(700),
          "long wait": () => world.clock.advance(40_000),
          shutdown: () => world.exchange.last.raw('{"e":"serverShutdown"}'),
          renew: () => world.connection.renew(),
        };
        for (const name of events) actions[/** @type {keyof typeof actions} */ (name)]();
        for (let seconds = 0; seconds < 60; seconds++) {
          for (const socket of world.exchange.kept) socket.open().data(ALL, []);
          world.clock.advance(1_000);
        }
        assert.equal(world.connection.state, "live");
        assert.ok(world.exchange.kept.length <= 2);
        world.connection.close();
        assert.equal(world.clock.pending, 0);
        assert.deepEqual(world.exchange.kept, []);
      },
    ),
  );
});
