/**
 * Runs its painters once in the next animation frame, however often it is asked.
 * In a hidden tab there are no frames: what came meanwhile is painted in one when it is shown.
 */
export class Frame {
  #painters;
  #handle = 0;

  /** @param {(() => void)[]} painters */
  constructor(painters) {
    this.#painters = painters;
  }

  request() {
    this.#handle ||= requestAnimationFrame(() => this.#paint());
  }

  /** Paints now: after a swap the new elements must not show old values for a frame. */
  flush() {
    cancelAnimationFrame(this.#handle);
    this.#paint();
  }

  close() {
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
  }

  #paint() {
    this.#handle = 0;
    for (const paint of this.#painters) paint();
  }
}
