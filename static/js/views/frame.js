/** @type {Set<Frame>} that have asked for the next animation frame */
const due = new Set();
let isOnItsWay = false;

/**
 * Runs its painters once in the next animation frame, however often it is asked; all that a page
 * paints is painted in the same. In a hidden tab there are no frames: what came meanwhile is
 * painted in one when it is shown.
 */
export class Frame {
  #painters;

  /** @param {(() => void)[]} painters */
  constructor(painters) {
    this.#painters = painters;
  }

  request() {
    due.add(this);
    if (isOnItsWay) return;
    isOnItsWay = true;
    requestAnimationFrame(paintAll);
  }

  /** Paints now: after a swap the new elements must not show old values for a frame. */
  flush() {
    due.delete(this);
    for (const paint of this.#painters) paint();
  }

  close() {
    due.delete(this);
  }
}

function paintAll() {
  isOnItsWay = false;
  for (const frame of [...due]) frame.flush();
}
