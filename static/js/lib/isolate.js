// Hebrew, Arabic and the other scripts that run from right to left.
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A name in plain text, so that one from right to left does not turn round what stands beside it;
 * most names stay as they are. In HTML there is `<bdi>`.
 *
 * @param {string} name
 */
export function isolated(name) {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}
