/** @import { ChartDrawing } from "./drawing.js" */

const PAN_SHARE = 0.1;
const NEARER = 0.8;

/**
 * What the keys do where the focus is on the chart: left and right move, up and down come nearer
 * and go further away, Home and End lead to the oldest and the newest candle.
 *
 * @param {ChartDrawing} drawing
 * @returns {(event: KeyboardEvent) => void}
 */
export function chartKeys(drawing) {
  /** @type {Record<string, () => void>} */
  const deeds = {
    ArrowLeft: () => drawing.pan(-PAN_SHARE),
    ArrowRight: () => drawing.pan(PAN_SHARE),
    ArrowUp: () => drawing.zoom(NEARER),
    ArrowDown: () => drawing.zoom(1 / NEARER),
    "+": () => drawing.zoom(NEARER),
    "-": () => drawing.zoom(1 / NEARER),
    Home: () => drawing.toOldest(),
    End: () => drawing.toNewest(),
  };
  return (event) => {
    const deed = deeds[event.key];
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    deed();
  };
}
