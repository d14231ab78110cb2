/** @import { Clock } from "../../lib/clock.js" */
/** @import { SafeStorage } from "../../lib/safe-storage.js" */

const LOCK = "marketdeck:alerts";
const LEASE_KEY = "marketdeck:alerts:lease:v1";
// A hidden tab's timers run once a minute at worst; who holds the lease also renews it with its data.
const LEASE_MS = 20_000;
const LOOK_EVERY_MS = 5_000;
// Two tabs that find the lease free at once: the later writer holds it, which both can see by then.
const SETTLE_MS = 300;

/**
 * Which of this browser's tabs watches and tells: exactly one. Dispatches `change`.
 */
export class Lead extends EventTarget {
  #isLead = false;

  get isLead() {
    return this.#isLead;
  }

  /** Takes part in the choice. */
  start() {
    return this;
  }

  /** The tab that leads still works. */
  renew() {
    return this;
  }

  /** The tab that leads has not worked for a while: this one is to. */
  takeOver() {
    return this;
  }

  close() {
    this.become(false);
  }

  /** @param {boolean} isLead */
  become(isLead) {
    if (this.#isLead === isLead) return;
    this.#isLead = isLead;
    this.dispatchEvent(new Event("change"));
  }
}

/** By the browser's own locks, which it takes from a tab that is closed or crashes. */
export class LockLead extends Lead {
  #locks;
  /** @type {(() => void) | undefined} while it holds the lock */
  #release;
  #aborter = new AbortController();

  /** @param {LockManager} locks */
  constructor(locks) {
    super();
    this.#locks = locks;
  }

  /** @override */
  start() {
    this.#request({ signal: this.#aborter.signal });
    return this;
  }

  /** @override */
  takeOver() {
    if (!this.isLead) this.#request({ steal: true });
    return this;
  }

  /** @override */
  close() {
    this.#aborter.abort();
    this.#release?.();
    super.close();
  }

  /** @param {LockOptions} options */
  async #request(options) {
    try {
      await this.#locks.request(LOCK, options, () => {
        this.become(true);
        return new Promise((resolve) => {
          this.#release = () => resolve(null);
        });
      });
    } catch (error) {
      // Another tab has taken it over, or this one gave up waiting for it.
      if (!(error instanceof DOMException)) throw error;
      this.become(false);
      if (!this.#aborter.signal.aborted) this.start();
    }
  }
}

/** By a lease in the storage that all tabs share, for browsers or addresses without locks. */
export class LeaseLead extends Lead {
  #storage;
  #clock;
  #id;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {SafeStorage} options.storage
   * @param {Clock} options.clock
   * @param {string} options.id of this tab
   */
  constructor({ storage, clock, id }) {
    super();
    this.#storage = storage;
    this.#clock = clock;
    this.#id = id;
  }

  /** @override */
  start() {
    this.#look();
    return this;
  }

  /** @override */
  renew() {
    if (!this.isLead) return this;
    const holder = this.#holder();
    // Late by more than the lease: another has it now.
    if (holder?.id !== this.#id) this.become(false);
    else if (holder.untilMs - this.#clock.now() < LEASE_MS - LOOK_EVERY_MS) this.#write();
    return this;
  }

  /** @override */
  takeOver() {
    this.#write();
    this.#settle();
    return this;
  }

  /** @override */
  close() {
    this.#clock.clearTimeout(this.#timer);
    if (this.isLead) this.#storage.setItem(LEASE_KEY, "null");
    super.close();
  }

  #look() {
    this.renew();
    const holder = this.#holder();
    const isFree = holder === null || Math.abs(holder.untilMs - this.#clock.now()) > LEASE_MS;
    const hasExpired = holder !== null && holder.untilMs < this.#clock.now();
    if (!this.isLead && (isFree || hasExpired)) this.takeOver();
    else this.#lookAgain();
  }

  #lookAgain() {
    this.#timer = this.#clock.setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  #settle() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => {
      this.become(this.#holder()?.id === this.#id);
      this.#lookAgain();
    }, SETTLE_MS);
  }

  #write() {
    const untilMs = this.#clock.now() + LEASE_MS;
    this.#storage.setItem(LEASE_KEY, JSON.stringify({ id: this.#id, untilMs }));
  }

  /** @returns {{ id: string, untilMs: number } | null} */
  #holder() {
    const stored = this.#storage.getJson(LEASE_KEY);
    return typeof stored?.id === "string" && Number.isFinite(stored.untilMs) ? stored : null;
  }
}
