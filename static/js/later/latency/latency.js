/** @import { ClockReading, ExchangeClock } from "../../state/exchange-clock.js" */
/** @import { LatencySummary } from "./meter.js" */
/** @import { Market } from "../../streams/routes.js" */

import { one, setText } from "../../views/dom.js";
import { decimalText } from "../../views/figures.js";
import { counted, fill, words } from "../../words.js";
import { LatencyMeter } from "./meter.js";

/**
 * A switch in the top bar. While it is on, it tells how long the chosen pair's events took from
 * the exchange's time of the event to their paint on this screen.
 */
export class LatencyView {
  #button;
  #exchangeClock;
  #meter = new LatencyMeter();
  /** @type {ClockReading | null | undefined} undefined until the clocks are compared */
  #reading;
  /** @type {{ market: Market, eventTimeMs: number } | null} the newest that is not painted yet */
  #unpainted = null;
  #painted = new MessageChannel();

  /**
   * @param {ParentNode} root
   * @param {ExchangeClock} exchangeClock
   */
  constructor(root, exchangeClock) {
    this.#button = one(root, "[data-latency-toggle]");
    this.#exchangeClock = exchangeClock;
    this.#painted.port1.onmessage = ({ data }) => this.#add(data);
  }

  get isOn() {
    return this.#button.ariaPressed === "true";
  }

  close() {
    this.#painted.port1.close();
  }

  toggle() {
    this.#button.ariaPressed = String(!this.isOn);
    this.clear();
    this.#reading = undefined;
    if (this.isOn) this.paint();
    else {
      setText(this.#button, words.latency.name);
      this.#button.title = "";
    }
  }

  /** @param {{ market: Market, eventTimeMs?: number | null }} event of the chosen pair */
  heard({ market, eventTimeMs }) {
    if (this.isOn && eventTimeMs) this.#unpainted = { market, eventTimeMs };
  }

  /** The frame's values are written: the next task comes after their paint. */
  written() {
    if (this.#unpainted === null) return;
    this.#painted.port2.postMessage(this.#unpainted);
    this.#unpainted = null;
  }

  /** Another pair is chosen. */
  clear() {
    this.#meter.clear();
    this.#unpainted = null;
  }

  paint() {
    if (!this.isOn) return;
    const { summary } = this.#meter;
    setText(this.#button, latencyText(summary, this.#reading));
    this.#button.title = explanation(summary, this.#reading);
    if (this.#reading === undefined) this.#compareClocks();
  }

  async #compareClocks() {
    this.#reading = await this.#exchangeClock.read();
    this.paint();
  }

  /** @param {{ market: Market, eventTimeMs: number }} event */
  #add({ market, eventTimeMs }) {
    if (this.#reading) this.#meter.add(eventTimeMs, Date.now(), this.#reading.offsetMs[market]);
  }
}

/**
 * @param {LatencySummary | null} summary null when no event was painted yet
 * @param {ClockReading | null | undefined} reading
 */
export function latencyText(summary, reading) {
  if (reading === undefined) return words.latency.comparing;
  if (reading === null) return words.latency.no_clock;
  if (summary === null) return words.latency.waiting;
  return fill(words.latency.measured, {
    median: millis(summary.medianMs),
    p95: millis(summary.p95Ms),
  });
}

/**
 * @param {LatencySummary | null} summary
 * @param {ClockReading | null | undefined} reading
 */
function explanation(summary, reading) {
  if (!summary || !reading) return "";
  return counted(words.latency.why, summary.samples, {
    uncertainty: millis(reading.uncertaintyMs),
  });
}

/** @param {number} ms */
function millis(ms) {
  return fill(words.unit.millis, { count: decimalText(String(Math.round(ms))) });
}
