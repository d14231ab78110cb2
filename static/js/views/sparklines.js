import { all } from "./dom.js";

// The server draws a line of half-hour candles: it is another one when the next has begun.
const CANDLE_MS = 30 * 60_000;
const LOOK_EVERY_MS = 60_000;
const PICTURES = ".c-sparkline img";

/**
 * Keeps the lines of the last day up to date on a page that stays open, and asks again for one that
 * could not be had; its place is empty meanwhile.
 */
export class Sparklines {
  #root;
  /** @type {WeakMap<HTMLImageElement, number>} the half hour of which each picture is */
  #drawnIn = new WeakMap();
  #aborter = new AbortController();
  #timer;

  /** @param {Document} root */
  constructor(root) {
    this.#root = root;
    const options = { capture: true, signal: this.#aborter.signal };
    root.addEventListener("error", (event) => this.#failed(event.target), options);
    this.#timer = setInterval(() => this.#refresh(), LOOK_EVERY_MS);
  }

  /** Takes up pictures that have come, and those that failed before this script began. */
  rebind() {
    for (const picture of this.#pictures) {
      if (!this.#drawnIn.has(picture)) this.#drawnIn.set(picture, halfHour());
      if (picture.complete && picture.naturalWidth === 0 && picture.src) this.#failed(picture);
    }
  }

  close() {
    clearInterval(this.#timer);
    this.#aborter.abort();
  }

  get #pictures() {
    return /** @type {HTMLImageElement[]} */ (all(this.#root, PICTURES));
  }

  /** @param {EventTarget | null} target */
  #failed(target) {
    if (!(target instanceof HTMLImageElement) || !target.matches(PICTURES)) return;
    target.hidden = true;
    this.#drawnIn.set(target, 0);
  }

  #refresh() {
    if (document.hidden) return;
    const now = halfHour();
    for (const picture of this.#pictures) {
      if (this.#drawnIn.get(picture) === now) continue;
      this.#drawnIn.set(picture, now);
      picture.hidden = false;
      // Another address, or the browser would show what it has.
      picture.src = `${picture.src.split("?")[0]}?at=${Date.now()}`;
    }
  }
}

function halfHour() {
  return Math.floor(Date.now() / CANDLE_MS);
}
