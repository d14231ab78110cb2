const PAUSE_MS = 60; // so that a sentence that is said once more is a change
const SELDOM_MS = 60_000;

/** Says a sentence to those who hear the page: when asked for, or seldom. */
export class Polite {
  #element;
  #now;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} element a live region
   * @param {() => number} [now]
   */
  constructor(element, now = () => performance.now()) {
    this.#element = element;
    this.#now = now;
  }

  /** @param {string} sentence */
  say(sentence) {
    clearTimeout(this.#timer);
    this.#element.textContent = "";
    this.#timer = setTimeout(() => {
      this.#element.textContent = sentence;
    }, PAUSE_MS);
  }

  /** @param {string} sentence that nobody has asked for */
  saySeldom(sentence) {
    const nowMs = this.#now();
    if (nowMs - this.#saidAtMs < SELDOM_MS) return;
    this.#saidAtMs = nowMs;
    this.say(sentence);
  }

  close() {
    clearTimeout(this.#timer);
  }
}
