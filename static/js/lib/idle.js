/**
 * Has something done once the browser has nothing more urgent to do.
 *
 * @param {() => void} act
 * @param {number} latestMs after which a busy browser does it all the same
 */
export function whenIdle(act, latestMs) {
  // Safari has none.
  if ("requestIdleCallback" in globalThis) requestIdleCallback(act, { timeout: latestMs });
  else setTimeout(act);
}
