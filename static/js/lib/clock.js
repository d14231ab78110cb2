/**
 * The clock and timers that the data layer runs on; a test hands in its own.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(run: () => void, delayMs: number) => unknown} setTimeout
 * @property {(timer: unknown) => void} clearTimeout
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => globalThis.setTimeout(run, delayMs),
  clearTimeout: (timer) => globalThis.clearTimeout(/** @type {number} */ (timer)),
};

/**
 * Resolves after the given time.
 *
 * @param {number} delayMs
 * @param {Clock} clock
 * @returns {Promise<void>}
 */
export function sleep(delayMs, clock) {
  return new Promise((resolve) => clock.setTimeout(resolve, delayMs));
}
