import { words } from "../../words.js";

/** @type {Record<string, string>} */
const KNOWN = words.state;

/**
 * The exchange's word for a pair's state in ours; one that it has invented since stays its own.
 *
 * @param {string} status
 */
export function stateText(status) {
  return KNOWN[status] ?? status.replaceAll("_", " ").toLowerCase();
}
