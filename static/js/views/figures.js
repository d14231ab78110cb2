import {
  canonical,
  changePercent,
  compactVolume,
  decimalsOf,
  isDecimal,
  trimToTick,
} from "../lib/decimal.js";

/** Figures as a person reads them; `webapp/markets/figures.py` writes the first ones alike. */

export const UNKNOWN = "–";
const MINUS = "\u2212";
const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const AGE_UNITS = /** @type {const} */ ([
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
]);

/**
 * A price or a quantity with the decimals of its tick or step and thousands set apart.
 *
 * @param {string} value
 * @param {string | undefined} step such as "0.01"; unknown is ""
 */
export function stepText(value, step) {
  const decimals = isDecimal(step) ? decimalsOf(step) : 0;
  const [whole = "", fraction] = trimToTick(value, decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",").replace("-", MINUS);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
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
  const size = `${stepText(percent.replace("-", ""), "0.01")}%`;
  if (canonical(percent) === "0") return { text: size, trend: "flat" };
  return percent.startsWith("-")
    ? { text: MINUS + size, trend: "down" }
    : { text: `+${size}`, trend: "up" };
}

/** @param {string} volume */
export function volumeText(volume) {
  return compactVolume(volume);
}

/** @param {number} atMs */
export function timeText(atMs) {
  return TIME.format(atMs);
}

/**
 * "4 min": in the largest unit of which there is a whole one.
 *
 * @param {number} ageMs
 */
export function ageText(ageMs) {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  for (const [size, unit] of AGE_UNITS) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return `${seconds} s`;
}
