/** @import { SafeStorage } from "../../lib/safe-storage.js" */
/** @import { Span } from "./spans.js" */
/** @import { Market } from "../../streams/routes.js" */
import { isDecimal } from "../../lib/decimal.js";
import { ALERTS_KEY } from "../../state/stored-alerts.js";

const GAPS_MAX = 40;
const FIRINGS_MAX = 20;

/** Each wakes this browser for every tick of its pair; more than so many nobody reads. */
export const ALERTS_MAX = 50;

/**
 * @typedef {"price" | "move" | "spread"} AlertKind
 * @typedef {"above" | "below" | "either"} AlertDirection of a move: up, down, either way
 *
 * @typedef {object} AlertWish what a person asks for
 * @property {Market} market
 * @property {string} symbol
 * @property {string} base
 * @property {string} quote
 * @property {string} tickSize "" when it is not known
 * @property {AlertKind} kind
 * @property {AlertDirection} direction
 * @property {string} threshold a price, percent or basis points, exactly as asked for
 * @property {number} windowMs of a move; 0 otherwise
 * @property {boolean} repeats
 * @property {string} note
 *
 * @typedef {object} Firing
 * @property {number} atMs when this page learnt of it
 * @property {string} value the price, percent or basis points that fired it
 * @property {"seen" | "touched" | "missed"} how `touched`: between two prices that were seen;
 *   `missed`: at some time between `fromMs` and `toMs`, while nobody watched
 * @property {number} [fromMs]
 * @property {number} [toMs]
 *
 * @typedef {Span | [fromMs: number, toMs: number, verdict: "clear"]} Gap a time without proof of
 *   watching; `clear` when Binance's candles show that nothing was missed in it
 *
 * @typedef {object} AlertState
 * @property {string} id
 * @property {number} createdAtMs
 * @property {number} sinceMs since when it is to be watched: made, edited or resumed
 * @property {boolean | null} armed whether it fires when it is reached; null: not known before the
 *   next figure
 * @property {number} armedAtMs
 * @property {boolean} isPaused
 * @property {boolean} isOver it was to fire once, and has
 * @property {Firing[]} fired newest first
 * @property {Gap[]} gaps oldest first
 *
 * @typedef {AlertWish & AlertState} Alert
 */

/**
 * A person's alerts, kept in this browser and shared between its tabs. Every change begins with
 * what another tab may have stored meanwhile. Dispatches `change`.
 */
export class Alerts extends EventTarget {
  #storage;
  #now;
  /** @type {Alert[]} newest first */
  #alerts;
  #isKept = true;
  #aborter = new AbortController();

  /**
   * @param {object} options
   * @param {SafeStorage} options.storage
   * @param {() => number} [options.now]
   * @param {EventTarget} [options.page] the window, which tells what other tabs store
   */
  constructor({ storage, now = Date.now, page = new EventTarget() }) {
    super();
    this.#storage = storage;
    this.#now = now;
    this.#alerts = this.#stored();
    const options = { signal: this.#aborter.signal };
    page.addEventListener("storage", (event) => this.#storedElsewhere(event), options);
  }

  /** @returns {readonly Alert[]} newest first */
  get all() {
    return this.#alerts;
  }

  /** @returns {Alert[]} those that are to be watched now */
  get live() {
    return this.#alerts.filter(({ isPaused, isOver }) => !isPaused && !isOver);
  }

  /** Whether the browser has stored them, so that they outlive this page. */
  get isKept() {
    return this.#isKept;
  }

  get isFull() {
    return this.#alerts.length >= ALERTS_MAX;
  }

  close() {
    this.#aborter.abort();
  }

  /** @param {string} id */
  get(id) {
    return this.#alerts.find((alert) => alert.id === id);
  }

  /**
   * @param {AlertWish} wish
   * @returns {Alert | null} null when there are too many already
   */
  add(wish) {
    this.#alerts = this.#stored();
    if (this.isFull) return null;
    const nowMs = this.#now();
    const alert = { ...wish, id: newId(nowMs), createdAtMs: nowMs, ...anew(nowMs), ...NO_HISTORY };
    this.#keep([alert, ...this.#alerts]);
    return alert;
  }

  /**
   * @param {string} id
   * @param {AlertWish} wish it is armed anew, and what it fired before stays
   */
  edit(id, wish) {
    this.update(id, (alert) => ({ ...alert, ...wish, ...anew(this.#now()) }));
  }

  /**
   * @param {string} id
   * @param {boolean} isPaused going on, it waits for the figure to cross once more
   */
  setPaused(id, isPaused) {
    const going = { ...anew(this.#now()), armed: null };
    this.update(id, (alert) => ({ ...alert, ...(isPaused ? {} : going), isPaused }));
  }

  /**
   * @param {string} id
   * @returns {(() => void) | null} puts it back where it was
   */
  remove(id) {
    this.#alerts = this.#stored();
    const at = this.#alerts.findIndex((alert) => alert.id === id);
    const alert = this.#alerts[at];
    if (!alert) return null;
    this.#keep(this.#alerts.filter((other) => other !== alert));
    return () => {
      const others = this.#stored().filter((other) => other.id !== id);
      this.#keep(others.toSpliced(at, 0, alert));
    };
  }

  /** Forgets what was fired; those that were to fire once have done their work and go. */
  clearFired() {
    const left = this.#stored().filter(({ isOver }) => !isOver);
    this.#keep(left.map((alert) => ({ ...alert, fired: [] })));
  }

  /**
   * Changes one as it stands in the store.
   *
   * @param {string} id
   * @param {(alert: Alert) => Alert | null} change null leaves it as it is
   * @returns {Alert | null} as it is now; null when nothing was changed
   */
  update(id, change) {
    this.#alerts = this.#stored();
    const before = this.get(id);
    const after = before && change(before);
    if (!after) return null;
    const bounded = {
      ...after,
      fired: after.fired.slice(0, FIRINGS_MAX),
      gaps: after.gaps.slice(-GAPS_MAX),
    };
    this.#keep(this.#alerts.map((alert) => (alert === before ? bounded : alert)));
    return bounded;
  }

  /** @param {Alert[]} alerts */
  #keep(alerts) {
    this.#alerts = alerts;
    this.#isKept = this.#storage.setItem(ALERTS_KEY, JSON.stringify(alerts));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {any} event; without a key all was cleared */
  #storedElsewhere({ key }) {
    if (key !== ALERTS_KEY && key !== null) return;
    this.#alerts = this.#stored();
    this.dispatchEvent(new Event("change"));
  }

  /** @returns {Alert[]} */
  #stored() {
    const stored = this.#storage.getJson(ALERTS_KEY);
    return Array.isArray(stored) ? stored.filter(isAlert) : [];
  }
}

const NO_HISTORY = { fired: [], gaps: [] };

/** @param {number} nowMs */
function anew(nowMs) {
  return { sinceMs: nowMs, armedAtMs: nowMs, armed: true, isPaused: false, isOver: false };
}

/** @param {number} nowMs */
function newId(nowMs) {
  return `${nowMs.toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}

/**
 * @param {any} value what another release may have stored
 * @returns {value is Alert}
 */
function isAlert(value) {
  if (typeof value?.id !== "string" || typeof value.symbol !== "string") return false;
  const isKnown =
    ["spot", "futures"].includes(value.market) &&
    ["price", "move", "spread"].includes(value.kind) &&
    ["above", "below", "either"].includes(value.direction);
  const times = [value.createdAtMs, value.sinceMs, value.armedAtMs, value.windowMs];
  const lists = [value.fired, value.gaps];
  return (
    isKnown &&
    isDecimal(value.threshold) &&
    times.every(Number.isFinite) &&
    lists.every(Array.isArray)
  );
}
