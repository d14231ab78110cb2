/** @import { Alert, Firing } from "./alerts.js" */
/** @import { PriceBook } from "../../state/prices.js" */
import { changePercent } from "../../lib/decimal.js";
import { setData, setText } from "../../views/dom.js";
import { momentText } from "../../views/figures.js";
import { Query } from "../../views/query.js";
import { fill, words } from "../../words.js";
import { rearmLevel } from "./rules.js";
import { figureText, firingText, gapsText, pairText, ruleText, windowText } from "./wording.js";

// A reading that another tab has saved is up to five seconds old.
const LATE_MS = 20_000;

/**
 * @typedef {"edit" | "pause" | "resume" | "delete"} ItemAction
 */

/** One alert in the list. */
export class AlertItem {
  #alert;
  element = document.createElement("li");
  #words = make("p", "alert-state");
  #gaps = make("p", "alert-gaps");

  /** @param {Alert} alert */
  constructor(alert) {
    this.#alert = alert;
    this.element.dataset.alert = alert.id;
    const head = make("p", "alert-what");
    head.append(pairLink(alert), ` ${ruleText(alert)}`);
    if (alert.repeats) head.append(" ", make("small", "tag", words.alerts.state.repeats));
    const actions = make("p", "alert-actions");
    const pause = alert.isPaused ? "resume" : "pause";
    if (!alert.isOver) actions.append(this.#button("edit"), this.#button(pause));
    actions.append(this.#button("delete"));
    this.element.append(head, this.#words);
    if (alert.note) this.element.append(make("p", "alert-note-text", alert.note));
    this.element.append(this.#gaps, actions);
  }

  /**
   * @param {PriceBook} prices
   * @param {number} untilMs up to when it is known to have been watched
   * @param {number} nowMs
   */
  paint(prices, untilMs, nowMs) {
    const { isPaused, isOver, market, symbol, sinceMs } = this.#alert;
    const isLive = !isPaused && !isOver;
    const isWatched = nowMs - untilMs < LATE_MS;
    const isNew = untilMs === sinceMs;
    const isLost = isLive && !isWatched;
    const gapsUntilMs = isLost ? untilMs : Number.POSITIVE_INFINITY;
    setText(this.#gaps, gapsText(this.#alert, gapsUntilMs, nowMs));
    setData(this.element, "state", stateOf(this.#alert, isLost));
    const last = prices.get(market, symbol)?.last;
    setText(this.#words, stateText(this.#alert, { last, isLost, isNew }));
  }

  /** @param {ItemAction} action */
  #button(action) {
    const { actions, action_names: names } = words.alerts;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "text-button";
    button.dataset.alertAction = action;
    button.textContent = actions[action];
    const what = `${pairText(this.#alert)} ${ruleText(this.#alert)}`;
    button.ariaLabel = fill(names[action], { what });
    return button;
  }
}

/**
 * @param {Alert} alert
 * @param {Firing} firing
 * @param {boolean} isNew
 * @param {number} nowMs
 */
export function firedItem(alert, firing, isNew, nowMs) {
  const item = document.createElement("li");
  const what = make("p", "alert-what");
  what.append(pairLink(alert), ` ${firingText(alert, firing, nowMs)}`);
  const time = make("time", "alert-time", momentText(firing.atMs, nowMs));
  time.setAttribute("datetime", new Date(firing.atMs).toISOString());
  setData(item, "new", isNew ? "" : null);
  item.append(time, what);
  if (alert.note) item.append(make("p", "alert-note-text", alert.note));
  return item;
}

/** @param {Alert} alert */
function pairLink(alert) {
  const { market, symbol } = alert;
  const link = document.createElement("a");
  link.href = Query.ofUrl(location.href).url({ market, pair: symbol, q: "" });
  link.dataset.pairLink = "";
  link.textContent = pairText(alert);
  const tag = make("small", "tag", words.market.name[alert.market]);
  const both = document.createElement("span");
  both.append(link, " ", tag);
  return both;
}

/**
 * @param {Alert} alert
 * @param {boolean} isLost nobody watches it now
 */
function stateOf({ isPaused, isOver }, isLost) {
  if (isOver) return "over";
  if (isPaused) return "paused";
  return isLost ? "lost" : "watching";
}

/**
 * @param {Alert} alert
 * @param {{ last: string | undefined, isLost: boolean, isNew: boolean }} now
 */
function stateText(alert, { last, isLost, isNew }) {
  const { state } = words.alerts;
  if (alert.isOver) return state.over;
  if (alert.isPaused) return state.paused;
  if (isNew && alert.kind === "move") {
    return fill(state.waiting_for_past, { window: windowText(alert.windowMs) });
  }
  if (isLost) return state.connecting;
  if (alert.armed === null) return state.before_crossing;
  if (!alert.armed)
    return fill(state.going_back[alert.kind], { level: figureText(alert, rearmLevel(alert)) });
  return alert.kind === "price" && last ? distanceText(last, alert.threshold) : state.watching;
}

/**
 * @param {string} last
 * @param {string} threshold
 */
function distanceText(last, threshold) {
  const { state } = words.alerts;
  const percent = changePercent(last, threshold)?.replace("-", "");
  if (!percent) return state.watching;
  return `${state.watching} · ${fill(state.away, { percent: figureText({ kind: "move", tickSize: "" }, percent) })}`;
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} [text]
 */
function make(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
