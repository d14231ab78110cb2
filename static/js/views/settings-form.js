/** @import { Column } from "../state/columns.js" */
/** @import { Settings } from "../state/settings.js" */
import { setData } from "./dom.js";

/** The form of the settings: a change counts at once, and the form follows changes from elsewhere. */
export class SettingsForm {
  #form;
  #settings;
  #aborter = new AbortController();

  /**
   * @param {HTMLFormElement} form
   * @param {Settings} settings
   */
  constructor(form, settings) {
    this.#form = form;
    this.#settings = settings;
    const options = { signal: this.#aborter.signal };
    form.addEventListener("change", () => this.#keep(), options);
    form.addEventListener("submit", (event) => event.preventDefault(), options);
    settings.addEventListener("change", () => this.#follow(), options);
    this.#follow();
  }

  close() {
    this.#aborter.abort();
  }

  #keep() {
    const { columns: _, flash = "off", ...choices } = Object.fromEntries(this.#fields());
    const columns = /** @type {Column[]} */ (this.#fields().getAll("columns"));
    this.#settings.change({ ...choices, flash: String(flash), columns });
  }

  /** Only the form's own fields: the state of the URL goes with them when it is sent. */
  #fields() {
    const fields = new FormData(this.#form);
    const names = Object.keys(this.#settings.values);
    for (const name of [...fields.keys()]) if (!names.includes(name)) fields.delete(name);
    return fields;
  }

  /** Writes the settings into the form, and into the page's root for the style sheets. */
  #follow() {
    const { values, attributes } = this.#settings;
    for (const input of this.#form.querySelectorAll("input")) {
      const { name, value } = input;
      if (!(name in values)) continue;
      const chosen = /** @type {Record<string, string | string[]>} */ (values)[name];
      input.checked = Array.isArray(chosen) ? chosen.includes(value) : chosen === value;
    }
    const root = document.documentElement;
    for (const [name, value] of Object.entries(attributes)) setData(root, name, value);
  }
}
