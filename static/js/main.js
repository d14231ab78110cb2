/** @import { LoadedSymbols } from "./state/symbols.js" */
/** @import { Change } from "./streams/exchange-news.js" */
/** @import { FeedStatus } from "./streams/status.js" */
import { ACCOUNT_KEY, tagToShow, toldAccount } from "./lib/account.js";
import { systemClock } from "./lib/clock.js";
import { rawCookie, readCookie, writeCookie } from "./lib/cookies.js";
import { whenIdle } from "./lib/idle.js";
import { Later } from "./lib/later.js";
import { pageStorage, SafeStorage } from "./lib/safe-storage.js";
import { ask, chosen, config, feed, prices } from "./opening.js";
import { ExchangeClock } from "./state/exchange-clock.js";
import { LastKnown } from "./state/last-known.js";
import { ListLook } from "./state/list-look.js";
import { MARKETS, MarketLists } from "./state/market-lists.js";
import { Recents } from "./state/recents.js";
import { Settings } from "./state/settings.js";
import { holdsAlerts } from "./state/stored-alerts.js";
import { SymbolsLoader } from "./state/symbols.js";
import { Watchlists } from "./state/watchlists.js";
import { ExchangeNews } from "./streams/exchange-news.js";
import { AlertsDoor } from "./views/alerts-door.js";
import { ChartPanel } from "./views/chart-panel.js";
import { ChosenPanels } from "./views/chosen-panels.js";
import { ClientDesk } from "./views/client-desk.js";
import { ClientRows, unknownSymbol } from "./views/client-rows.js";
import { ConnectionView } from "./views/connection.js";
import { one } from "./views/dom.js";
import { FocusInSight } from "./views/focus-in-sight.js";
import { Frame } from "./views/frame.js";
import { Grid } from "./views/grid.js";
import { HelpSheet } from "./views/help-sheet.js";
import { LatencyDoor } from "./views/latency-door.js";
import { LineNotice } from "./views/line-notice.js";
import { ListToolsDoor } from "./views/list-tools-door.js";
import { LiveTableDoor } from "./views/live-table-door.js";
import { Navigation } from "./views/navigation.js";
import { pairSentence } from "./views/pair-sentence.js";
import { PickerDoor } from "./views/picker-door.js";
import { Polite } from "./views/polite.js";
import { Query } from "./views/query.js";
import { RowsView } from "./views/rows.js";
import { SettingsForm } from "./views/settings-form.js";
import { Shortcuts } from "./views/shortcuts.js";
import { SourceLine } from "./views/source-line.js";
import { Sparklines } from "./views/sparklines.js";
import { ThemeToggle } from "./views/theme.js";
import { WatchPanel } from "./views/watch-panel.js";
import { WatchSwitches } from "./views/watch-switches.js";
import { WatchlistCookie } from "./views/watchlist-cookie.js";
import { WithoutServer } from "./views/without-server.js";
import { words } from "./words.js";

const FRESHNESS_EVERY_MS = 1_000;
const REMEMBER_EVERY_MS = 60_000;
const SETTLED_AFTER_MS = 10_000; // at the latest
const SOON_MS = 1_000; // at the latest

const { own_lists: ownLists } = config;
const settings = new Settings({
  read: () => readCookie("settings"),
  write: (text) => writeCookie("settings", text),
  readTheme: () => readCookie("theme"),
});
// First of all: the page that a browser keeps for bad times is nobody's own.
new SettingsForm(/** @type {HTMLFormElement} */ (one(document, "#settings-form")), settings);
const storage = new SafeStorage(() => globalThis.localStorage);
const lastKnown = new LastKnown(storage, prices);
const recents = new Recents(storage);
const told = toldAccount(document);
const tag = tagToShow(told, storage);
const firstName = words.watchlist.default_name;
const watchlists = new Watchlists({ storage, firstName, tag });
watchlists.take(Object.entries(told?.registers ?? {}));
new WatchlistCookie(watchlists, storage, tag);
vouch();
// Asked, not taken from the HTTP cache, which would hide that the server is gone; mostly a 304.
/** @type {typeof fetch} */
const askAnew = (input, init) => fetch(input, { ...init, cache: "no-cache" });
const publicLoader = new SymbolsLoader({ fetch: askAnew });
// A person's own lists go with the page: nothing of them stays in the browser.
const loader = ownLists
  ? new SymbolsLoader({ fetch: askAnew, apiBase: ownLists, storage: pageStorage() })
  : publicLoader;
const lists = new MarketLists(loader);

const connection = new ConnectionView(document);
const rows = new RowsView(document, prices, connection);
const polite = new Polite(one(document, "[data-said]"));
const grids = ["#pairs", "#watchlist-body"].map((body) => new Grid(document, body));
const table = new LiveTableDoor(
  new Later(
    () => import("./later/table/live-table.js"),
    ({ LiveTable }) =>
      new LiveTable(document, prices, {
        changed: takeUpRows,
        moved: () => rowsFrame.requestNext(), // other rows may have come into view
        held: () => polite.saySeldom(words.table.held.said),
      }),
  ),
);
const panels = new ChosenPanels(document, { state: chosen, prices });
const chart = new ChartPanel(document, { feed, fetch: ask });
const rowsFrame = new Frame(paintPrices, { measures: true });
const pairFrame = new Frame(paintChosen);
const lineNotice = new LineNotice(document);
const exchangeClock = new ExchangeClock({ fetch: ask, clock: systemClock });
const latency = new Later(
  () => import("./later/latency/latency.js"),
  ({ LatencyView }) => new LatencyView(document, exchangeClock),
);
new LatencyDoor(document, latency);
const sourceLine = new SourceLine(document);
const clientRows = new ClientRows(document, storage);
const withoutServer = new WithoutServer(document, {
  lists,
  connection,
  lastKnown,
  desk: new ClientDesk(document, prices, clientRows),
  reload: () => navigation.reload(),
  shown: () => {
    related.part?.showFrom(lists);
    rebind();
    rebindGrids();
  },
});
const navigation = new Navigation(/** @type {any} */ (globalThis).htmx, {
  swapped,
  unanswered: (url, action) => withoutServer.show(url, action),
  stepped: () => picker.step(here().q),
});
const watchPanel = new WatchPanel(document, {
  lists: watchlists,
  recents,
  rows: clientRows,
  find: (market, symbol) => lists.find(market, symbol) ?? unknownSymbol(symbol),
  fetch: ask,
  changed: takeUpRows,
  leaveShared: () => navigation.openDesk(here().url({ list: "", name: "" })),
});
const sparklines = new Sparklines(document);
const watchSwitches = new WatchSwitches(document, watchlists);
const listTools = new ListToolsDoor(document, {
  lists: watchlists,
  tools: new Later(
    () => import("./later/lists/tools.js"),
    ({ ListTools }) => new ListTools(document, { lists: watchlists, panel: watchPanel }),
  ),
});
const picker = new PickerDoor(document, {
  picker: new Later(
    () => import("./later/picker/picker.js"),
    ({ Picker }) =>
      new Picker(document, {
        ...{ prices, lastKnown, recents },
        tickSize: (key) => clientRows.tickSize(key),
        toggled: () => picker.toggled(),
        toggleWatch: (key) => watchlists.toggle(key),
        choose: ({ market, symbol }) =>
          navigation.open(here().url({ market, pair: symbol, q: "" })),
      }),
  ),
  follow,
});
const account = new Later(
  () => import("./later/account/account.js"),
  ({ Account }) =>
    new Account({
      ...{ told, tag, lists: watchlists, firstName, storage, fetch: ask, clock: systemClock },
      page: globalThis.window,
      refused: () => watchlists.dispatchEvent(new Event("refused")),
    }),
);
const news = new ExchangeNews({ clock: systemClock });
const newsDesk = new Later(
  () => import("./later/news/desk.js"),
  ({ NewsDesk }) =>
    new NewsDesk(document, {
      clock: systemClock,
      fetchPart: (target) => navigation.refresh(target),
      fetchList: async (market) => {
        await lists.load(market);
        return lists.get(market)?.listedAtMs ?? null;
      },
      concerns: (market, symbol) => lists.concerns(market, symbol),
    }),
);
const look = new ListLook({ fetch: ask, clock: systemClock });
const alertsDoor = new AlertsDoor(document, {
  desk: new Later(
    () => import("./later/alerts/desk.js"),
    ({ AlertsDesk }) =>
      new AlertsDesk(document, {
        ...{ feed, prices, chosen, storage, page: globalThis.window, fetch: ask },
        open: (url) => void navigation.open(url),
      }),
  ),
  isNeeded: () => holdsAlerts(storage),
  page: globalThis.window,
});
const related = new Later(
  () => import("./later/related/related.js"),
  ({ Related }) =>
    new Related(document, { feed, prices, exchangeClock, fetch: ask, clock: systemClock }),
);
new FocusInSight(document);
const helpSheet = new HelpSheet(document, storage);
new Shortcuts(document, {
  areOn: () => helpSheet.areLetterKeysOn,
  find: () => picker.focus(),
  keys: {
    "/": () => picker.focus(),
    "?": () => helpSheet.open(),
    a: () => alertsDoor.create(),
    p: () => polite.say(pairSentence(one(document, "#pair"))),
  },
});
new ThemeToggle(one(document, "[data-theme-toggle]"), settings);

rows.showColumns(settings.values.columns);
settings.addEventListener("change", () => {
  const isAnother = rows.showColumns(settings.values.columns);
  // A column that few want has no figures in rows that were made without it.
  if (isAnother && !withoutServer.isAway) navigation.refresh("section#markets");
  rebindGrids();
});
recents.follow(globalThis);
prices.addEventListener("change", () => rowsFrame.request());
for (const source of [prices, chosen]) source.addEventListener("change", () => pairFrame.request());
for (const part of ["best", "trade", "book"]) {
  feed.addEventListener(part, (event) =>
    latency.part?.heard(/** @type {CustomEvent} */ (event).detail),
  );
}
feed.addEventListener("connection", (event) => {
  takeStatus(/** @type {CustomEvent} */ (event).detail);
  paintFreshness();
});
feed.addEventListener("contract", (event) =>
  look.ask(/** @type {CustomEvent} */ (event).detail.market),
);
news.addEventListener("change", (event) => tell(/** @type {CustomEvent} */ (event).detail));
document.addEventListener("visibilitychange", followVisibility);
soon(() => document.hidden || news.resume());
// Somebody signed in or out in another tab, or while the browser held on to this page.
addEventListener("storage", ({ key }) => key === ACCOUNT_KEY && followAccount());
addEventListener("pageshow", ({ persisted }) => persisted && followAccount());
addEventListener("online", openAccount);
if (tag || storage.getItem(ACCOUNT_KEY) || rawCookie("signed-out")) account.want();
addEventListener("pagehide", () => lastKnown.save());
setInterval(() => soon(() => lastKnown.save()), REMEMBER_EVERY_MS);
prices.addEventListener("change", settled, { once: true });
setTimeout(settled, SETTLED_AFTER_MS);
// What shows without the server is nobody's own: the public lists are kept for that.
if (ownLists) setTimeout(() => MARKETS.map((name) => publicLoader.load(name)), SETTLED_AFTER_MS);
prices.addEventListener("change", openRelated, { once: true });
lists.addEventListener("change", (event) => takeList(/** @type {CustomEvent} */ (event).detail));
setInterval(paintFreshness, FRESHNESS_EVERY_MS);
if (feed.status) takeStatus(feed.status); // it was opened before there was somebody to hear of it
rebind();
if (withoutServer.hasNoList) withoutServer.showWhatIsKnown();
else loader.serverAnswered();
soon(() => panels.showTrades());
soon(rebindGrids);
for (const market of MARKETS) soon(() => withoutServer.keepFresh(market));

/** @param {() => void} act which is less urgent than the first prices */
function soon(act) {
  whenIdle(act, SOON_MS);
}

/** The state that the URL names. */
function here() {
  return Query.ofUrl(location.href);
}

/** @param {FeedStatus} status */
function takeStatus(status) {
  connection.show(status);
  lineNotice.take(status, Date.now());
  if (connection.isBroken) lastKnown.restore();
}

/** Its code may have been out of reach when the page was loaded. */
function openAccount() {
  if (tag) account.want();
}

function followAccount() {
  if ((storage.getItem(ACCOUNT_KEY) ?? "") !== tag) location.reload();
}

/** The first prices are there: what is not needed for them may be loaded now. */
function settled() {
  chart.allow();
  // Has the browser keep the page itself, for when our server is down; needs HTTPS or localhost.
  navigator.serviceWorker?.register("/service-worker.js").catch(() => null);
}

/** Takes the server's rows as proof of prices: for as old as it says they are. */
function vouch() {
  const { pricesAge } = one(document, "#pairs").dataset;
  if (pricesAge) prices.vouch(here().market, Date.now() - Number(pricesAge) * 1000);
}

/** A page that is not seen holds no connection. */
function followVisibility() {
  if (document.hidden) lastKnown.save();
  else {
    settings.refresh(); // another tab may have changed them
    openAccount();
  }
  for (const source of [feed, news]) document.hidden ? source.pause() : source.resume();
}

/** @param {Change} change on the exchange */
async function tell(change) {
  const desk = await newsDesk.want();
  desk?.take(change, here().market);
}

function paintPrices() {
  const changed = prices.takeChanged();
  table.take(changed);
  rows.paint(changed);
  picker.paint();
}

function paintChosen() {
  chosen.takeChanged();
  panels.paint();
  latency.part?.written();
}

function paintFreshness() {
  if (document.hidden) return;
  rows.paintFreshness();
  panels.paintSeldom();
  sourceLine.paint(here().market);
  const pricesAsOfMs = prices.asOfMs(here().market);
  lineNotice.paint({ pricesAsOfMs, isServerAway: withoutServer.isAway }, Date.now());
  picker.paint();
  alertsDoor.paint();
  latency.part?.paint();
}

/** Joins the views to what the page holds now, and the streams to what it shows. */
function rebind() {
  panels.rebind();
  table.rebind(here());
  const { pair } = panels;
  watchPanel.rebind();
  listTools.rebind();
  chosen.choose(pair);
  // The pair that a page shows of itself was chosen by nobody.
  if (pair && pair.symbol === here().pair) recents.add(`${pair.market}:${pair.symbol}`);
  alertsDoor.rebind();
  chart.rebind(pair, panels.units);
  latency.part?.clear();
  related.part?.rebind();
  picker.rebind(here().q);
  rowsFrame.flush();
  pairFrame.flush();
  paintFreshness();
}

/** Has the keys find their way in the tables that the page holds now. */
function rebindGrids() {
  for (const grid of grids) grid.rebind();
}

/** What stands beside the chosen pair comes once the page's first price is there. */
async function openRelated() {
  const panel = await related.want(); // else what the server told of the pair stands there
  if (withoutServer.isAway) panel?.showFrom(lists);
}

/** Rows of the table or of the watchlist have come or gone. */
function takeUpRows() {
  rows.rebind();
  clientRows.learn();
  rows.markChosen(panels.pair);
  watchSwitches.sync();
  sparklines.rebind();
  picker.setWatched(watchlists.open.keys);
  follow();
}

/** Streams follow what is shown: the table, the watchlist, and the picker's options of both markets. */
function follow() {
  const markets = picker.wantsPrices ? MARKETS : new Set([here().market, ...rows.markets]);
  feed.show(markets, panels.pair);
}

/** @param {LoadedSymbols} loaded */
function takeList(loaded) {
  sourceLine.take(loaded);
  const { market, source, owner } = loaded;
  const isAnothers = one(document, "#markets").dataset.owner !== owner;
  // A key came, or works no more: the table is to be the list that is named beside it.
  if (ownLists && source === "api" && market === here().market && isAnothers)
    navigation.refresh("section#markets");
  picker.setLists(lists.all);
  paintFreshness();
}

/** htmx has swapped in something that the server made. */
function swapped() {
  withoutServer.answered();
  vouch();
  sourceLine.forgetOutage();
  rebind();
  rebindGrids();
  if (withoutServer.hasNoList) withoutServer.fill();
}
