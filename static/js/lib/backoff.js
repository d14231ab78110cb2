/**
 * How long to wait before the next try: full jitter, so that clients which failed together do not
 * come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param {number} attempt tries that have failed so far, from 1
 * @param {number} baseMs ceiling of the first wait
 * @param {number} capMs ceiling of every wait
 * @param {() => number} [random] in [0, 1)
 * @returns {number} whole milliseconds in [0, min(capMs, baseMs * 2^(attempt - 1))]
 */
export function fullJitterMs(attempt, baseMs, capMs, random = Math.random) {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));
  return Math.floor(random() * (ceilingMs + 1));
}
