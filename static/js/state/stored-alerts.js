/** @import { SafeStorage } from "../lib/safe-storage.js" */

export const ALERTS_KEY = "marketdeck:alerts:v1";

/**
 * Whether this browser holds alerts, which are then to be watched.
 *
 * @param {SafeStorage} storage
 */
export function holdsAlerts(storage) {
  const stored = storage.getJson(ALERTS_KEY);
  return Array.isArray(stored) && stored.length > 0;
}
