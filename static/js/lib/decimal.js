/**
 * Exact decimals, kept as the strings that Binance sends. No price or quantity ever becomes a
 * float: 0.1 + 0.2 must be 0.3, and a number of 20 digits must keep them all.
 *
 * Results are canonical: plain notation, no trailing zeros, no "-0", so equal values are equal
 * strings. `trimToTick` and `round` give a fixed number of decimals for display instead.
 *
 * @typedef {{ units: bigint, scale: number }} Scaled a value of units / 10^scale
 */

const DECIMAL = /^-?\d+(?:\.\d+)?$/;
const COMPACT_UNITS = ["", "K", "M", "B", "T"];

/**
 * Whether a value is a string in plain decimal notation.
 *
 * @param {unknown} value
 * @returns {value is string}
 */
export function isDecimal(value) {
  return typeof value === "string" && DECIMAL.test(value);
}

/**
 * A price with the symbol's own number of decimals. Zeros are added or dropped; a digit that is
 * not zero is never dropped, even beyond the tick, since a shortened price is a wrong price.
 *
 * @param {string} price
 * @param {number} decimals decimals of the tick size
 * @returns {string}
 */
export function trimToTick(price, decimals) {
  const [whole = "", fraction = ""] = requireDecimal(price).split(".");
  const digits = fraction.replace(/0+$/, "").padEnd(decimals, "0");
  return digits === "" ? whole : `${whole}.${digits}`;
}

/**
 * How many decimals a tick or step size has: "0.01000000" has 2, "1.00000000" has 0.
 *
 * @param {string} stepSize
 * @returns {number}
 */
export function decimalsOf(stepSize) {
  const fraction = requireDecimal(stepSize).split(".")[1] ?? "";
  return fraction.replace(/0+$/, "").length;
}

/**
 * The change from open to last in percent, halves rounded away from zero.
 *
 * @param {string} open
 * @param {string} last
 * @param {number} [decimals]
 * @returns {string | null} such as "-2.07"; null when there is no opening price to compare with
 */
export function changePercent(open, last, decimals = 2) {
  const [from, to] = align(parse(open), parse(last));
  if (from === 0n) return null;
  const scaled = (to - from) * 10n ** BigInt(2 + decimals);
  return format({ units: divideRounded(scaled, from), scale: decimals });
}

/**
 * Where a value stands between two others, in percent with two decimals, never beyond them.
 *
 * @param {string} value
 * @param {string} low
 * @param {string} high
 * @returns {string | null} "0.00" to "100.00"; null when there is nothing between them
 */
export function placeBetween(value, low, high) {
  const parsed = [parse(value), parse(low), parse(high)];
  const scale = Math.max(...parsed.map((one) => one.scale));
  const [at = 0n, from = 0n, to = 0n] = parsed.map((one) => rescale(one, scale));
  if (from >= to) return null;
  if (at <= from) return "0.00";
  if (at >= to) return "100.00";
  return format({ units: divideRounded((at - from) * 10_000n, to - from), scale: 2 });
}

/**
 * A volume in at most four figures and a letter: "940099726.82" becomes "940.1M". Below a thousand
 * two decimals are kept. Halves are rounded away from zero.
 *
 * @param {string} volume
 * @returns {string}
 */
export function compactVolume(volume) {
  const { units, scale } = parse(volume);
  for (let power = 0; ; power++) {
    const decimals = power === 0 ? 2 : 1;
    const rounded = rescale({ units, scale: scale + 3 * power }, decimals);
    const isLast = power === COMPACT_UNITS.length - 1;
    // Asked after rounding, so that 999,950 becomes 1.0M and never 1000.0K.
    if (isLast || absolute(rounded) < 1000n * 10n ** BigInt(decimals)) {
      const text = format({ units: rounded, scale: decimals });
      return (power === 0 ? canonical(text) : text) + COMPACT_UNITS[power];
    }
  }
}

/**
 * Orders two decimals by value.
 *
 * @param {string} a
 * @param {string} b
 * @returns {-1 | 0 | 1}
 */
export function compare(a, b) {
  const [left, right] = align(parse(a), parse(b));
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {string} a + b
 */
export function add(a, b) {
  const [left, right, scale] = align(parse(a), parse(b));
  return canonical(format({ units: left + right, scale }));
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {string} a - b
 */
export function subtract(a, b) {
  const [left, right, scale] = align(parse(a), parse(b));
  return canonical(format({ units: left - right, scale }));
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {string} a * b
 */
export function multiply(a, b) {
  const left = parse(a);
  const right = parse(b);
  return canonical(format({ units: left.units * right.units, scale: left.scale + right.scale }));
}

/**
 * A value with exactly so many decimals, halves rounded away from zero.
 *
 * @param {string} value
 * @param {number} decimals
 * @returns {string}
 */
export function round(value, decimals) {
  return format({ units: rescale(parse(value), decimals), scale: decimals });
}

/**
 * a / b with exactly so many decimals, halves rounded away from zero.
 *
 * @param {string} a
 * @param {string} b not zero
 * @param {number} decimals
 * @returns {string}
 */
export function divide(a, b, decimals) {
  const [left, right] = align(parse(a), parse(b));
  if (right === 0n) throw new RangeError(`${a} cannot be divided by zero`);
  const units = divideRounded(left * 10n ** BigInt(decimals), right);
  return format({ units, scale: decimals });
}

/**
 * A value as a whole number of units of 10^-scale, for those who compare and add up many.
 *
 * @param {string} value
 * @param {number} scale
 * @returns {bigint}
 */
export function toUnits(value, scale) {
  const parsed = parse(value);
  const excess = 10n ** BigInt(Math.max(0, parsed.scale - scale));
  if (parsed.units % excess !== 0n) throw new RangeError(`${value} has over ${scale} decimals`);
  return rescale(parsed, scale);
}

/**
 * @param {bigint} units
 * @param {number} scale
 * @returns {string} canonical
 */
export function fromUnits(units, scale) {
  return canonical(format({ units, scale }));
}

/**
 * The one spelling of a value: "1.500" and "01.5" are "1.5".
 *
 * @param {string} value
 * @returns {string}
 */
export function canonical(value) {
  const text = format(parse(value));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** @param {string} value */
function requireDecimal(value) {
  if (!isDecimal(value)) throw new TypeError(`not a decimal: ${JSON.stringify(value)}`);
  return value;
}

/**
 * @param {string} value
 * @returns {Scaled}
 */
function parse(value) {
  requireDecimal(value);
  const point = value.indexOf(".");
  if (point < 0) return { units: BigInt(value), scale: 0 };
  const scale = value.length - point - 1;
  return { units: BigInt(value.slice(0, point) + value.slice(point + 1)), scale };
}

/**
 * @param {Scaled} value
 * @returns {string}
 */
function format({ units, scale }) {
  const digits = absolute(units)
    .toString()
    .padStart(scale + 1, "0");
  const sign = units < 0n ? "-" : "";
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/**
 * @param {Scaled} a
 * @param {Scaled} b
 * @returns {[bigint, bigint, number]} both in units of the finer scale, and that scale
 */
function align(a, b) {
  const scale = Math.max(a.scale, b.scale);
  return [
    a.units * 10n ** BigInt(scale - a.scale),
    b.units * 10n ** BigInt(scale - b.scale),
    scale,
  ];
}

/**
 * @param {Scaled} value
 * @param {number} scale
 * @returns {bigint} units at the new scale
 */
function rescale(value, scale) {
  if (scale >= value.scale) return value.units * 10n ** BigInt(scale - value.scale);
  return divideRounded(value.units, 10n ** BigInt(value.scale - scale));
}

/**
 * @param {bigint} numerator
 * @param {bigint} denominator
 * @returns {bigint} the quotient, halves away from zero
 */
function divideRounded(numerator, denominator) {
  const half = (2n * absolute(numerator) + absolute(denominator)) / (2n * absolute(denominator));
  return numerator < 0n === denominator < 0n ? half : -half;
}

/** @param {bigint} value */
function absolute(value) {
  return value < 0n ? -value : value;
}
