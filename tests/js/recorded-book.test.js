/** @import { Pair } from "../../static/js/streams/feed.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VerifiedBook } from "../../static/js/state/verified-book.js";
import { readBest, readDiff } from "../../static/js/streams/payloads.js";
import { FakeClock } from "./support/fake-clock.js";
import { recorded } from "./support/recorded.js";

const MARKETS = /** @type {[Pair["market"], string][]} */ ([
  ["spot", "cryptofeed_BINANCE"],
  ["futures", "cryptofeed_BINANCE_FUTURES"],
]);

// Thirty seconds of Binance's own streams, with the snapshots that were asked for meanwhile.
for (const [market, name] of MARKETS) {
  const { frames, snapshots } = recorded(name);
  for (const { symbol, atMs, body } of snapshots) {
    test(`${symbol} (${market}) replays without a gap`, async () => {
      const clock = new FakeClock();
      const { lastUpdateId: lastId, bids, asks } = body;
      const book = new VerifiedBook({
        pair: { market, symbol },
        snapshots: { get: async () => ({ lastId, bids, asks, limit: 1000 }), waitMs: 0 },
        clock,
        random: () => 0.5,
        changed: () => undefined,
      });
      const own = frames.filter(({ data }) => data.s === symbol);
      for (const frame of own.filter((frame) => frame.atMs <= atMs)) play(book, frame);
      await clock.advanceAndSettle(1_000);
      assert.equal(book.state, "synced");
      const joinedAt = book.lastId ?? 0;
      for (const frame of own.filter((frame) => frame.atMs > atMs)) {
        play(book, frame);
        assert.equal(book.state, "synced", book.cause ?? "");
      }
      assert.ok((book.lastId ?? 0) > joinedAt);
      book.close();
    });
  }
}

/**
 * @param {VerifiedBook} book
 * @param {import("./support/recorded.js").RecordedFrame} frame
 */
function play(book, { atMs, stream, data }) {
  if (stream.includes("@depth")) book.take(read(readDiff(data)), atMs);
  else if (stream.endsWith("@bookTicker")) book.witness(read(readBest(data)));
}

/**
 * @template T
 * @param {T | null} content
 * @returns {T}
 */
function read(content) {
  assert.ok(content);
  return content;
}
