// A price counts as the one of a moment for so long: candles, which fill the ring, are a minute apart.
const NEAR_MS = 65_000;
const SAMPLE_EVERY_MS = 5_000;

/** A pair's prices of the last while, one every five seconds, to tell the price a window ago. */
export class PriceRing {
  #spanMs;
  /** @type {{ atMs: number, price: string }[]} oldest first */
  #samples = [];

  /** @param {number} spanMs how far back it is to reach */
  constructor(spanMs) {
    this.#spanMs = spanMs;
  }

  /**
   * Takes note of the price that holds now.
   *
   * @param {number} atMs
   * @param {string} price
   */
  note(atMs, price) {
    const last = this.#samples.at(-1);
    if (last && atMs >= last.atMs && atMs - last.atMs < SAMPLE_EVERY_MS) return;
    if (last && atMs < last.atMs) this.#samples = []; // the clock was set back
    this.#samples.push({ atMs, price });
    const oldestMs = atMs - this.#spanMs - NEAR_MS;
    if ((this.#samples[0]?.atMs ?? atMs) < oldestMs - this.#spanMs) {
      this.#samples = this.#samples.filter((sample) => sample.atMs >= oldestMs);
    }
  }

  /**
   * Takes prices from before, such as those at which candles opened.
   *
   * @param {{ atMs: number, price: string }[]} samples
   */
  fill(samples) {
    this.#samples = [...this.#samples, ...samples].sort((a, b) => a.atMs - b.atMs);
  }

  /**
   * @param {number} atMs
   * @returns {string | null} null when no price near that moment is known
   */
  at(atMs) {
    let low = 0;
    let high = this.#samples.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#samples[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    const sample = this.#samples[low - 1];
    return sample && atMs - sample.atMs <= NEAR_MS ? sample.price : null;
  }
}
