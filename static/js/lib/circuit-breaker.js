/** @import { ReadWriteStore } from "./safe-storage.js" */

const OPEN_MS = 30_000;
const OPEN_MAX_MS = 300_000;
// Longer than the longest probe (one try of the loader), so two probes never overlap.
const PROBE_LEASE_MS = 15_000;

/**
 * Stops calls to a service that has just failed: closed, then open for a while, then half-open
 * with exactly one probe. Its only state is "open until", kept in an injected store, so it
 * survives a reload and is shared by tabs; taking the probe opens it again for the probe's lease,
 * so a page that is closed in the middle of one cannot lock the breaker for ever.
 */
export class CircuitBreaker {
  #store;
  #key;
  #now;
  #openMs;

  /**
   * @param {object} [options]
   * @param {ReadWriteStore} [options.store]
   * @param {string} [options.key]
   * @param {() => number} [options.now]
   * @param {number} [options.openMs] how long a failure keeps it open
   */
  constructor({ store = memoryStore(), key = "breaker", now = Date.now, openMs = OPEN_MS } = {}) {
    this.#store = store;
    this.#key = key;
    this.#now = now;
    this.#openMs = openMs;
  }

  /** @returns {"closed" | "open" | "half-open"} */
  get state() {
    const untilMs = this.#openUntilMs();
    if (untilMs === 0) return "closed";
    return this.#now() < untilMs ? "open" : "half-open";
  }

  /** @returns {number} until no call is let through; 0 when none is held back */
  get waitMs() {
    return Math.max(0, this.#openUntilMs() - this.#now());
  }

  /**
   * Asks to make a call; it must be followed by `succeed()` or `fail()`.
   *
   * @returns {"call" | "probe" | "refused"}
   */
  acquire() {
    const state = this.state;
    if (state === "closed") return "call";
    if (state === "open") return "refused";
    this.#openFor(PROBE_LEASE_MS);
    return "probe";
  }

  succeed() {
    this.#store.setItem(this.#key, "0");
  }

  /** @param {number} [openMs] when the service itself said how long to stay away */
  fail(openMs = this.#openMs) {
    this.#openFor(openMs);
  }

  /** @param {number} durationMs */
  #openFor(durationMs) {
    this.#store.setItem(this.#key, String(this.#now() + Math.min(durationMs, OPEN_MAX_MS)));
  }

  #openUntilMs() {
    const untilMs = Number(this.#store.getItem(this.#key) ?? 0);
    // Not a number, or so late that the wall clock was set back since: not to be believed.
    return untilMs <= this.#now() + OPEN_MAX_MS ? untilMs : 0;
  }
}

/** @returns {ReadWriteStore} */
function memoryStore() {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
  };
}
