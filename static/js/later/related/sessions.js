/**
 * The hours of the markets that TradFi perpetuals follow.
 *
 * @typedef {{ startMs: number, endMs: number, type: string }} Session
 *
 * @typedef {object} MarketHours
 * @property {boolean} isOpen
 * @property {string} type the exchange's word for the present session
 * @property {number} untilMs when that ends
 * @property {number | null} opensMs when it opens again; null while it is open, or when not known
 */

const CLOSED = "NO_TRADING";
const OPEN = new Set(["REGULAR", "PRE_MARKET", "AFTER_MARKET", "OVERNIGHT"]);

/**
 * Nothing is claimed of a session that is not known: a schedule with a hole, a new type.
 *
 * @param {Session[]} schedule in order of time
 * @param {Session | null} told by the stream: it is right where the schedule is of yesterday
 * @param {number} nowMs by the exchange's clock
 * @returns {MarketHours | null}
 */
export function marketHours(schedule, told, nowMs) {
  const present = told && holds(told, nowMs) ? told : schedule.find((one) => holds(one, nowMs));
  if (!present) return null;
  const { type, endMs } = present;
  if (OPEN.has(type)) return { isOpen: true, type, untilMs: endMs, opensMs: null };
  if (type !== CLOSED) return null;
  return { isOpen: false, type, ...reopening(schedule, endMs) };
}

/**
 * @param {any} rows `sessions` of `/api/v1/contracts/<symbol>`
 * @returns {Session[]}
 */
export function readSchedule(rows) {
  if (!Array.isArray(rows)) return [];
  return rows
    .map((row) => ({ startMs: row?.startTime, endMs: row?.endTime, type: row?.type }))
    .filter(({ startMs, endMs, type }) => startMs < endMs && typeof type === "string");
}

/**
 * @param {Session[]} schedule
 * @param {number} closedUntilMs
 */
function reopening(schedule, closedUntilMs) {
  let untilMs = closedUntilMs;
  for (const { startMs, endMs, type } of schedule) {
    if (endMs <= untilMs) continue;
    if (startMs > untilMs) break; // a hole, of which nothing is known
    if (OPEN.has(type)) return { untilMs, opensMs: untilMs };
    if (type !== CLOSED) break;
    untilMs = endMs;
  }
  return { untilMs, opensMs: null };
}

/**
 * @param {Session} session
 * @param {number} nowMs
 */
function holds({ startMs, endMs }, nowMs) {
  return startMs <= nowMs && nowMs < endMs;
}
