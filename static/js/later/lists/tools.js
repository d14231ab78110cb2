/** @import { Watchlists } from "../../state/watchlists.js" */
/** @import { WatchPanel } from "../../views/watch-panel.js" */

import { one } from "../../views/dom.js";
import { words } from "../../words.js";
import { ListMenu } from "./list-menu.js";
import { Menu } from "./menu.js";
import { UndoLine } from "./undo-line.js";
import { WatchOrder } from "./watch-order.js";

/** What can be done to lists beyond putting pairs into them: what `views/list-tools-door.js` opens. */
export class ListTools {
  #order;
  #undoLine;
  #menu;

  /**
   * @param {Document} root
   * @param {{ lists: Watchlists, panel: WatchPanel }} parts
   */
  constructor(root, { lists, panel }) {
    this.#order = new WatchOrder(root, { lists, panel, menu: new Menu(one(root, "#move-menu")) });
    this.#undoLine = new UndoLine(root, lists);
    this.#menu = new ListMenu(root, {
      lists,
      menu: new Menu(one(root, "#list-menu")),
      failed: () => this.#undoLine.say(words.watchlist.said.not_loaded),
    });
  }

  /** A swap has brought another table. */
  rebind() {
    this.#order.rebind();
  }

  /** @param {Event} event of the lists: what was done to them */
  tell(event) {
    this.#undoLine.tell(event);
  }

  close() {
    this.#order.close();
    this.#undoLine.close();
    this.#menu.close();
  }
}
