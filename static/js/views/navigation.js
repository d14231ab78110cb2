/** @import { Market } from "../streams/routes.js" */
import { Query } from "./query.js";

/**
 * @typedef {object} Htmx the parts of htmx 4 that are used here
 * @property {(verb: string, url: string, options: object) => Promise<unknown>} ajax
 * @property {(root: Element) => void} process
 *
 * @typedef {object} Handlers
 * @property {() => void} swapped after htmx has changed the page
 * @property {(url: string, history: "push" | "replace" | "keep") => void} unanswered the server
 *   gave no page for this state; what was to be done with the history, if it had
 * @property {() => void} stepped somebody went back or forward; the URL is that of the other entry
 */

const SCROLLED = ".table-scroll";
const ROW = "[data-row]";
const BODY = "tbody";

/**
 * Moves from one state of the URL to another by way of htmx. One listener serves the links of all
 * rows: wiring 500 of them one by one costs more than the rest of the page's start.
 */
export class Navigation {
  #htmx;
  #on;
  #aborter = new AbortController();
  #step = new AbortController();
  #listedAt = "{}";

  /**
   * @param {Htmx} htmx
   * @param {Handlers} handlers
   */
  constructor(htmx, handlers) {
    this.#htmx = htmx;
    this.#on = handlers;
    const options = { signal: this.#aborter.signal };
    document.addEventListener("click", (event) => this.#clicked(event), options);
    document.addEventListener("htmx:before:process", (event) => this.#spareRows(event), options);
    document.addEventListener("htmx:config:request", (event) => this.#asked(event), options);
    document.addEventListener("htmx:before:response", (event) => this.#answered(event), options);
    document.addEventListener("htmx:error", (event) => this.#failed(event), options);
    document.addEventListener("htmx:after:swap", () => this.#on.swapped(), options);
    addEventListener("popstate", (event) => this.#stepped(event), options);
  }

  /**
   * Shows another state: only the chosen pair's panels are fetched when nothing else changes.
   *
   * @param {string} url
   */
  async open(url) {
    const from = Query.ofUrl(location.href);
    const to = Query.ofUrl(url);
    const isSameList = from.market === to.market && from.q === to.q;
    const { signal } = this.#step;
    await this.#fetch(url, isSameList ? "div#chosen" : "main#desk", { push: url });
    if (signal.aborted) return;
    // On a phone the pair's panel may be far above the row that was pressed.
    document.querySelector("#pair")?.scrollIntoView({ block: "nearest" });
  }

  /**
   * Shows another state of every part.
   *
   * @param {string} url
   */
  openDesk(url) {
    this.#fetch(url, "main#desk", { push: url });
  }

  /** Fetches the state that is shown once more, to see whether the server can be reached again. */
  reload() {
    this.#fetch(location.href, "main#desk", {});
  }

  /**
   * Fetches one part of what is shown once more; scroll position and focus stay where they are.
   *
   * @param {string} target as htmx names it in its HX-Target header
   * @returns {Promise<Partial<Record<Market, number>>>} when Binance gave the lists that it is made
   *   of, as far as the server told
   */
  async refresh(target) {
    const top = document.querySelector(SCROLLED)?.scrollTop ?? 0;
    const focused = rowControl(document.activeElement);
    this.#listedAt = "{}";
    await this.#fetch(location.href, target, {});
    document.querySelector(SCROLLED)?.scrollTo({ top, behavior: "instant" });
    if (focused && document.activeElement === document.body) {
      /** @type {HTMLElement | null} */ (document.querySelector(focused))?.focus({
        preventScroll: true,
      });
    }
    return JSON.parse(this.#listedAt);
  }

  close() {
    this.#aborter.abort();
  }

  /**
   * @param {string} url
   * @param {string} target as htmx names it in its HX-Target header
   * @param {object} options
   * @returns {Promise<unknown>}
   */
  #fetch(url, target, options) {
    const swap = target === "main#desk" ? "innerHTML" : "outerHTML";
    const headers = { "HX-Target": target };
    return this.#htmx.ajax("GET", url, { source: "#desk", target, swap, headers, ...options });
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    const link = event.target instanceof Element && event.target.closest("a[data-pair-link]");
    if (!isPlain || !(link instanceof HTMLAnchorElement) || event.defaultPrevented) return;
    event.preventDefault();
    this.open(link.href);
  }

  /**
   * Rows have none of htmx's attributes: it searches all of a table but those.
   *
   * @param {Event} event before it searches its target
   */
  #spareRows(event) {
    const { target } = event;
    if (!(target instanceof Element) || !target.querySelector(ROW)) return;
    event.preventDefault();
    for (const child of target.children) if (!child.matches(BODY)) this.#htmx.process(child);
  }

  /**
   * A request, even one that still waits for its turn, ends with the entry of the history in which
   * it was asked for: answered or failed later, it would write its URL over another entry's.
   *
   * @param {any} event
   */
  #asked(event) {
    const { request } = event.detail.ctx;
    request.signal = AbortSignal.any([request.signal, this.#step.signal]);
  }

  /** @param {PopStateEvent} event */
  #stepped(event) {
    if (!event.state?.htmx) return; // to a place in the page that is shown
    // What htmx asks for because of this step is asked for a moment later.
    this.#step.abort();
    this.#step = new AbortController();
    this.#on.stepped();
  }

  /** @param {any} event */
  #answered(event) {
    const { ctx } = event.detail;
    this.#listedAt = ctx.response.headers.get("X-Listed-At") ?? "{}";
    if (ctx.response.status < 500) return;
    event.preventDefault();
    this.#giveUp(ctx);
  }

  /** @param {any} event */
  #failed(event) {
    const { ctx, error } = event.detail;
    // A request that a newer one replaced, or that a step took back, is no failure.
    if (ctx && error?.name !== "AbortError") this.#giveUp(ctx);
  }

  /** @param {any} ctx of htmx */
  #giveUp(ctx) {
    if (ctx.request.method === "GET") this.#on.unanswered(ctx.request.action, historyAction(ctx));
  }
}

/**
 * @param {Element | null} element
 * @returns {string | null} a selector of this link or switch of a row, good after a swap too
 */
function rowControl(element) {
  const row = element?.closest(ROW);
  if (!element || !(row instanceof HTMLElement)) return null;
  const { market = "", symbol = "" } = row.dataset;
  const panel = row.closest("section")?.id;
  const pair = `[data-market="${market}"][data-symbol="${CSS.escape(symbol)}"]`;
  return `#${panel} ${pair} ${element.localName}`;
}

/**
 * @param {any} ctx of htmx; going back and reloading neither push nor replace
 * @returns {"push" | "replace" | "keep"}
 */
function historyAction({ push, replace }) {
  if (push) return "push";
  return replace ? "replace" : "keep";
}
