import { Frame } from "./frame.js";

const LIT_MS = 400;
// Cells that go out at nearly the same time do so together.
const TOGETHER_MS = 50;

// Who asks for calm gets it at no cost: nothing is written at all.
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

// With what is painted anyway, so that styles are worked out once for both.
const darkening = new Frame(goOut);

/** @type {Map<HTMLElement, number>} the cells that are lit and until when, first to go out first */
const lit = new Map();

/**
 * Lets a price cell light up for a moment. No animation: one that fades keeps the browser painting
 * sixty times a second all day, at twice the whole page's cost.
 *
 * @param {HTMLElement} element
 * @param {"up" | "down"} direction
 */
export function flash(element, direction) {
  if (stillness.matches || document.documentElement.dataset.flashes === "off") return;
  element.dataset.flash = direction;
  if (lit.size === 0) setTimeout(() => darkening.request(), LIT_MS);
  lit.delete(element);
  lit.set(element, performance.now() + LIT_MS);
}

function goOut() {
  const nowMs = performance.now();
  for (const [element, untilMs] of lit) {
    if (untilMs > nowMs + TOGETHER_MS) {
      setTimeout(() => darkening.request(), untilMs - nowMs);
      return;
    }
    lit.delete(element);
    delete element.dataset.flash;
  }
}
