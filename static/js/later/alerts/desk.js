/** @import { SafeStorage } from "../../lib/safe-storage.js" */
/** @import { Alert, Firing } from "./alerts.js" */
/** @import { ChosenPair } from "../../state/chosen-pair.js" */
/** @import { PriceBook } from "../../state/prices.js" */
/** @import { MarketFeed } from "../../streams/feed.js" */
/** @import { AlertPair } from "./form.js" */
import { systemClock } from "../../lib/clock.js";
import { one } from "../../views/dom.js";
import { fill, words } from "../../words.js";
import { ALERTS_MAX, Alerts } from "./alerts.js";
import { AlertForm } from "./form.js";
import { AlertHistory } from "./history.js";
import { LeaseLead, LockLead } from "./lead.js";
import { LEDGER_KEY, Ledger } from "./ledger.js";
import { FiguresOfNow } from "./now.js";
import { AlertsPanel } from "./panel.js";
import { Telling } from "./telling.js";
import { TellingControls } from "./telling-controls.js";
import { AlertWatch } from "./watch.js";
import { firingText, pairText } from "./wording.js";

// After so long without a sign of the tab that leads, one that is looked at takes over.
const LEADER_SILENT_MS = 60_000;

/**
 * @typedef {object} DeskParts
 * @property {MarketFeed} feed
 * @property {PriceBook} prices
 * @property {ChosenPair} chosen
 * @property {SafeStorage} storage
 * @property {EventTarget} page the window, which tells what other tabs store
 * @property {typeof fetch} fetch
 * @property {(url: string) => void} open shows another state of the page
 */

/** Everything about alerts, from the streams to the list: what `views/alerts-door.js` opens. */
export class AlertsDesk {
  #root;
  #parts;
  #alerts;
  #lead;
  #watch;
  #ledger;
  #now;
  #telling;
  #controls;
  #panel;
  /** @type {AlertForm | null} */
  #form = null;
  #triedMs = Date.now();

  /**
   * @param {Document} root
   * @param {DeskParts} parts
   */
  constructor(root, parts) {
    const { feed, storage, fetch, open } = parts;
    const alerts = new Alerts(parts);
    this.#root = root;
    this.#parts = parts;
    this.#alerts = alerts;
    this.#ledger = new Ledger(storage);
    const history = new AlertHistory({ fetch });
    this.#now = new FiguresOfNow({ ...parts, history });
    const watched = { alerts, feed, ledger: this.#ledger, history };
    this.#watch = new AlertWatch({ ...watched, clock: systemClock });
    this.#telling = new Telling(storage, open);
    this.#controls = new TellingControls(root, this.#telling);
    this.#panel = new AlertsPanel(root, {
      ...{ alerts, prices: parts.prices, ledger: this.#ledger, storage },
      edit: (alert) => this.#edit(alert),
    });
    this.#lead = navigator.locks
      ? new LockLead(navigator.locks)
      : new LeaseLead({
          storage,
          clock: systemClock,
          id: crypto.getRandomValues(new Uint32Array(2)).join(),
        });
    this.#listen();
    this.#lead.start();
    this.rebind();
  }

  /** Shows the form for the chosen pair. */
  create() {
    const { dataset } = one(this.#root, "#pair");
    const { market, symbol = "", base = "", quote = "", tickSize = "" } = dataset;
    if (symbol === "" || dataset.unknown !== undefined) return;
    if (this.#alerts.isFull) return this.#panel.warn(tooMany());
    this.#showForm({
      market: market === "futures" ? market : "spot",
      symbol,
      base,
      quote,
      tickSize,
    });
  }

  /** The page holds another panel now. */
  rebind() {
    this.#panel.rebind();
    this.#showTelling();
  }

  /** Values age although nothing arrives; a tab that leads may have died. */
  paint() {
    this.#panel.paint();
    if (this.#form?.isOpen) this.#form.refresh();
    const nowMs = Date.now();
    const { live } = this.#alerts;
    if (this.#lead.isLead || live.length === 0 || nowMs - this.#triedMs < LEADER_SILENT_MS) return;
    const newestMs = Math.max(...live.map((alert) => this.#ledger.untilMs(alert)));
    if (nowMs - newestMs < LEADER_SILENT_MS) return;
    this.#triedMs = nowMs;
    this.#lead.takeOver();
  }

  #listen() {
    const { feed } = this.#parts;
    const alerts = this.#alerts;
    this.#lead.addEventListener("change", () => this.#followLead());
    alerts.addEventListener("change", () => this.#followLead());
    alerts.addEventListener("change", () => this.#showTelling());
    feed.addEventListener("pulse", () => this.#lead.renew());
    this.#watch.addEventListener("fired", (event) => {
      const { alert, firing } = /** @type {CustomEvent} */ (event).detail;
      this.#tell(alert, firing);
    });
    addEventListener("storage", ({ key }) => {
      if (key === LEDGER_KEY && !this.#watch.isAtWork) this.#ledger.reload();
    });
    addEventListener("pagehide", () => this.#watch.isAtWork && this.#ledger.save());
  }

  /** Alerts that no other tab can know of are watched by this one. */
  #followLead() {
    const alerts = this.#alerts;
    const isMine = this.#lead.isLead || !alerts.isKept;
    if (isMine && alerts.all.length > 0) this.#watch.start();
    else this.#watch.stop();
  }

  #showTelling() {
    one(this.#root, "[data-alerts-telling]").hidden = this.#alerts.all.length === 0;
    this.#controls.paint();
  }

  /**
   * @param {Alert} alert
   * @param {Firing} firing
   */
  #tell(alert, firing) {
    const what = firingText(alert, firing, Date.now());
    this.#telling.tell({
      title: `${pairText(alert)} ${what}`,
      body: [words.market.name[alert.market], alert.note].filter(Boolean).join(" · "),
      tag: `alert-${alert.id}-${firing.atMs}`,
      url: `/markets?${new URLSearchParams({ market: alert.market, pair: alert.symbol })}`,
    });
  }

  /** @param {Alert} alert */
  #edit(alert) {
    this.#showForm(alert, alert);
  }

  /**
   * @param {AlertPair} pair
   * @param {Alert} [alert]
   */
  #showForm({ market, symbol, base, quote, tickSize }, alert) {
    const alerts = this.#alerts;
    this.#form?.close();
    const pair = { market, symbol, base, quote, tickSize };
    this.#form = new AlertForm(this.#root, {
      ...{
        pair,
        alert,
        permission: this.#telling.permission,
        now: (kind, windowMs) => this.#now.get(pair, kind, windowMs),
      },
      asksToNotify: alerts.all.length === 0 || !this.#telling.wish.notify,
      tellingWords: alert ? "" : this.#controls.notificationWords,
      done: (wish, wantsNotifications) => {
        if (wantsNotifications) this.#telling.ask();
        if (alert) alerts.edit(alert.id, wish);
        else if (alerts.add(wish) === null) this.#panel.warn(tooMany());
      },
    });
  }
}

function tooMany() {
  return fill(words.alerts.full, { count: ALERTS_MAX });
}
