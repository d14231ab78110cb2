const GAP_PX = 4;
const ROOM_MIN_PX = 132; // three options, however little the on-screen keyboard leaves

/**
 * Keeps the picker's popup below its box and clear of the on-screen keyboard, which covers the page
 * without making it smaller.
 * https://developer.mozilla.org/docs/Web/API/VisualViewport
 */
export class PickerRoom {
  #input;
  #popup;
  /** @type {AbortController | null} */
  #aborter = null;

  /**
   * @param {HTMLElement} input
   * @param {HTMLElement} popup
   */
  constructor(input, popup) {
    this.#input = input;
    this.#popup = popup;
  }

  open() {
    if (this.#aborter) return;
    this.#aborter = new AbortController();
    const options = { signal: this.#aborter.signal };
    for (const name of ["resize", "scroll"]) {
      visualViewport?.addEventListener(name, () => this.#fit(), options);
    }
    this.#fit();
  }

  close() {
    this.#aborter?.abort();
    this.#aborter = null;
  }

  #fit() {
    const view = visualViewport;
    const end = view ? view.offsetTop + view.height : innerHeight;
    const top = this.#input.getBoundingClientRect().bottom + GAP_PX;
    const room = Math.max(ROOM_MIN_PX, Math.floor(end - top - GAP_PX));
    const { style } = this.#popup;
    style.setProperty("--top", `${Math.round(top)}px`);
    style.setProperty("--room", `${room}px`);
  }
}
