import {
  canonical,
  changePercent,
  compactVolume,
  compare,
  decimalsOf,
  isDecimal,
  placeBetween,
  round,
  subtract,
  trimToTick,
} from "../lib/decimal.js";
import { pageLook, written, writtenPercent } from "../lib/number-look.js";
import { fill, words } from "../words.js";

/** Figures as a person reads them; `webapp/markets/figures.py` writes the first ones alike. */

export const UNKNOWN = "–";
const MINUS = "\u2212";
const COMPACT = /^([-\d.]+)(\D?)$/;
// To make one takes a browser up to 10 ms, which the page's start can do without.
const TIME = whenWanted(() => clock({ second: "2-digit" }));
const MINUTE = whenWanted(() => clock({}));
const DAY = whenWanted(() => {
  return new Intl.DateTimeFormat(pageLook.locale, {
    dateStyle: "medium",
    timeZone: "UTC",
    calendar: "gregory", // as the exchange counts, whatever the locale's own is
  });
});
const DAY_OF_MOMENT = whenWanted(() => {
  return new Intl.DateTimeFormat(pageLook.locale, { day: "numeric", month: "short" });
});
const DAY_TIME = whenWanted(() => clock({ weekday: "short" }));
const AGE_UNITS = /** @type {const} */ ([
  [86_400, "days"],
  [3_600, "hours"],
  [60, "minutes"],
]);

/**
 * A price or a quantity with the decimals of its tick or step and thousands set apart.
 *
 * @param {string} value
 * @param {string | undefined} step such as "0.01"; unknown is ""
 */
export function stepText(value, step) {
  const decimals = isDecimal(step) ? decimalsOf(step) : 0;
  return decimalText(trimToTick(value, decimals));
}

/**
 * A decimal with thousands set apart and just the decimals that it has.
 *
 * @param {string} value
 */
export function decimalText(value) {
  return written(value);
}

/**
 * The step that these values seem to have, where the list does not tell it: that of the longest.
 *
 * @param {string[]} values
 */
export function impliedStep(values) {
  return stepOf(Math.max(0, ...values.map(decimalsOf)));
}

/**
 * @param {number} decimals
 * @returns {string} the step of values with so many decimals: "0.01" for 2
 */
export function stepOf(decimals) {
  return decimals === 0 ? "1" : `0.${"1".padStart(decimals, "0")}`;
}

/**
 * @param {string} open
 * @param {string} last
 * @returns {{ text: string, trend: "up" | "down" | "flat" }}
 */
export function changeFigure(open, last) {
  const percent = changePercent(open, last);
  if (percent === null) return { text: UNKNOWN, trend: "flat" };
  const size = writtenPercent(written(percent.replace("-", "")));
  if (canonical(percent) === "0") return { text: size, trend: "flat" };
  return percent.startsWith("-")
    ? { text: MINUS + size, trend: "down" }
    : { text: `+${size}`, trend: "up" };
}

/**
 * "+1.3": with its sign; nought has none.
 *
 * @param {string} value
 * @param {number} decimals
 */
export function signedText(value, decimals) {
  return differenceText(round(value, decimals), stepOf(decimals));
}

/**
 * A difference of prices, with its sign and every digit that is not zero.
 *
 * @param {string} value
 * @param {string | undefined} step
 */
export function differenceText(value, step) {
  const sign = compare(value, "0");
  return (sign > 0 ? "+" : "") + stepText(sign === 0 ? "0" : value, step);
}

/**
 * "+1.30%": with its sign.
 *
 * @param {string} value
 * @param {number} decimals
 */
export function signedPercent(value, decimals) {
  const text = signedText(value, decimals);
  const [, sign = "", size = ""] = /^([+\u2212]?)(.*)$/.exec(text) ?? [];
  return sign + writtenPercent(size);
}

/**
 * A change of price in the quote asset: "+12.50".
 *
 * @param {string} open
 * @param {string} last
 * @param {string | undefined} step
 */
export function moveText(open, last, step) {
  return differenceText(subtract(last, open), step);
}

/**
 * Where the price stands between low and high: "63%", and the place of its mark in two digits.
 *
 * @param {{ last: string, low: string, high: string }} figures
 * @returns {{ text: string, mark: string | null }}
 */
export function rangeFigure({ last, low, high }) {
  const place = placeBetween(last, low, high);
  if (place === null) return { text: UNKNOWN, mark: null };
  const mark = Math.min(99, Number.parseInt(place, 10));
  return { text: writtenPercent(written(round(place, 0))), mark: String(mark).padStart(2, "0") };
}

/** @param {string} volume */
export function volumeText(volume) {
  const [, number = "", letter] = COMPACT.exec(compactVolume(volume)) ?? [];
  return written(number) + letter;
}

/** @param {number} atMs "Mon, 08:00" */
export function dayTimeText(atMs) {
  return DAY_TIME().format(atMs);
}

/**
 * "7:03:09" of hours, minutes and seconds.
 *
 * @param {number} ms
 */
export function countdownText(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const [minutes = "", rest = ""] = parts.map((part) => String(part).padStart(2, "0"));
  return [String(Math.floor(seconds / 3600)), minutes, rest].map((part) => written(part)).join(":");
}

/** @param {number} atMs */
export function timeText(atMs) {
  return TIME().format(atMs);
}

/** @param {number} atMs */
export function minuteText(atMs) {
  return MINUTE().format(atMs);
}

/** @param {number} atMs of a day of the exchange, which are UTC */
export function dayText(atMs) {
  return DAY().format(atMs);
}

/**
 * @template Value
 * @param {() => Value} make
 * @returns {() => Value} makes it at the first call
 */
function whenWanted(make) {
  /** @type {Value | undefined} */
  let made;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * All 24 hours, as exchanges write them: of one width in every language.
 *
 * @param {Intl.DateTimeFormatOptions} more
 */
function clock(more) {
  const { locale } = pageLook;
  const hours = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return new Intl.DateTimeFormat(locale, { ...hours, ...more });
}

/**
 * "14:02", with the day before it when that is not today's.
 *
 * @param {number} atMs
 * @param {number} nowMs
 */
export function momentText(atMs, nowMs) {
  const isToday = DAY_OF_MOMENT().format(atMs) === DAY_OF_MOMENT().format(nowMs);
  return isToday ? minuteText(atMs) : `${DAY_OF_MOMENT().format(atMs)} ${minuteText(atMs)}`;
}

/**
 * "4 min": in the largest unit of which there is a whole one.
 *
 * @param {number} ageMs
 */
export function ageText(ageMs) {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  for (const [size, unit] of AGE_UNITS) {
    if (seconds >= size)
      return fill(words.unit[unit], { count: written(String(Math.floor(seconds / size))) });
  }
  return secondsText(seconds);
}

/** @param {number} seconds */
export function secondsText(seconds) {
  return fill(words.unit.seconds, { count: written(String(seconds)) });
}

/** @param {string} basisPoints */
export function basisPointsText(basisPoints) {
  return fill(words.unit.basis_points, { count: decimalText(basisPoints) });
}
