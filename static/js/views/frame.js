// As often as Binance sends a book: a page that paints whenever something comes, some 24 times a
// second, costs a laptop nearly twice as much all day.
const PAUSE_MS = 100;

/** @type {Set<Frame>} that are to be painted */
const due = new Set();
let paintedAtMs = -PAUSE_MS;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let isOnItsWay = false;

/**
 * Runs its painters once in an animation frame, however often it is asked; all that a page paints
 * is painted in the same, at most ten times a second. In a hidden tab there are no frames: what
 * came meanwhile is painted in one when it is shown.
 */
export class Frame {
  #painters;

  /** @param {(() => void)[]} painters */
  constructor(painters) {
    this.#painters = painters;
  }

  request() {
    due.add(this);
    if (isOnItsWay || timer) return;
    const pauseMs = document.hidden ? 0 : paintedAtMs + PAUSE_MS - performance.now();
    if (pauseMs > 0) timer = setTimeout(askForFrame, pauseMs);
    else askForFrame();
  }

  /** In the very next frame: for what a person does, who would see the pause. */
  requestNext() {
    due.add(this);
    askForFrame();
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

function askForFrame() {
  clearTimeout(timer);
  timer = undefined;
  if (isOnItsWay) return;
  isOnItsWay = true;
  requestAnimationFrame(paintAll);
}

function paintAll() {
  isOnItsWay = false;
  paintedAtMs = performance.now();
  for (const frame of [...due]) frame.flush();
}
