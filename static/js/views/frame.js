// As often as Binance sends a book: a page that paints whenever something comes, some 24 times a
// second, costs a laptop nearly twice as much all day.
const PAUSE_MS = 100;
// While a person scrolls or types, which needs the browser's frames for itself: what moves under the
// finger or stands beside the letters is what they look at.
const BUSY_PAUSE_MS = 500;
const SCROLLS_FOR_MS = 150; // after the last that was heard of it
const TYPES_FOR_MS = 200; // after a letter

/** @type {Set<Frame>} that are to be painted */
const due = new Set();
let paintedAtMs = Number.NEGATIVE_INFINITY;
let scrolledAtMs = Number.NEGATIVE_INFINITY;
let typedAtMs = Number.NEGATIVE_INFINITY;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let isOnItsWay = false;

const whenHeard = { capture: true, passive: true };
document.addEventListener("scroll", () => (scrolledAtMs = performance.now()), whenHeard);
document.addEventListener("input", () => (typedAtMs = performance.now()), whenHeard);

/**
 * Runs its painter once in an animation frame, however often it is asked; all that a page paints is
 * painted in the same, at most ten times a second; twice while somebody types or scrolls, and as it
 * scrolls each in a frame of its own. In a hidden tab there are no frames: what came meanwhile is
 * painted in one when it is shown.
 */
export class Frame {
  #paint;

  /**
   * @param {() => void} paint
   * @param {{ measures?: boolean }} [options] whether it asks where things are: it paints before the
   *   others, after whose writing the browser would have to lay the page out for the answer
   */
  constructor(paint, { measures = false } = {}) {
    this.#paint = paint;
    this.measures = measures;
  }

  request() {
    due.add(this);
    if (!isOnItsWay && !timer) askWhenDue();
  }

  /** In the very next frame: for what a person does, who would see the pause. */
  requestNext() {
    due.add(this);
    askForFrame();
  }

  /** Paints now: after a swap the new elements must not show old values for a frame. */
  flush() {
    due.delete(this);
    this.#paint();
  }

  close() {
    due.delete(this);
  }
}

function askWhenDue() {
  const leftMs = document.hidden ? 0 : pauseLeftMs();
  if (leftMs <= 0) return askForFrame();
  timer = setTimeout(askWhenDue, Math.min(leftMs, PAUSE_MS)); // a person may begin or end meanwhile
}

function pauseLeftMs() {
  const isBusy = isScrolling() || performance.now() - typedAtMs < TYPES_FOR_MS;
  return paintedAtMs + (isBusy ? BUSY_PAUSE_MS : PAUSE_MS) - performance.now();
}

/** Whether something on the page is being scrolled. */
export function isScrolling() {
  return performance.now() - scrolledAtMs < SCROLLS_FOR_MS;
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
  const inOrder = [...due].sort((a, b) => Number(b.measures) - Number(a.measures));
  const now = inOrder.slice(0, isScrolling() ? 1 : due.size);
  for (const frame of now) frame.flush();
  if (due.size > 0) askForFrame();
}
