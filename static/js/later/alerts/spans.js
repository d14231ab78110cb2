/** @typedef {[fromMs: number, toMs: number]} Span */

const MINUTE_MS = 60_000;

/**
 * The minutes that any of the spans touches, from the first of a run to its last: a watch that
 * stopped at 14:02:40 and went on at 14:05:10 missed something of 14:02, 14:03, 14:04 and 14:05.
 *
 * @param {Iterable<Span>} spans
 * @returns {Span[]} starts of the first and the last minute of each run, oldest first
 */
export function minuteRuns(spans) {
  const minutes = [...spans]
    .filter(([fromMs, toMs]) => toMs > fromMs)
    .map(([fromMs, toMs]) => [startOfMinute(fromMs), startOfMinute(toMs - 1)])
    .sort(([a = 0], [b = 0]) => a - b);
  /** @type {Span[]} */
  const runs = [];
  for (const [first = 0, last = 0] of minutes) {
    const run = runs.at(-1);
    if (run && first <= run[1] + MINUTE_MS) run[1] = Math.max(run[1], last);
    else runs.push([first, last]);
  }
  return runs;
}

/** @param {number} atMs */
function startOfMinute(atMs) {
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}
