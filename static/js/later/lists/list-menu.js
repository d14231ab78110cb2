/** @import { Watchlists } from "../../state/watchlists.js" */
/** @import { Menu } from "./menu.js" */

/** What can be done to a whole list; each dialog's code is loaded when it is first wanted. */
export class ListMenu {
  #lists;
  #menu;
  #failed;
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {object} parts
   * @param {Watchlists} parts.lists
   * @param {Menu} parts.menu
   * @param {() => void} parts.failed when the code could not be loaded
   */
  constructor(root, { lists, menu, failed }) {
    this.#lists = lists;
    this.#menu = menu;
    this.#failed = failed;
    const options = { signal: this.#aborter.signal };
    root.addEventListener("click", (event) => this.#clicked(event), options);
  }

  close() {
    this.#aborter.abort();
  }

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const button = target instanceof Element && target.closest("[data-list-actions]");
    if (button instanceof HTMLElement) this.#menu.open(button, (action) => this.#do(action));
  }

  /** @param {string} action */
  async #do(action) {
    if (action === "delete") return this.#lists.delete(this.#lists.open.id);
    const code = await import("./dialogs.js").catch(() => null);
    if (code) code.dialogs[action]?.(this.#lists);
    else this.#failed();
  }
}
