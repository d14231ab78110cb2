import { all } from "../../views/dom.js";

const EDGE_PX = 8;

/** A popover with `role=menu`, opened beside whichever button it is for. */
export class Menu {
  #element;
  /** @type {HTMLElement | null} */
  #anchor = null;
  /** @type {(action: string) => void} */
  #chosen = () => undefined;
  #aborter = new AbortController();

  /** @param {HTMLElement} element whose items have `data-action`; one with `data-stays` stays open */
  constructor(element) {
    this.#element = element;
    const options = { signal: this.#aborter.signal };
    element.addEventListener("click", (event) => this.#clicked(event), options);
    element.addEventListener("keydown", (event) => this.#pressed(event), options);
    element.addEventListener("toggle", (event) => this.#toggled(event), options);
  }

  /**
   * @param {HTMLElement} anchor
   * @param {(action: string) => void} chosen
   */
  open(anchor, chosen) {
    this.#anchor = anchor;
    this.#chosen = chosen;
    anchor.focus();
    // Beside what it is for, so that it is read there and stands in the same landmark.
    (anchor.closest("section") ?? document.body).append(this.#element);
    this.#element.showPopover();
    anchor.ariaExpanded = "true";
    this.place();
    this.#items[0]?.focus();
  }

  /** Puts the menu beside its button, wherever that is now. */
  place() {
    if (!this.#anchor?.isConnected) return;
    const { left, bottom, top } = this.#anchor.getBoundingClientRect();
    const { offsetWidth, offsetHeight, style } = this.#element;
    const fits = bottom + offsetHeight + EDGE_PX <= innerHeight;
    const from = fits ? bottom + 2 : Math.max(EDGE_PX, top - offsetHeight - 2);
    style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - offsetWidth - EDGE_PX))}px`;
    style.top = `${from}px`;
  }

  close() {
    this.#aborter.abort();
  }

  get #items() {
    return all(this.#element, "[role=menuitem]").filter((item) => !item.hidden);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const item = event.target instanceof Element && event.target.closest("[data-action]");
    if (!(item instanceof HTMLElement)) return;
    if (item.dataset.stays === undefined) this.#element.hidePopover();
    this.#chosen(item.dataset.action ?? "");
    this.place();
    if (item.dataset.stays !== undefined) item.focus();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const items = this.#items;
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const last = items.length - 1;
    const { key } = event;
    if (key === "Tab") this.#element.hidePopover();
    /** @type {Record<string, number>} */
    const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last };
    const place = places[key];
    if (place === undefined) return;
    event.preventDefault();
    items.at(place > last ? 0 : place)?.focus();
  }

  /** @param {Event} event */
  #toggled(event) {
    const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
    if (!isOpen && this.#anchor) this.#anchor.ariaExpanded = "false";
  }
}
