/** @import { Column } from "./columns.js" */
import { COLUMNS, ranked, USUAL_COLUMNS } from "./columns.js";

/**
 * How a person wants the page, as `webapp/markets/settings.py` reads it from the same cookie.
 *
 * @typedef {object} Values
 * @property {string} theme
 * @property {string} contrast
 * @property {string} trend which colours say up and down
 * @property {string} density
 * @property {string} flash whether prices light up when they change
 * @property {Column[]} columns that are shown
 *
 * @typedef {Exclude<keyof Values, "columns">} Choice
 */

/** @type {Record<Choice, string[]>} the usual one stands first */
const CHOICES = {
  theme: ["system", "light", "dark"],
  contrast: ["system", "more"],
  trend: ["green-up", "red-up"],
  density: ["comfortable", "compact"],
  flash: ["on", "off"],
};
/** @type {Record<Choice, string>} by which the style sheets know of a choice, as in `dataset` */
const ATTRIBUTES = {
  theme: "theme",
  contrast: "contrast",
  trend: "trendColours",
  density: "density",
  flash: "flashes",
};
const NAMES = /** @type {Choice[]} */ (Object.keys(CHOICES));

/** The person's settings over their cookie. Dispatches `change`, whoever has changed them. */
export class Settings extends EventTarget {
  #cookie;
  #text = "";
  /** @type {Values} */
  #values;

  /**
   * @param {object} cookie
   * @param {() => string} cookie.read its text, decoded
   * @param {(text: string) => void} cookie.write
   * @param {() => string} cookie.readTheme an older release's cookie, which still counts
   */
  constructor(cookie) {
    super();
    this.#cookie = cookie;
    this.#values = this.#read();
  }

  get values() {
    return this.#values;
  }

  /** @returns {Record<string, string | null>} what the page's root carries; null is not to be there */
  get attributes() {
    const chosen = NAMES.map((name) => {
      const value = this.#values[name];
      return [ATTRIBUTES[name], value === CHOICES[name][0] ? null : value];
    });
    return { ...Object.fromEntries(chosen), columns: ranked(this.#values.columns) };
  }

  /** @param {Partial<Values>} changes */
  change(changes) {
    this.#values = { ...this.#values, ...changes };
    const { columns, ...choices } = this.#values;
    this.#text = new URLSearchParams({ ...choices, columns: columns.join(".") }).toString();
    this.#cookie.write(this.#text);
    this.dispatchEvent(new Event("change"));
  }

  /** Takes what another tab may have changed. */
  refresh() {
    const before = this.#text;
    this.#values = this.#read();
    if (this.#text !== before) this.dispatchEvent(new Event("change"));
  }

  #read() {
    this.#text = this.#cookie.read();
    const fields = new URLSearchParams(this.#text);
    if (!fields.has("theme")) fields.set("theme", this.#cookie.readTheme());
    return /** @type {Values} */ ({
      ...Object.fromEntries(NAMES.map((name) => [name, known(name, fields.get(name))])),
      columns: shownColumns(fields.get("columns")),
    });
  }
}

/**
 * @param {Choice} name
 * @param {string | null} value
 */
function known(name, value) {
  return value !== null && CHOICES[name].includes(value) ? value : CHOICES[name][0];
}

/** @param {string | null} text names with dots between them */
function shownColumns(text) {
  if (text === null) return USUAL_COLUMNS;
  const named = text.split(".");
  return COLUMNS.filter((column) => named.includes(column));
}
