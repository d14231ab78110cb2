/**
 * How the person's locale writes numbers, as the server found it, so that both write alike whatever
 * Unicode data they have: `webapp/locales.py` has the same facts. A page that no server made asks
 * the browser.
 *
 * @typedef {object} NumberLook
 * @property {string} locale
 * @property {string} decimal
 * @property {string} group
 * @property {[number, number]} sizes of the last group, and of those before it
 * @property {[string, string]} percent what stands before and after the number
 * @property {string} digits from zero to nine
 */

const LATIN = "0123456789";
const MINUS = "\u2212";
const DIRECTION_MARKS = /[\u200e\u200f\u061c]/g;
const INVISIBLE = /\p{Cf}/gu;
const SPACES = /[\s'’]/g; // what some set groups apart with, and some type in any language
const PLAIN = /^(?:\d+\.?\d*|\.\d+)$/;

const page = globalThis.document?.documentElement.dataset;

/** @type {NumberLook} of this page */
export const pageLook = page?.numbers
  ? JSON.parse(page.numbers)
  : lookOf(globalThis.document ? (globalThis.navigator?.language ?? "en-GB") : "en-GB");

/**
 * What the browser knows of a locale.
 *
 * @param {string} locale
 * @returns {NumberLook}
 */
export function lookOf(locale) {
  const options = /** @type {Intl.NumberFormatOptions} */ ({ useGrouping: "always" });
  const parts = new Intl.NumberFormat(locale, options).formatToParts(1234567.5);
  const groups = parts.filter(({ type }) => type === "integer").map(({ value }) => value.length);
  const partOf = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value;
  const percent = new Intl.NumberFormat(locale, { style: "percent" })
    .formatToParts(0)
    .map(({ type, value }) => (type === "integer" ? "0" : value.replace(DIRECTION_MARKS, "")));
  const [before = "", after = ""] = percent.join("").split("0");
  const digit = new Intl.NumberFormat(locale, { useGrouping: false });
  return {
    locale,
    decimal: partOf("decimal") ?? ".",
    group: partOf("group") ?? ",",
    sizes: groups.at(-2) === 2 ? [3, 2] : [3, 3],
    percent: [before, after],
    digits: [...LATIN].map((latin) => digit.format(Number(latin))).join(""),
  };
}

/**
 * A plain decimal with its thousands set apart and just the decimals that it has. By hand, since
 * it is asked for thousands of times a second, and exact.
 *
 * @param {string} plain such as "-1234.50"
 * @param {NumberLook} [look]
 */
export function written(plain, look = pageLook) {
  const start = plain.startsWith("-") ? 1 : 0;
  const point = plain.indexOf(".");
  let end = (point < 0 ? plain.length : point) - look.sizes[0];
  let text = plain.slice(Math.max(start, end), point < 0 ? undefined : point);
  while (end > start) {
    const from = Math.max(start, end - look.sizes[1]);
    text = plain.slice(from, end) + look.group + text;
    end = from;
  }
  if (point >= 0) text += look.decimal + plain.slice(point + 1);
  return (start === 1 ? MINUS : "") + withDigits(text, look);
}

/**
 * A number that is written already, with the percent sign where the locale has it.
 *
 * @param {string} number
 * @param {NumberLook} [look]
 */
export function writtenPercent(number, look = pageLook) {
  return look.percent[0] + number + look.percent[1];
}

/**
 * Reads an amount as a person types it: by the locale, in its digits or in Latin ones. A single
 * point or comma that cannot set thousands apart is taken for the decimal sign in any locale, since
 * the other reading would make "0,5" a five.
 *
 * @param {string} text
 * @param {NumberLook} [look]
 * @returns {string | null} a plain decimal, or null when it is none
 */
export function parseAmount(text, look = pageLook) {
  const { decimal, group } = look;
  const typed = latinDigits(text, look)
    .normalize("NFKC")
    .replace(INVISIBLE, "")
    .replace(SPACES, "");
  const point = decimal.normalize("NFKC");
  const separator = group.normalize("NFKC").replace(SPACES, "");
  const [whole = "", ...fractions] = typed.split(point);
  const ungrouped = withoutGroups(whole, separator);
  const plain = [ungrouped, ...fractions].join(".");
  if (ungrouped !== null && PLAIN.test(plain)) return completed(plain);
  const single = typed.replace(/[,٫٬]/u, ".");
  return PLAIN.test(single) ? completed(single) : null;
}

/**
 * @param {string} whole
 * @param {string} separator "" for one that is a space
 * @returns {string | null} null when a separator stands where none can
 */
function withoutGroups(whole, separator) {
  if (separator === "" || !whole.includes(separator)) return whole;
  const [first = "", ...groups] = whole.split(separator);
  const isGrouped =
    /^[1-9]\d{0,2}$/.test(first) &&
    groups.every((group, place) =>
      (place === groups.length - 1 ? /^\d{3}$/ : /^\d{2,3}$/).test(group),
    );
  return isGrouped ? first + groups.join("") : null;
}

/** @param {string} plain that may begin or end with its point */
function completed(plain) {
  return plain.replace(/^\./, "0.").replace(/\.$/, "");
}

/**
 * @param {string} text
 * @param {NumberLook} look
 */
function withDigits(text, { digits }) {
  if (digits === LATIN) return text;
  const own = [...digits];
  return text.replace(/\d/g, (latin) => own[Number(latin)] ?? latin);
}

/**
 * @param {string} text
 * @param {NumberLook} look
 */
function latinDigits(text, { digits }) {
  if (digits === LATIN) return text;
  const own = [...digits];
  return [...text].map((char) => (own.includes(char) ? String(own.indexOf(char)) : char)).join("");
}
