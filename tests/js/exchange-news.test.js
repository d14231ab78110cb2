import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ExchangeNews } from "../../static/js/streams/exchange-news.js";
import { FakeClock } from "./support/fake-clock.js";

const CHANGE = { market_type: "spot", kind: "status", symbol: "ADAUSDT", status: "HALT" };

/** An EventSource whose server is the test. */
class FakeSource extends EventTarget {
  /** @type {FakeSource[]} */
  static opened = [];
  readyState = 1;

  /** @param {string} url */
  constructor(url) {
    super();
    this.url = url;
    FakeSource.opened.push(this);
  }

  /**
   * @param {string} type
   * @param {object} data
   * @param {string} lastEventId
   */
  says(type, data, lastEventId) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }

  fails() {
    this.dispatchEvent(new Event("error"));
  }

  close() {
    this.readyState = 2;
  }
}

/** @type {FakeClock} */
let clock;
/** @type {ExchangeNews} */
let news;
/** @type {object[]} */
let told;

const last = () => /** @type {FakeSource} */ (FakeSource.opened.at(-1));

beforeEach(() => {
  clock = new FakeClock();
  FakeSource.opened = [];
  news = new ExchangeNews({ EventSource: /** @type {any} */ (FakeSource), clock });
  told = [];
  news.addEventListener("change", (event) => told.push(/** @type {CustomEvent} */ (event).detail));
  news.resume();
});

test("a change is told as the server says it", () => {
  assert.equal(last().url, "/api/v1/symbols/events");
  last().says("change", CHANGE, "5-0");
  assert.deepEqual(told, [CHANGE]);
});

test("a page that was hidden takes up the news where it left them", () => {
  last().says("heartbeat", {}, "5-0");
  last().says("change", CHANGE, "7-0");
  const hidden = last();
  news.pause();
  assert.equal(hidden.readyState, 2);
  news.resume();
  news.resume();
  assert.equal(FakeSource.opened.length, 2);
  assert.equal(last().url, "/api/v1/symbols/events?since=7-0");
});

test("a broken connection is left to the browser, a refusal is tried again after a while", () => {
  last().fails();
  clock.advance(60_000);
  assert.equal(FakeSource.opened.length, 1);
  last().close();
  last().fails();
  clock.advance(29_999);
  assert.equal(FakeSource.opened.length, 1);
  clock.advance(1);
  assert.equal(FakeSource.opened.length, 2);
});

test("a page that is hidden while it waits stays away", () => {
  last().close();
  last().fails();
  news.pause();
  clock.advance(60_000);
  assert.equal(FakeSource.opened.length, 1);
});
