/** @import { WebSocketClass } from "../../../static/js/streams/stream-socket.js" */
/** @import { StandIn } from "./stand-in.js" */
import { WebSocket } from "ws";
import { systemClock } from "../../../static/js/lib/clock.js";
import { BookSnapshots } from "../../../static/js/state/book-snapshots.js";
import { MarketFeed } from "../../../static/js/streams/feed.js";
import { ROUTES } from "./binance-routes.js";

// Node 20 has no WebSocket of its own that is not experimental; ws has the browser's interface.
const Socket = /** @type {WebSocketClass} */ (/** @type {unknown} */ (WebSocket));

/**
 * A feed over real sockets that is closed with its test.
 *
 * @param {{ after(run: () => void): void }} t the test's context
 * @param {StandIn} exchange
 * @param {Partial<ConstructorParameters<typeof MarketFeed>[0]>} [options]
 */
export function openFeed(t, exchange, options) {
  const feed = new MarketFeed({
    streams: exchange.streams,
    routes: ROUTES,
    WebSocket: Socket,
    ...options,
  });
  t.after(() => feed.close());
  return feed;
}

/**
 * Book snapshots straight from the exchange, as a page has them whose server is down.
 *
 * @param {StandIn} exchange
 */
export function directSnapshots(exchange) {
  const rest = { spot: [exchange.url("spot")], futures: [exchange.url("futures")] };
  /** @type {typeof globalThis.fetch} */
  const ask = (url, init) =>
    String(url).startsWith("/") ? Promise.reject(new TypeError("no server")) : fetch(url, init);
  return new BookSnapshots({ fetch: ask, clock: systemClock, rest });
}

/**
 * The detail of the next event that fits.
 *
 * @param {EventTarget} target
 * @param {string} type
 * @param {(detail: any) => boolean} [fits]
 * @returns {Promise<any>}
 */
export function next(target, type, fits = () => true) {
  return new Promise((resolve) => {
    /** @param {Event} event */
    const listener = (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (!fits(detail)) return;
      target.removeEventListener(type, listener);
      resolve(detail);
    };
    target.addEventListener(type, listener);
  });
}

/**
 * @param {EventTarget} feed
 * @param {string} state
 */
export function nextState(feed, state) {
  return next(feed, "connection", (detail) => detail.state === state);
}
