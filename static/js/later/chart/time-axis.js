/** @import { Interval } from "../../streams/routes.js" */
import { pageLook } from "../../lib/number-look.js";

const MINUTE_MS = 60_000;

// The kinds of marks that the library sets on its axis (its TickMarkType).
/** @type {Intl.DateTimeFormatOptions[]} */
const MARKS = [
  { year: "numeric" },
  { month: "short" },
  { day: "numeric", month: "short" },
  { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
];

/**
 * When candles begin, as the library draws it and as the person reads it: in their own time zone
 * and way of writing. Candles of a day are named by their day of Binance's, which is UTC's.
 *
 * The library knows only UTC and sets a mark at each of its midnights. So it is handed times that
 * are shifted by as much as the person's clock is ahead now: one shift for all, since two, before
 * and after the clocks change, could put two candles at one place.
 */
export class TimeAxis {
  #shiftMs;
  #marks;
  #moment;

  /**
   * @param {Interval} interval
   * @param {number} nowMs
   */
  constructor(interval, nowMs) {
    const isOfDays = interval === "1d";
    this.#shiftMs = isOfDays ? 0 : -new Date(nowMs).getTimezoneOffset() * MINUTE_MS;
    const zone = isOfDays ? { timeZone: "UTC" } : {};
    this.#marks = MARKS.map(
      (parts) => new Intl.DateTimeFormat(pageLook.locale, { ...parts, ...zone }),
    );
    this.#moment = new Intl.DateTimeFormat(pageLook.locale, {
      ...zone,
      dateStyle: "medium",
      ...(!isOfDays && { timeStyle: "short", hourCycle: "h23" }),
    });
  }

  /**
   * @param {number} atMs
   * @returns {number} seconds, as the library wants them
   */
  place(atMs) {
    return (atMs + this.#shiftMs) / 1_000;
  }

  /** @param {number} place */
  timeAt(place) {
    return place * 1_000 - this.#shiftMs;
  }

  /**
   * @param {number} place
   * @param {number} kind of mark
   */
  markText(place, kind) {
    return (this.#marks[kind] ?? this.#moment).format(this.timeAt(place));
  }

  /** @param {number} atMs */
  momentText(atMs) {
    return this.#moment.format(atMs);
  }
}
