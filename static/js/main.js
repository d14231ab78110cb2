/** @import { LoadedSymbols } from "./state/symbols.js" */
/** @import { Change } from "./streams/exchange-news.js" */
/** @import { Market } from "./streams/routes.js" */
import { systemClock } from "./lib/clock.js";
import { SafeStorage } from "./lib/safe-storage.js";
import { BookSnapshots } from "./state/book-snapshots.js";
import { ChosenPair } from "./state/chosen-pair.js";
import { ExchangeClock } from "./state/exchange-clock.js";
import { LastKnown } from "./state/last-known.js";
import { ListLook } from "./state/list-look.js";
import { PriceBook } from "./state/prices.js";
import { SymbolsLoader } from "./state/symbols.js";
import { ExchangeNews } from "./streams/exchange-news.js";
import { MarketFeed } from "./streams/feed.js";
import { ChosenPanels } from "./views/chosen-panels.js";
import { ClientDesk } from "./views/client-desk.js";
import { ConnectionView } from "./views/connection.js";
import { one } from "./views/dom.js";
import { Frame } from "./views/frame.js";
import { LatencyView } from "./views/latency.js";
import { LineNotice } from "./views/line-notice.js";
import { Navigation } from "./views/navigation.js";
import { NewsView } from "./views/news.js";
import { OutdatedParts } from "./views/outdated.js";
import { Picker } from "./views/picker.js";
import { Query } from "./views/query.js";
import { candidates } from "./views/ranking.js";
import { RowsView } from "./views/rows.js";
import { Shortcuts } from "./views/shortcuts.js";
import { SourceLine } from "./views/source-line.js";
import { ThemeToggle } from "./views/theme.js";
import { syncWatchSwitches } from "./views/watch-switches.js";
import { readWatchlist, setWatched } from "./views/watchlist-cookie.js";

const FRESHNESS_EVERY_MS = 1_000;
const LIST_EVERY_MS = 300_000;
const LIST_RETRY_MS = 10_000;
const PICKER_LINGER_MS = 15_000;
const REMEMBER_EVERY_MS = 60_000;
const KEEP_SHELL_AFTER_MS = 10_000; // at the latest
/** @type {Market[]} */
const MARKETS = ["spot", "futures"];

const meta = /** @type {HTMLMetaElement} */ (
  document.querySelector("meta[name=marketdeck-config]")
);
const { streams, routes, rest, states } = JSON.parse(meta.content);
/** @type {typeof fetch} */
const ask = (input, init) => fetch(input, init);
const inIdleTime = globalThis.requestIdleCallback ?? setTimeout; // Safari has none
const feed = new MarketFeed({ streams, routes });
const prices = new PriceBook();
const storage = new SafeStorage(() => globalThis.localStorage);
const lastKnown = new LastKnown(storage, prices);
vouch();
const chosen = new ChosenPair({
  prices,
  snapshots: new BookSnapshots({ fetch: ask, clock: systemClock, rest }),
});
// Asked, not taken from the HTTP cache, which would hide that the server is gone; mostly a 304.
const loader = new SymbolsLoader({
  fetch: (input, init) => fetch(input, { ...init, cache: "no-cache" }),
});
/** @type {Map<Market, LoadedSymbols>} */
const lists = new Map();
/** @type {ReturnType<typeof setTimeout> | null} */
let pickerLinger = null;
let isOnClient = false; // the server does not answer: this browser makes the page's states

const rows = new RowsView(document, prices);
const panels = new ChosenPanels(document, { state: chosen, prices });
const frame = new Frame([paintPrices, paintChosen]);
const connection = new ConnectionView(document);
const lineNotice = new LineNotice(document);
const latency = new LatencyView(document, new ExchangeClock({ fetch: ask, clock: systemClock }));
const sourceLine = new SourceLine(document);
const clientDesk = new ClientDesk(document, prices, storage);
const navigation = new Navigation(/** @type {any} */ (globalThis).htmx, {
  swapped,
  unanswered: showWithoutServer,
  unsaved: watchWithoutServer,
});
const picker = new Picker(document, {
  prices,
  toggled: followPicker,
  choose: ({ market, symbol }) => navigation.open(here().url({ market, pair: symbol, q: "" })),
});
const news = new ExchangeNews({ clock: systemClock });
const newsView = new NewsView(document, states);
const outdated = new OutdatedParts(document, {
  fetchPart: (target) => navigation.refresh(target),
  fetchList: loadList,
});
const look = new ListLook({ fetch: ask, clock: systemClock });
new Shortcuts(document, { find: () => picker.focus() });
new ThemeToggle(one(document, "[data-theme-toggle]"));

prices.follow(feed);
chosen.follow(feed);
prices.addEventListener("change", () => frame.request());
chosen.addEventListener("change", () => frame.request());
for (const part of ["best", "trade", "book"]) {
  feed.addEventListener(part, (event) => latency.heard(/** @type {CustomEvent} */ (event).detail));
}
feed.addEventListener("connection", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  connection.show(detail);
  lineNotice.take(detail, Date.now());
  if (detail.state === "stale" || detail.state === "down") lastKnown.restore();
  paintFreshness();
});
feed.addEventListener("contract", (event) =>
  look.ask(/** @type {CustomEvent} */ (event).detail.market),
);
news.addEventListener("change", (event) => tell(/** @type {CustomEvent} */ (event).detail));
document.addEventListener("visibilitychange", followVisibility);
if (!document.hidden) news.resume();
addEventListener("pagehide", () => lastKnown.save());
setInterval(() => inIdleTime(() => lastKnown.save()), REMEMBER_EVERY_MS);
prices.addEventListener("change", keepShell, { once: true });
setTimeout(keepShell, KEEP_SHELL_AFTER_MS);
setInterval(paintFreshness, FRESHNESS_EVERY_MS);
rebind();
if (hasNoList()) showWhatIsKnown();
else loader.serverAnswered();
for (const market of MARKETS) keepListFresh(market);

/** The state that the URL names. */
function here() {
  return Query.ofUrl(location.href);
}

/** Has the browser keep the page itself, for when our server is down; needs HTTPS or localhost. */
function keepShell() {
  navigator.serviceWorker?.register("/service-worker.js").catch(() => null);
}

/** Takes the server's rows as proof of prices: for as old as it says they are. */
function vouch() {
  const { pricesAge } = one(document, "#pairs-body").dataset;
  if (pricesAge) prices.vouch(here().market, Date.now() - Number(pricesAge) * 1000);
}

/** A page that is not seen holds no connection. */
function followVisibility() {
  if (document.hidden) lastKnown.save();
  for (const source of [feed, news]) document.hidden ? source.pause() : source.resume();
}

/** @param {Change} change on the exchange */
function tell(change) {
  const isOurs = outdated.take(change, here().market);
  if (isOurs || change.kind !== "tick_size") newsView.tell(change, isOurs);
}

function paintPrices() {
  rows.paint(prices.takeChanged());
}

function paintChosen() {
  chosen.takeChanged();
  panels.paint();
  latency.written();
}

function paintFreshness() {
  if (document.hidden) return;
  rows.paintFreshness();
  panels.paintFreshness();
  sourceLine.paint(here().market);
  const pricesAsOfMs = prices.asOfMs(here().market);
  lineNotice.paint({ pricesAsOfMs, isServerAway: isOnClient }, Date.now());
  picker.paint();
  latency.paint();
}

/** Joins the views to what the page holds now, and the streams to what it shows. */
function rebind() {
  panels.rebind();
  rows.rebind();
  clientDesk.rebind();
  const { pair } = panels;
  rows.markChosen(pair ? `${pair.market}:${pair.symbol}` : "");
  chosen.choose(pair);
  latency.clear();
  follow();
  syncWatchSwitches(document, readWatchlist());
  picker.setText(here().q);
  frame.flush();
  paintFreshness();
}

/** Streams follow what is shown: the table, the watchlist, and the picker's options of both markets. */
function follow() {
  const showsBoth = picker.isOpen || pickerLinger !== null;
  feed.show(showsBoth ? MARKETS : new Set([here().market, ...rows.markets]), panels.pair);
}

/** Who looks for a pair often looks again: its streams stay for a while. */
function followPicker() {
  clearTimeout(pickerLinger ?? undefined);
  pickerLinger = setTimeout(() => {
    pickerLinger = null;
    follow();
  }, PICKER_LINGER_MS);
  follow();
}

/**
 * Loads a market's list now and again, sooner while the server is not well.
 *
 * @param {Market} market
 */
async function keepListFresh(market) {
  const isWell = (await loadList(market)) === "api";
  const isShown = here().market === market;
  if (isShown && isWell && isOnClient) navigation.reload();
  else if (isShown && hasNoList()) showOnClient();
  setTimeout(() => keepListFresh(market), isWell && !isOnClient ? LIST_EVERY_MS : LIST_RETRY_MS);
}

/** @param {Market} market */
async function loadList(market) {
  const loaded = await loader.load(market);
  take(loaded);
  return loaded.source;
}

/** @param {LoadedSymbols} loaded */
function take(loaded) {
  lists.set(loaded.market, loaded);
  sourceLine.take(loaded);
  picker.setCandidates(candidates([...lists.values()]));
  paintFreshness();
}

/** Whether the server made this page without a list, and the browser has not filled it yet. */
function hasNoList() {
  return !isOnClient && document.querySelector("#pairs-body[data-no-list]") !== null;
}

/** htmx has swapped in something that the server made. */
function swapped() {
  isOnClient = false;
  vouch();
  sourceLine.forgetOutage();
  rebind();
  if (hasNoList()) showOnClient();
}

/**
 * Shows a state that the server could not show, from the list that this browser has.
 *
 * @param {string} url
 * @param {"push" | "replace" | "keep"} action
 */
function showWithoutServer(url, action) {
  // The mark by which htmx knows the entries of the history to which it leads back.
  const state = { htmx: true };
  history.replaceState(state, "", action === "replace" ? url : location.href);
  if (action === "push") history.pushState(state, "", url);
  showOnClient();
  loadList(here().market);
}

/** A page that came without a list need not wait until the API has failed too. */
function showWhatIsKnown() {
  lastKnown.restore();
  for (const market of MARKETS) take(loader.known(market));
  // What is restored was live in an earlier page: until it is again, it is grey.
  document.documentElement.dataset.wasLive = "";
  showOnClient();
}

function showOnClient() {
  const loaded = lists.get(here().market);
  if (!loaded) return;
  isOnClient = true;
  clientDesk.show(location.href, loaded);
  if (document.querySelector("#watchlist[data-shell]")) showOwnWatchlist();
  rebind();
}

/**
 * Keeps a change of the watchlist that the server could not keep.
 *
 * @param {FormData} form
 */
function watchWithoutServer(form) {
  const added = form.get("add");
  setWatched(String(added ?? form.get("remove")), added !== null);
  showOwnWatchlist();
  rebind();
}

function showOwnWatchlist() {
  const find = (/** @type {Market} */ market, /** @type {string} */ symbol) =>
    lists.get(market)?.symbols.find((row) => row.symbol === symbol);
  clientDesk.showWatchlist(readWatchlist(), find);
}
