/** @import { MarketHours } from "./sessions.js" */
import { compare } from "../../lib/decimal.js";
import { isolated } from "../../lib/isolate.js";
import { dayTimeText, decimalText } from "../../views/figures.js";
import { counted, fill, words } from "../../words.js";
import { DAY_MS } from "./basis.js";

/** The sentences of the panel of one asset. */

const here = words.related;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * "31 days", in the last two days "1 day 5 h", in the last "5 h 20 min".
 *
 * @param {number} ms
 */
function spanText(ms) {
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  if (days >= 2) return counted(here.days, days);
  if (days === 1) return `${counted(here.days, days)} ${unitText("hours", hours)}`;
  const rest = unitText("minutes", minutes);
  return hours > 0 ? `${unitText("hours", hours)} ${rest}` : rest;
}

/**
 * @param {"hours" | "minutes"} unit
 * @param {number} count
 */
function unitText(unit, count) {
  return fill(words.unit[unit], { count: decimalText(String(count)) });
}

/** @param {number} leftMs until a dated contract is delivered */
export function leftText(leftMs) {
  return leftMs <= 0 ? here.delivered : fill(here.in_time, { left: spanText(leftMs) });
}

/** @param {number} hours between two fundings */
export function intervalText(hours) {
  return counted(here.per_interval, hours);
}

/** @param {string} rate */
export function fundingSide(rate) {
  return { 1: here.longs_pay, "-1": here.shorts_pay, 0: here.nobody_pays }[compare(rate, "0")];
}

/**
 * @param {MarketHours | null} hours null when nothing is known of them
 * @param {string} name of the asset
 * @param {number} nowMs by the exchange's clock
 */
export function sessionText(hours, name, nowMs) {
  const base = isolated(name);
  const { open, closed, closed_until, kinds, unknown } = here.session;
  if (hours === null) return fill(unknown, { base });
  const { isOpen, type, untilMs, opensMs } = hours;
  const moment = dayTimeText(opensMs ?? untilMs);
  if (isOpen) {
    const kind = kinds[/** @type {keyof typeof kinds} */ (type)];
    return fill(open, { base, kind, moment });
  }
  if (opensMs === null) return fill(closed_until, { base, moment });
  return fill(closed, { base, moment, left: spanText(opensMs - nowMs) });
}
