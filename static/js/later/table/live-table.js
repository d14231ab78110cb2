/** @import { Figures } from "../../state/columns.js" */
/** @import { PriceBook, PriceRow } from "../../state/prices.js" */
/** @import { Query } from "../../views/query.js" */
import { isDecimal } from "../../lib/decimal.js";
import { whenIdle } from "../../lib/idle.js";
import { LiveOrder } from "../../state/live-order.js";
import { all, one } from "../../views/dom.js";
import { OrderHold } from "./order-hold.js";
import { orderStep } from "./order-step.js";
import { RowMover, setSubmitting } from "./row-mover.js";

const FOLLOW_EVERY_MS = 2_000;
const STEP_EVERY_MS = 50;
const STEP_PLACES = 128;
const DRAWN_STEP_PLACES = 16; // of rows that the browser draws, which it lays out anew
const LOOK_AGAIN_MS = 250; // while the order is held back, whether it is let go
const BUSY_FOR_MS = 1_000; // a page that has no idle time for so long does it all the same

/**
 * Lets the table's rows follow the live prices in order and in view, but never while somebody is
 * among them: then a sign tells that the order is held, and it catches up when it is let go.
 */
export class LiveTable {
  #root;
  #prices;
  #on;
  #hold;
  #timer = 0;
  #url = "";
  /** @type {LiveOrder | null} */
  #order = null;
  /** @type {HTMLElement | null} */
  #table = null;
  /** @type {RowMover | null} */
  #mover = null;
  /** @type {Map<string, HTMLElement>} those that the view keeps out as well */
  #rows = new Map();
  /** @type {string[]} the symbols of the table's rows */
  #shown = [];
  /** @type {string[] | null} the order that the rows are on the way to */
  #aim = null;
  #market = "";

  /**
   * @param {ParentNode} root
   * @param {PriceBook} prices
   * @param {object} on
   * @param {() => void} on.changed when rows have come or gone
   * @param {() => void} on.moved when rows have come to another place
   * @param {() => void} on.held when the order is held for somebody who has the focus in it
   */
  constructor(root, prices, on) {
    this.#root = root;
    this.#prices = prices;
    this.#on = on;
    this.#hold = new OrderHold(root);
    document.addEventListener("click", this.#clicked, { capture: true });
  }

  /**
   * Takes up the rows that a swap has brought; where nobody has seen them yet, they are put in
   * order at once.
   *
   * @param {Query} query
   * @param {{ isSeen: boolean }} [how]
   */
  rebind(query, { isSeen } = { isSeen: false }) {
    const table = one(this.#root, "#pairs");
    const url = query.url({ pair: "" });
    if (table === this.#table && url === this.#url && table.contains(this.#anyRow)) return;
    const isSameList = url === this.#url;
    const before = this.#shown;
    this.#url = url;
    this.#table = table;
    this.#mover = new RowMover(table, this.#rows);
    this.#market = query.market;
    this.#collect(query);
    if (this.#order && isSameList && this.#hold.isHeld) this.#place(this.#asBefore(before));
    else if (this.#order && !isSeen) this.#place(this.#order.wanted());
    this.#followIn(FOLLOW_EVERY_MS);
  }

  /** @param {PriceRow[]} changed */
  take(changed) {
    if (!this.#order) return;
    for (const row of changed) if (row.market === this.#market) this.#order.take(row);
  }

  close() {
    clearTimeout(this.#timer);
    document.removeEventListener("click", this.#clicked, { capture: true });
    this.#hold.close();
  }

  get #anyRow() {
    return this.#rows.get(this.#shown[0] ?? "") ?? null;
  }

  get #others() {
    const template = this.#root.querySelector("#other-rows");
    return template instanceof HTMLTemplateElement ? template.content : null;
  }

  /** @param {Query} query */
  #collect(query) {
    this.#rows.clear();
    this.#order = query.followsPrices ? new LiveOrder(query) : null;
    this.#aim = null;
    const shown = all(one(this.#root, "#pairs"), "[data-row]");
    this.#shown = shown.map((row) => row.dataset.symbol ?? "");
    for (const row of [...shown, ...(this.#others ? all(this.#others, "[data-row]") : [])]) {
      const { symbol = "", figures } = row.dataset;
      this.#rows.set(symbol, row);
      this.#order?.add(symbol, this.#prices.get(query.market, symbol) ?? read(figures));
    }
  }

  /** @param {string[]} before the symbols in the order in which somebody sees them */
  #asBefore(before) {
    const isOld = new Set(before);
    const stayed = before.filter((symbol) => this.#rows.has(symbol));
    return [...stayed, ...this.#shown.filter((symbol) => !isOld.has(symbol))];
  }

  /** @param {number} delayMs */
  #followIn(delayMs) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => whenIdle(() => this.#follow(), BUSY_FOR_MS), delayMs);
  }

  #follow() {
    const isLetGo = this.#catchUp();
    if (this.#aim) this.#followIn(STEP_EVERY_MS);
    else this.#followIn(isLetGo ? FOLLOW_EVERY_MS : LOOK_AGAIN_MS);
  }

  /** @returns {boolean} false when the order is held back */
  #catchUp() {
    const aim = this.#aim;
    this.#aim = null;
    if (!this.#order || document.hidden) return true;
    const wanted = aim ?? this.#order.wanted();
    const isHeld = this.#hold.isHeld && !areSame(wanted, this.#shown);
    const sign = one(this.#root, "[data-order-held]");
    if (isHeld && sign.hidden && this.#hold.hasFocus) this.#on.held();
    sign.hidden = !isHeld;
    if (!isHeld) this.#stepTowards(wanted);
    return !isHeld;
  }

  /**
   * Rows in view first, so that no frame need wait until all are moved. Where rows come or go, all
   * are: that is in a view, which is short.
   *
   * @param {string[]} wanted
   */
  #stepTowards(wanted) {
    const { middle = 0, reach = 0 } = this.#mover?.drawn ?? {};
    const limits = { middle, reach, mostNear: DRAWN_STEP_PLACES, most: STEP_PLACES };
    const isSameSet = haveSame(wanted, this.#shown);
    this.#place(isSameSet ? orderStep(this.#shown, wanted, limits) : wanted);
    this.#table?.getBoundingClientRect(); // laid out now, so that the next frame has not to do it
    if (!areSame(wanted, this.#shown)) this.#aim = wanted;
  }

  /** @param {string[]} wanted */
  #place(wanted) {
    if (areSame(wanted, this.#shown)) return;
    const others = this.#others ?? document.createDocumentFragment();
    this.#mover?.move(this.#shown, wanted, others);
    const isOtherSet = !haveSame(wanted, this.#shown);
    this.#shown = wanted;
    if (isOtherSet) this.#tellCount();
    this.#on.moved();
  }

  #tellCount() {
    one(this.#root, "[data-view-empty]").hidden = this.#shown.length > 0;
    this.#on.changed();
  }

  /** @param {MouseEvent} event */
  #clicked = ({ target }) => {
    if (!(target instanceof Element)) return;
    const row = target.closest("#pairs [data-row]");
    if (row) setSubmitting(row, true);
    if (!target.closest("[data-order-held]")) return;
    getSelection()?.removeAllRanges();
    one(this.#root, "#table-views [aria-current]").focus();
    this.#follow();
  };
}

/**
 * The server's figures of a row: they count until the pair's first live ones.
 *
 * @param {string | undefined} text
 * @returns {Figures | null}
 */
function read(text) {
  const parts = (text ?? "").split(" ");
  if (parts.length !== 6 || !parts.every(isDecimal)) return null;
  const [last = "", open = "", high = "", low = "", volume = "", quoteVolume = ""] = parts;
  return { last, open, high, low, volume, quoteVolume };
}

/**
 * @param {string[]} a
 * @param {string[]} b
 */
function areSame(a, b) {
  return a.length === b.length && a.every((symbol, index) => symbol === b[index]);
}

/**
 * @param {string[]} a
 * @param {string[]} b
 */
function haveSame(a, b) {
  const isInB = new Set(b);
  return a.length === b.length && a.every((symbol) => isInB.has(symbol));
}
