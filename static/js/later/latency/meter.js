const SAMPLES_MAX = 200;

/**
 * How long the newest events took from the exchange to the screen.
 *
 * @typedef {{ medianMs: number, p95Ms: number, samples: number }} LatencySummary
 */
export class LatencyMeter {
  /** @type {number[]} oldest first */
  #samplesMs = [];

  /**
   * @param {number} eventTimeMs by the exchange's clock
   * @param {number} paintedAtMs by this device's clock
   * @param {number} clockOffsetMs the exchange's clock minus this device's
   */
  add(eventTimeMs, paintedAtMs, clockOffsetMs) {
    this.#samplesMs.push(paintedAtMs + clockOffsetMs - eventTimeMs);
    if (this.#samplesMs.length > SAMPLES_MAX) this.#samplesMs.shift();
  }

  clear() {
    this.#samplesMs = [];
  }

  /** @returns {LatencySummary | null} of the last 200 samples; null when there is none */
  get summary() {
    const sorted = [...this.#samplesMs].sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
    const medianMs = at(0.5);
    const p95Ms = at(0.95);
    if (medianMs === undefined || p95Ms === undefined) return null;
    return { medianMs, p95Ms, samples: sorted.length };
  }
}
