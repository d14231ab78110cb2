/** @import { ShownBook } from "./order-book.js" */
/** @import { Units } from "./pair-panel.js" */
import { Later } from "../lib/later.js";
import { words } from "../words.js";
import { one, setText } from "./dom.js";

/** The form that tells what a market order would cost; its code is loaded when it is first used. */
export class BookCostDoor {
  #form;
  #cost;
  /** @type {[ShownBook, Units] | null} as last painted */
  #shown = null;

  /** @param {HTMLElement} form */
  constructor(form) {
    this.#form = form;
    this.#cost = new Later(
      () => import("../later/book-cost/book-cost.js"),
      ({ BookCost }) => new BookCost(form),
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const name of ["focusin", "input"]) form.addEventListener(name, () => this.#open());
  }

  /**
   * @param {ShownBook} book
   * @param {Units} units
   */
  paint(book, units) {
    this.#shown = [book, units];
    this.#cost.part?.paint(book, units);
  }

  async #open() {
    if (this.#cost.part) return;
    const cost = await this.#cost.want();
    if (cost === null) setText(one(this.#form, "[data-book-cost-result]"), words.cost.not_loaded);
    else if (this.#shown) cost.paint(...this.#shown);
  }
}
