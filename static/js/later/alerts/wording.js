/** @import { Alert, Firing } from "./alerts.js" */
import { compare, isDecimal } from "../../lib/decimal.js";
import { writtenPercent } from "../../lib/number-look.js";
import { impliedStep, momentText, stepText } from "../../views/figures.js";
import { counted, fill, words } from "../../words.js";
import { minuteRuns } from "./spans.js";

const RUNS_TOLD = 3;

/** @typedef {Pick<Alert, "kind" | "tickSize">} Units */

/**
 * @param {Units} units
 * @param {string} value
 */
export function figureText({ kind, tickSize }, value) {
  if (!isDecimal(value)) return value;
  const text = stepText(value, kind === "price" && tickSize ? tickSize : impliedStep([value]));
  return kind === "move" ? writtenPercent(text) : text;
}

/**
 * The same as a figure of now, where a move shows by its sign which way it went.
 *
 * @param {Units} units
 * @param {string} value
 */
export function measuredText(units, value) {
  const isRise = units.kind === "move" && isDecimal(value) && compare(value, "0") > 0;
  return (isRise ? "+" : "") + figureText(units, value);
}

/** @param {number} windowMs */
export function windowText(windowMs) {
  const names = /** @type {Record<string, string>} */ (words.alerts.windows);
  return names[windowMs] ?? `${windowMs / 60_000} min`;
}

/**
 * "rises to 64,200.00"
 *
 * @param {Pick<Alert, "kind" | "direction" | "threshold" | "tickSize" | "windowMs">} alert
 */
export function ruleText(alert) {
  const forms = /** @type {Record<string, string>} */ (words.alerts.rule[alert.kind]);
  return fill(forms[alert.direction] ?? "", {
    value: figureText(alert, alert.threshold),
    window: windowText(alert.windowMs),
  });
}

/** @param {Pick<Alert, "base" | "quote">} alert */
export function pairText({ base, quote }) {
  // Isolated, so that a name in a script from right to left keeps its place.
  return `\u2068${base}\u2069${quote ? `/${quote}` : ""}`;
}

/**
 * "rose to 64,200.00"
 *
 * @param {Alert} alert
 * @param {Firing} firing
 * @param {number} nowMs
 */
export function firingText(alert, firing, nowMs) {
  const what = fill(firingForm(alert, firing), {
    value: measuredText(alert, firing.value),
    window: windowText(alert.windowMs),
  });
  const { fromMs, toMs } = firing;
  if (firing.how !== "missed" || fromMs === undefined || toMs === undefined) return what;
  const from = momentText(fromMs, nowMs);
  const to = momentText(toMs, nowMs);
  const { missed, missed_within: missedWithin } = words.alerts.fired;
  return fill(from === to || toMs - fromMs <= 60_000 ? missedWithin : missed, { what, from, to });
}

/**
 * "14:02–14:31, 15:10–15:12", the newest few
 *
 * @param {Alert} alert
 * @param {number} untilMs up to when it is known to have been watched
 * @param {number} nowMs
 */
export function gapsText({ gaps }, untilMs, nowMs) {
  const { not_watched: notWatched, since, span, clear, more } = words.alerts.gaps;
  const runs = minuteRuns(gaps.map(([fromMs, toMs]) => [fromMs, toMs]));
  const told = runs.slice(-RUNS_TOLD).map(([first, last]) => {
    const from = momentText(first, nowMs);
    return first === last ? from : fill(span, { from, to: momentText(last, nowMs) });
  });
  if (runs.length > RUNS_TOLD) told.unshift(counted(more, runs.length - RUNS_TOLD));
  const isWatched = untilMs >= nowMs;
  if (!isWatched) told.push(fill(since, { from: momentText(untilMs, nowMs) }));
  if (told.length === 0) return "";
  const text = fill(notWatched, { spans: told.join(", ") });
  const isClear = isWatched && gaps.every(([, , verdict]) => verdict === "clear");
  return isClear ? `${text}. ${clear}` : text;
}

/**
 * @param {Alert} alert
 * @param {Firing} firing
 * @returns {string}
 */
function firingForm({ kind, direction }, { how, value }) {
  const { fired } = words.alerts;
  if (kind !== "price") return fired[kind];
  const forms = /** @type {Record<string, string>} */ (
    how === "touched" || !isDecimal(value) ? fired.touched : fired.price
  );
  return forms[direction] ?? fired.price.above;
}
