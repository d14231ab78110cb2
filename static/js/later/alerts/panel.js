/** @import { SafeStorage } from "../../lib/safe-storage.js" */
/** @import { Alert, Alerts, Firing } from "./alerts.js" */
/** @import { PriceBook } from "../../state/prices.js" */
/** @import { ItemAction } from "./item.js" */
/** @import { Ledger } from "./ledger.js" */

import { one, setAria, setText } from "../../views/dom.js";
import { setUnread } from "../../views/page-title.js";
import { counted, fill, words } from "../../words.js";
import { AlertItem, firedItem } from "./item.js";
import { pairText, ruleText } from "./wording.js";

const SEEN_KEY = "marketdeck:alerts:seen:v1";
const FOLDED_KEY = "marketdeck:alerts:folded:v1";
const SEEN_AFTER_MS = 4_000;
const UNDO_FOR_MS = 15_000;
const FIRED_SHOWN_MAX = 30;

/**
 * The panel: what was fired on top, then every alert with how it is watched. What is fired while
 * nobody looks counts as new until the list has been in sight for a moment.
 */
export class AlertsPanel {
  #root;
  #alerts;
  #prices;
  #ledger;
  #storage;
  #edit;
  /** @type {AlertItem[]} */
  #items = [];
  /** @type {(() => void) | null} */
  #undo = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #undoTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #seenTimer;
  #isInSight = false;
  #isDue = false;
  #saidMs = Date.now();
  #observer = new IntersectionObserver((entries) => this.#sighted(entries));

  /**
   * @param {Document} root
   * @param {object} parts
   * @param {Alerts} parts.alerts
   * @param {PriceBook} parts.prices
   * @param {Ledger} parts.ledger
   * @param {SafeStorage} parts.storage
   * @param {(alert: Alert) => void} parts.edit
   */
  constructor(root, { alerts, prices, ledger, storage, edit }) {
    this.#root = root;
    this.#alerts = alerts;
    this.#prices = prices;
    this.#ledger = ledger;
    this.#storage = storage;
    this.#edit = edit;
    alerts.addEventListener("change", () => this.#showSoon());
    addEventListener("storage", ({ key }) => key === SEEN_KEY && this.#showUnread(this.#fired()));
    root.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("#alerts")) this.#pressed(target);
    });
    root.addEventListener("visibilitychange", () => this.#seenLater());
    this.rebind();
  }

  /** Takes up the panel that a swap has brought. */
  rebind() {
    this.#observer.disconnect();
    this.#observer.observe(this.#one("[data-alerts-body]"));
    const isFolded = this.#storage.getItem(FOLDED_KEY) === "1";
    this.#setFolded(isFolded);
    this.#show();
  }

  paint() {
    const nowMs = Date.now();
    for (const [at, alert] of this.#alerts.all.entries()) {
      this.#items[at]?.paint(this.#prices, this.#ledger.untilMs(alert), nowMs);
    }
  }

  /** @param {string} sentence that something is amiss; "" takes it away */
  warn(sentence) {
    const notice = this.#one("[data-alerts-notice]");
    setText(notice, sentence);
    notice.hidden = sentence === "";
  }

  /** After a sleep every alert changes at once: they are shown in one go. */
  #showSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#show();
    });
  }

  #show() {
    const focused = focusMark(document.activeElement);
    const all = this.#alerts.all;
    const fired = this.#fired();
    this.#items = all.map((alert) => new AlertItem(alert));
    const list = this.#one("[data-alerts-list]");
    list.replaceChildren(...this.#items.map(({ element }) => element));
    list.hidden = all.length === 0;
    this.#one("[data-alerts-empty]").hidden = all.length > 0;
    this.#one("[data-alerts-clear]").hidden = fired.length === 0;
    this.#showFired(fired);
    this.warn(this.#alerts.isKept ? "" : words.alerts.not_kept);
    this.paint();
    this.#say(fired);
    if (focused) /** @type {HTMLElement | null} */ (this.#root.querySelector(focused))?.focus();
  }

  /** @param {[Alert, Firing][]} fired */
  #showFired(fired) {
    const nowMs = Date.now();
    const list = this.#one("[data-alerts-fired]");
    const shown = fired.slice(0, FIRED_SHOWN_MAX);
    const items = shown.map(([alert, firing]) =>
      firedItem(alert, firing, firing.atMs > this.#seenMs, nowMs),
    );
    list.replaceChildren(...items);
    list.hidden = fired.length === 0;
    this.#showUnread(fired);
    this.#seenLater();
  }

  /** @param {[Alert, Firing][]} fired */
  #showUnread(fired) {
    const count = fired.filter(([, { atMs }]) => atMs > this.#seenMs).length;
    const badge = this.#one("[data-alerts-unread]");
    setText(badge, counted(words.alerts.unread, count));
    badge.hidden = count === 0;
    setUnread(count);
    navigator.setAppBadge?.(count).catch(() => null);
  }

  /**
   * Says what has just been fired, once, to whoever listens to this tab.
   *
   * @param {[Alert, Firing][]} fired
   */
  #say(fired) {
    const fresh = fired.filter(([, { atMs }]) => atMs > this.#saidMs);
    this.#saidMs = Math.max(this.#saidMs, ...fresh.map(([, { atMs }]) => atMs));
    const region = one(this.#root, "[data-alerts-said]");
    for (const [alert] of fresh) {
      const line = document.createElement("p");
      const what = ruleText(alert);
      line.textContent = fill(words.alerts.fired.said, { pair: pairText(alert), what });
      region.append(line);
      while (region.childElementCount > 5) region.firstElementChild?.remove();
    }
  }

  /** @returns {[Alert, Firing][]} newest first */
  #fired() {
    return this.#alerts.all
      .flatMap((alert) =>
        alert.fired.map((firing) => /** @type {[Alert, Firing]} */ ([alert, firing])),
      )
      .sort(([, a], [, b]) => b.atMs - a.atMs);
  }

  get #seenMs() {
    return Number(this.#storage.getItem(SEEN_KEY) ?? 0);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #sighted(entries) {
    this.#isInSight = entries.at(-1)?.isIntersecting ?? false;
    this.#seenLater();
  }

  #seenLater() {
    clearTimeout(this.#seenTimer);
    if (!this.#isInSight || document.hidden || this.#fired().length === 0) return;
    this.#seenTimer = setTimeout(() => {
      const newest = this.#fired()[0]?.[1].atMs ?? 0;
      if (newest > this.#seenMs) this.#storage.setItem(SEEN_KEY, String(newest));
      this.#showUnread(this.#fired());
    }, SEEN_AFTER_MS);
  }

  /** @param {Element} target within the panel */
  #pressed(target) {
    const button = target.closest("button");
    const id = target.closest("[data-alert]")?.getAttribute("data-alert");
    if (!button) return;
    if (id) this.#act(id, /** @type {ItemAction} */ (button.dataset.alertAction));
    else if (button.matches("[data-alerts-clear]")) this.#alerts.clearFired();
    else if (button.matches("[data-alerts-fold]")) this.#fold(button.ariaExpanded === "true");
    else if (button.closest("[data-alerts-undo]")) this.#putBack();
  }

  /**
   * @param {string} id
   * @param {ItemAction} action
   */
  #act(id, action) {
    const alert = this.#alerts.get(id);
    if (!alert) return;
    if (action === "edit") this.#edit(alert);
    else if (action === "delete") this.#delete(alert);
    else this.#alerts.setPaused(id, action === "pause");
  }

  /** @param {Alert} alert */
  #delete(alert) {
    this.#undo = this.#alerts.remove(alert.id);
    const what = `${pairText(alert)} ${ruleText(alert)}`;
    const bar = this.#one("[data-alerts-undo]");
    setText(one(bar, "span"), fill(words.alerts.actions.deleted, { what }));
    bar.hidden = false;
    one(bar, "button").focus(); // the button that was pressed is gone
    clearTimeout(this.#undoTimer);
    this.#undoTimer = setTimeout(() => this.#forgetUndo(), UNDO_FOR_MS);
  }

  #putBack() {
    this.#undo?.();
    this.#forgetUndo();
  }

  #forgetUndo() {
    this.#undo = null;
    clearTimeout(this.#undoTimer);
    const bar = this.#one("[data-alerts-undo]");
    if (bar.contains(document.activeElement)) this.#one("[data-alerts-fold]").focus();
    bar.hidden = true;
  }

  /** @param {boolean} isFolded on a phone; elsewhere there is room */
  #fold(isFolded) {
    this.#setFolded(isFolded);
    this.#storage.setItem(FOLDED_KEY, isFolded ? "1" : "0");
  }

  /** @param {boolean} isFolded */
  #setFolded(isFolded) {
    setAria(this.#one("[data-alerts-fold]"), "ariaExpanded", String(!isFolded));
  }

  /** @param {string} selector */
  #one(selector) {
    return one(one(this.#root, "#alerts"), selector);
  }
}

/**
 * @param {Element | null} element
 * @returns {string | null} a selector of the button that does the same in a list made anew
 */
function focusMark(element) {
  const id = element?.closest("[data-alert]")?.getAttribute("data-alert");
  const action = element?.getAttribute("data-alert-action");
  if (!id || !action) return null;
  const same = action === "pause" || action === "resume" ? ["pause", "resume"] : [action];
  return same.map((name) => `[data-alert="${id}"] [data-alert-action="${name}"]`).join(", ");
}
