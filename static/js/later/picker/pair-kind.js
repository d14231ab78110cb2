/** @import { Describe } from "./candidates.js" */

import { dayText } from "../../views/figures.js";
import { fill, words } from "../../words.js";

/**
 * What kind of pair it is, in words to read and in words to find it by.
 *
 * @type {Describe}
 */
export function describeKind(kind, day) {
  const say = words.picker;
  if (kind === "spot") return { label: say.spot, search: say.search_spot };
  if (day === null) return { label: say.perpetual, search: say.search_perpetual };
  const text = dayText(day.getTime());
  const label = fill(say.dated, { day: text });
  return { label, search: fill(say.search_dated, { day: `${text} ${digits(day)}` }) };
}

/**
 * As in the name of a dated contract: 261225.
 *
 * @param {Date} day
 */
function digits(day) {
  return day.toISOString().slice(2, 10).replaceAll("-", "");
}
