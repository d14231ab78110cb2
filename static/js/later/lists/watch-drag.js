import { keyOf } from "../../views/watch-rows.js";

const { default: Sortable } = /** @type {{ default: typeof import("sortablejs") }} */ (
  await import(/** @type {string} */ ("../../../vendor/sortable.esm.js"))
);

/**
 * @typedef {object} Handlers
 * @property {(isHeld: boolean) => void} hold while a row is dragged
 * @property {(key: string, place: number) => void} moved from 0
 */

/** Drags the watchlist's rows by their handles, with a mouse, a pen or a finger. */
export class WatchDrag {
  #sortable;

  /**
   * @param {HTMLElement} body
   * @param {Handlers} handlers
   */
  constructor(body, { hold, moved }) {
    this.body = body;
    this.#sortable = Sortable.create(body, {
      handle: "[data-grip]",
      draggable: "[data-row]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      forceFallback: true, // the same with every pointer; the browser's own has no touch
      fallbackTolerance: 4, // a click on the handle opens its menu
      chosenClass: "is-held",
      ghostClass: "is-moving",
      dragClass: "is-dragged",
      onStart: () => hold(true),
      onEnd: ({ item, newDraggableIndex }) => {
        // The panel then puts the rows where the list has them, wherever the drag has left them.
        if (newDraggableIndex !== undefined) moved(keyOf(item), newDraggableIndex);
        hold(false);
      },
    });
  }

  close() {
    this.#sortable.destroy();
  }
}
