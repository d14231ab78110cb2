/** @import { ClockReading, ExchangeClock } from "../state/exchange-clock.js" */
/** @import { LatencySummary } from "../state/latency.js" */
/** @import { Market } from "../streams/routes.js" */
import { LatencyMeter } from "../state/latency.js";
import { one, setText } from "./dom.js";

const NAME = "Latency";

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
  #aborter = new AbortController();

  /**
   * @param {ParentNode} root
   * @param {ExchangeClock} exchangeClock
   */
  constructor(root, exchangeClock) {
    this.#button = one(root, "[data-latency-toggle]");
    this.#exchangeClock = exchangeClock;
    const options = { signal: this.#aborter.signal };
    this.#button.addEventListener("click", () => this.#toggle(), options);
    this.#painted.port1.onmessage = ({ data }) => this.#add(data);
  }

  get isOn() {
    return this.#button.ariaPressed === "true";
  }

  close() {
    this.#aborter.abort();
    this.#painted.port1.close();
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

  #toggle() {
    this.#button.ariaPressed = String(!this.isOn);
    this.clear();
    this.#reading = undefined;
    if (this.isOn) this.paint();
    else {
      setText(this.#button, NAME);
      this.#button.title = "";
    }
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
  if (reading === undefined) return `${NAME}: comparing clocks…`;
  if (reading === null) return `${NAME}: the exchange's time is not known`;
  if (summary === null) return `${NAME}: waiting for an event`;
  return `${NAME} ${millis(summary.medianMs)}, p95 ${millis(summary.p95Ms)}`;
}

/**
 * @param {LatencySummary | null} summary
 * @param {ClockReading | null | undefined} reading
 */
function explanation(summary, reading) {
  if (!summary || !reading) return "";
  return (
    "From the exchange's time of an event of the chosen pair to its paint on this screen, " +
    `over the last ${summary.samples}. Clocks are compared to within ${millis(reading.uncertaintyMs)}.`
  );
}

/** @param {number} ms */
function millis(ms) {
  return `${Math.round(ms)} ms`;
}
