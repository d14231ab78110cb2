import { all, one } from "../../views/dom.js";

const SCROLL_LASTS_MS = 500;
const TABLE = "#pairs";
const ROW = "#pairs [data-row]";

/**
 * Whether the rows must stay where they are: somebody points at them, has the focus among them,
 * scrolls them, has a finger on them or has selected some of their text.
 */
export class OrderHold {
  #root;
  #now;
  #aborter = new AbortController();
  #scrolledAtMs = Number.NEGATIVE_INFINITY;
  #isTouched = false;
  #canHover = true;

  /**
   * @param {ParentNode} root
   * @param {() => number} [now]
   */
  constructor(root, now = () => performance.now()) {
    this.#root = root;
    this.#now = now;
    const options = { signal: this.#aborter.signal, passive: true };
    document.addEventListener("scroll", (event) => this.#scrolled(event), {
      ...options,
      capture: true,
    });
    document.addEventListener("pointerover", (event) => this.#pointed(event), options);
    document.addEventListener("pointerdown", (event) => this.#touched(event), options);
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, () => this.#let(), options);
    }
  }

  get isHeld() {
    const table = one(this.#root, TABLE);
    const isPointedAt = this.#canHover && table.querySelector("tbody:hover") !== null;
    return (
      isPointedAt || this.#isTouched || this.#isScrolling || this.hasFocus || isSelected(table)
    );
  }

  /** Whether the focus is among the rows. */
  get hasFocus() {
    return document.activeElement?.closest(ROW) != null;
  }

  close() {
    this.#aborter.abort();
  }

  get #isScrolling() {
    return this.#now() - this.#scrolledAtMs < SCROLL_LASTS_MS;
  }

  /** @param {Event} event */
  #scrolled({ target }) {
    const table = one(this.#root, TABLE);
    if (target instanceof Node && target.contains(table)) this.#scrolledAtMs = this.#now();
  }

  /** @param {PointerEvent} event */
  #pointed({ pointerType }) {
    // A finger that has left still counts as hovering where it was.
    this.#canHover = pointerType !== "touch";
  }

  /** @param {PointerEvent} event */
  #touched({ target, pointerType }) {
    const isInside = target instanceof Element && target.closest(ROW) !== null;
    this.#isTouched = pointerType === "touch" && isInside;
  }

  #let() {
    this.#isTouched = false;
  }
}

/** @param {HTMLElement} table */
function isSelected(table) {
  const selection = getSelection();
  if (selection?.type !== "Range") return false;
  return all(table, "tbody").some((block) => selection.containsNode(block, true));
}
