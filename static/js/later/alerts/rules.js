/** @import { Alert, AlertDirection, AlertKind } from "./alerts.js" */
import { add, canonical, compare, divide, multiply, subtract } from "../../lib/decimal.js";

/**
 * How far a figure has to go back before a repeating alert is armed again, so that a price that
 * trembles on its level tells it once: a part of the threshold.
 *
 * @type {Record<AlertKind, string>}
 */
const BACK_BY = { price: "0.001", move: "0.2", spread: "0.1" };

/**
 * @typedef {{ part: string, whole: string }} Figure a value as the exact quotient of two decimals
 * @typedef {Pick<Alert, "kind" | "direction" | "threshold">} Rule
 * @typedef {Rule & Pick<Alert, "armed" | "repeats">} Armable
 */

/**
 * @param {string} last
 * @returns {Figure}
 */
export function priceFigure(last) {
  return { part: last, whole: "1" };
}

/**
 * @param {string} before the price a window ago, not zero
 * @param {string} last
 * @returns {Figure} in percent
 */
export function moveFigure(before, last) {
  return { part: multiply(subtract(last, before), "100"), whole: before };
}

/**
 * @param {string} bid
 * @param {string} ask
 * @returns {Figure} in basis points of the middle
 */
export function spreadFigure(bid, ask) {
  // (ask - bid) / ((ask + bid) / 2) * 10,000
  return { part: multiply(subtract(ask, bid), "20000"), whole: add(ask, bid) };
}

/**
 * @param {AlertKind} kind
 * @param {Figure} figure
 */
export function figureValue(kind, { part, whole }) {
  return kind === "price" ? part : canonical(divide(part, whole, kind === "move" ? 2 : 4));
}

/**
 * @param {Rule} rule
 * @param {Figure} figure
 */
export function isReached(rule, figure) {
  return isAtOrPast(rule.direction, figure, limitOf(rule));
}

/**
 * What a figure means to an alert: whether it fires, and whether it is armed from now on. It fires
 * when its limit is reached or leapt over after a time on the other side.
 *
 * @param {Armable} alert
 * @param {Figure} figure
 * @returns {{ fires: boolean, armed: boolean }}
 */
export function judge(alert, figure) {
  if (alert.armed) {
    const fires = isReached(alert, figure);
    return { fires, armed: !fires };
  }
  const armed =
    alert.armed === null
      ? !isReached(alert, figure)
      : alert.repeats && !isPast(alert.direction, figure, rearmLevel(alert));
  return { fires: false, armed };
}

/**
 * Where a repeating alert is armed again.
 *
 * @param {Rule} rule
 */
export function rearmLevel(rule) {
  const back = multiply(rule.threshold, BACK_BY[rule.kind]);
  // A move goes back towards nothing; a price or a spread to the side that it came from.
  const isBelow = rule.kind !== "move" && rule.direction === "below";
  const level = isBelow ? add(rule.threshold, back) : subtract(rule.threshold, back);
  return signed(rule, level);
}

/** @param {Rule} rule */
function limitOf(rule) {
  return signed(rule, rule.threshold);
}

/**
 * A fall is a negative move.
 *
 * @param {Rule} rule
 * @param {string} level
 */
function signed({ kind, direction }, level) {
  return kind === "move" && direction === "below" ? canonical(`-${level}`) : level;
}

/**
 * @param {AlertDirection} direction
 * @param {Figure} figure
 * @param {string} level
 */
function isAtOrPast(direction, figure, level) {
  return beyond(direction, figure, level) >= 0;
}

/**
 * @param {AlertDirection} direction
 * @param {Figure} figure
 * @param {string} level
 */
function isPast(direction, figure, level) {
  return beyond(direction, figure, level) > 0;
}

/**
 * @param {AlertDirection} direction
 * @param {Figure} figure
 * @param {string} level
 * @returns {number} positive when it is past the level, zero when it is there
 */
function beyond(direction, { part, whole }, level) {
  const size = direction === "either" ? part.replace("-", "") : part;
  const order = compare(size, multiply(level, whole));
  return direction === "below" ? -order : order;
}
