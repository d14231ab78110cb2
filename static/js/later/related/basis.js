import { divide, multiply, subtract } from "../../lib/decimal.js";

/**
 * What a future costs more than spot; exact, with the prices as strings.
 *
 * @typedef {{ price: string, multiple: number }} Priced the price of so many of an asset
 * @typedef {{ spot: string, difference: string }} Basis both for the larger of the two multiples
 */

export const DAY_MS = 86_400_000;
const HOURS_A_YEAR = 365 * 24;
const YEAR_PERCENT = String(100 * 365 * DAY_MS);

/**
 * @param {Priced} spot
 * @param {Priced} future
 * @returns {Basis}
 */
export function basisOf(spot, future) {
  const unit = Math.max(spot.multiple, future.multiple);
  const near = scaled(spot, unit);
  return { spot: near, difference: subtract(scaled(future, unit), near) };
}

/**
 * @param {Basis} basis
 * @param {number} decimals
 * @returns {string | null} null when spot costs nothing
 */
export function percentOf(basis, decimals) {
  return shareOf(basis, "100", decimals);
}

/**
 * In basis points, which are hundredths of a percent.
 *
 * @param {Basis} basis
 * @param {number} decimals
 */
export function pointsOf(basis, decimals) {
  return shareOf(basis, "10000", decimals);
}

/**
 * Percent × 365 / days to delivery.
 *
 * @param {Basis} basis
 * @param {number} leftMs until delivery
 * @param {number} decimals
 * @returns {string | null} null when that is over
 */
export function yearlyPercentOf({ spot, difference }, leftMs, decimals) {
  const whole = Math.round(leftMs);
  if (whole <= 0) return null;
  return shareOf({ spot: multiply(spot, String(whole)), difference }, YEAR_PERCENT, decimals);
}

/**
 * What a funding rate adds up to in 365 days, in percent.
 *
 * @param {string} rate of one funding
 * @param {number} hours between two
 * @param {number} decimals
 */
export function yearlyFundingPercent(rate, hours, decimals) {
  return divide(multiply(rate, String(100 * HOURS_A_YEAR)), String(hours), decimals);
}

/**
 * @param {Priced} priced
 * @param {number} unit a whole number of times its multiple
 */
function scaled({ price, multiple }, unit) {
  return multiply(price, String(unit / multiple));
}

/**
 * @param {Basis} basis
 * @param {string} of
 * @param {number} decimals
 */
function shareOf({ spot, difference }, of, decimals) {
  if (/^-?0*\.?0*$/.test(spot)) return null;
  return divide(multiply(difference, of), spot, decimals);
}
