/** @import { AlertDirection, AlertKind } from "./alerts.js" */
import { canonical, compare } from "../../lib/decimal.js";
import { parseAmount } from "../../lib/number-look.js";
import { stepText } from "../../views/figures.js";
import { fill, words } from "../../words.js";

const DIGITS_MAX = 30;

/**
 * What was typed as an exact number.
 *
 * @param {string} text
 * @returns {string | null} canonical; null when it is no number
 */
export function readNumber(text) {
  const plain = parseAmount(text.trim().replace(/^\+/, ""));
  return plain === null ? null : canonical(plain);
}

/**
 * What is wrong with a threshold, as a sentence.
 *
 * @param {{ kind: AlertKind, direction: AlertDirection, tickSize: string }} rule
 * @param {string} text as it was typed
 * @returns {{ threshold: string } | { words: string }}
 */
export function checkThreshold({ kind, direction, tickSize }, text) {
  const {
    not_aNumber: notANumber,
    not_positive: notPositive,
    too_long: tooLong,
    too_small: tooSmall,
    fall_too_far: fallTooFar,
  } = words.alerts.form;
  const threshold = readNumber(text);
  if (threshold === null) return { words: fill(notANumber, { example: stepText("2.5", "0.1") }) };
  if (threshold.length > DIGITS_MAX) return { words: tooLong };
  if (compare(threshold, "0") <= 0) return { words: notPositive };
  if (kind === "price" && tickSize && compare(threshold, tickSize) < 0) {
    return { words: fill(tooSmall, { least: canonical(tickSize) }) };
  }
  if (kind === "move" && direction === "below" && compare(threshold, "100") >= 0) {
    return { words: fallTooFar };
  }
  return { threshold };
}
