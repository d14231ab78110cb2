/** @import { Clock } from "../lib/clock.js" */
/** @import { Market } from "../streams/routes.js" */

const TRIES = 5;
const TRY_TIMEOUT_MS = 2_000;
// Quartz clocks drift by some milliseconds in this time; a step of the clock is rarer.
const GOOD_FOR_MS = 300_000;

/**
 * @typedef {object} ClockReading
 * @property {Record<Market, number>} offsetMs the exchange's clock minus this device's
 * @property {number} uncertaintyMs half of the quickest round trip to the server
 */

/**
 * Compares this device's clock with the exchange's, by way of the server, which has compared its
 * own: of some tries the quickest is believed, since its answer can be wrong by half its round
 * trip at the most.
 * https://www.rfc-editor.org/rfc/rfc5905#section-8
 */
export class ExchangeClock {
  #fetch;
  #clock;
  #url;
  /** @type {ClockReading | null} */
  #reading = null;
  #readAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param {object} options
   * @param {typeof globalThis.fetch} options.fetch
   * @param {Clock} options.clock
   * @param {string} [options.url]
   */
  constructor({ fetch, clock, url = "/api/v1/time" }) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#url = url;
  }

  /** @returns {Promise<ClockReading | null>} null when the server or the exchange did not tell */
  async read() {
    if (Math.abs(this.#clock.now() - this.#readAtMs) < GOOD_FOR_MS) return this.#reading;
    const tries = [];
    for (let count = 0; count < TRIES; count++) tries.push(await this.#try());
    const known = tries.filter((reading) => reading !== null);
    if (known.length === 0) return null;
    this.#readAtMs = this.#clock.now();
    this.#reading = known.reduce((best, reading) =>
      reading.uncertaintyMs < best.uncertaintyMs ? reading : best,
    );
    return this.#reading;
  }

  /** @returns {Promise<ClockReading | null>} */
  async #try() {
    const askedAtMs = this.#clock.now();
    try {
      const answer = await this.#fetch(this.#url, { signal: AbortSignal.timeout(TRY_TIMEOUT_MS) });
      const body = answer.ok ? await answer.json() : null;
      return readingOf(body?.data, askedAtMs, this.#clock.now());
    } catch (error) {
      // No network, no JSON, or too late: the next try may do better.
      if (error instanceof TypeError || error instanceof SyntaxError) return null;
      if (error instanceof DOMException) return null;
      throw error;
    }
  }
}

/**
 * @param {any} data of the answer
 * @param {number} askedAtMs
 * @param {number} answeredAtMs
 * @returns {ClockReading | null}
 */
function readingOf(data, askedAtMs, answeredAtMs) {
  const { spot, futures } = data?.exchangeOffset ?? {};
  if (![data?.now, spot, futures].every(Number.isFinite)) return null;
  const serverOffsetMs = data.now - (askedAtMs + answeredAtMs) / 2;
  return {
    offsetMs: { spot: serverOffsetMs + spot, futures: serverOffsetMs + futures },
    uncertaintyMs: (answeredAtMs - askedAtMs) / 2,
  };
}
