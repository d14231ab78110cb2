/** @import { Watchlists } from "../../state/watchlists.js" */
/** @import { Menu } from "./menu.js" */
/** @import { WatchPanel } from "../../views/watch-panel.js" */
import { one } from "../../views/dom.js";
import { keyOf } from "../../views/watch-rows.js";

const OWN_ROW = "#watchlist[data-list=own] [data-row]";

/**
 * Orders the open list: by arrow keys on a row's handle, by Alt and arrow keys anywhere in its row,
 * by the menu of its handle, and by dragging the handle, for which the code is loaded when a
 * pointer first comes near.
 */
export class WatchOrder {
  #root;
  #lists;
  #panel;
  #menu;
  /** @type {Promise<typeof import("./watch-drag.js")> | null} */
  #code = null;
  /** @type {{ body: HTMLElement, close: () => void } | null} */
  #drag = null;
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {{ lists: Watchlists, panel: WatchPanel, menu: Menu }} parts
   */
  constructor(root, { lists, panel, menu }) {
    this.#root = root;
    this.#lists = lists;
    this.#panel = panel;
    this.#menu = menu;
    const options = { signal: this.#aborter.signal };
    root.addEventListener("keydown", (event) => this.#pressed(event), options);
    root.addEventListener("click", (event) => this.#clicked(event), options);
    root.addEventListener("pointerover", (event) => this.#near(event), options);
    // A finger comes near without notice.
    if (matchMedia("(any-pointer: coarse)").matches) this.#load();
  }

  /** A swap has brought another table. */
  rebind() {
    if (this.#code) this.#load();
  }

  close() {
    this.#drag?.close();
    this.#aborter.abort();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const { target, key, altKey, ctrlKey, metaKey, shiftKey } = event;
    const row = ownRow(target);
    if (!row || ctrlKey || metaKey || shiftKey) return;
    const isOnGrip = target instanceof Element && target.matches("[data-grip]");
    if (!altKey && !isOnGrip) return;
    if (this.#step(keyOf(row), key)) event.preventDefault();
  }

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const grip = target instanceof Element && target.closest("[data-grip]");
    const row = ownRow(target);
    if (!row || !(grip instanceof HTMLElement)) return;
    const key = keyOf(row);
    this.#menu.open(grip, (action) => this.#step(key, action));
  }

  /**
   * @param {string} pair
   * @param {string} step a key's name
   * @returns {boolean} whether it is one
   */
  #step(pair, step) {
    const { keys } = this.#lists.open;
    const from = keys.indexOf(pair);
    /** @type {Record<string, number>} */
    const places = { ArrowUp: from - 1, ArrowDown: from + 1, Home: 0, End: keys.length - 1 };
    const to = places[step];
    if (to !== undefined) this.#lists.move(pair, to);
    return to !== undefined;
  }

  /** @param {PointerEvent} event */
  #near({ target }) {
    if (
      !this.#drag?.body.isConnected &&
      target instanceof Element &&
      target.closest("#watchlist")
    ) {
      this.#load();
    }
  }

  async #load() {
    this.#code ??= import("./watch-drag.js");
    const code = await this.#code.catch(() => null);
    if (code === null) {
      this.#code = null; // out of reach: asked for again when a pointer comes near again
      return;
    }
    const body = one(this.#root, "#watchlist-body");
    if (this.#drag?.body === body) return;
    this.#drag?.close();
    this.#drag = new code.WatchDrag(body, {
      hold: (isHeld) => this.#panel.hold(isHeld),
      moved: (key, place) => this.#lists.move(key, place),
    });
  }
}

/** @param {EventTarget | null} target */
function ownRow(target) {
  const row = target instanceof Element && target.closest(OWN_ROW);
  return row instanceof HTMLElement ? row : null;
}
