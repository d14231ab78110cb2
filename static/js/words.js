import { written } from "./lib/number-look.js";

/**
 * What the page says, in the person's language: the same file that the templates read. This module
 * stands where it is served from, as no bundler knows a path that is made from the language.
 *
 * @type {typeof import("../words/en.json", { with: { type: "json" } })}
 */
export const words = await load(globalThis.document?.documentElement.lang || "en");

/**
 * The sentence with its `{names}` replaced.
 *
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The form that the language has for so many, with `{count}` and the other names filled in.
 *
 * @param {{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>} forms
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 */
export function counted(forms, count, values = {}) {
  const language = globalThis.document?.documentElement.lang || "en";
  const form = new Intl.PluralRules(language).select(count);
  return fill(forms[form] ?? forms.other, { count: written(String(count)), ...values });
}

/** @param {string} language */
async function load(language) {
  const { default: table } = await import(`../words/${language}.json`, {
    with: { type: "json" },
  });
  return table;
}
