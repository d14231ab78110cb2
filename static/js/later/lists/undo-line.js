/** @import { Edit, Watchlists } from "../../state/watchlists.js" */

import { one } from "../../views/dom.js";
import { counted, fill, words } from "../../words.js";
import { keyName } from "./pair-name.js";

const SHOWN_FOR_MS = 12_000;

/** Tells what was done to the lists, and takes it back: by its button or by Ctrl-Z. */
export class UndoLine {
  #element;
  #lists;
  #text;
  #undo;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {Watchlists} lists
   */
  constructor(root, lists) {
    this.#lists = lists;
    this.#element = one(root, "[data-undo-line]");
    this.#text = one(this.#element, "p");
    this.#undo = one(this.#element, "[data-undo]");
    const options = { signal: this.#aborter.signal };
    this.#undo.addEventListener("click", () => lists.undo(), options);
    one(this.#element, "[data-dismiss]").addEventListener("click", () => this.#hide(), options);
    root.addEventListener("keydown", (event) => this.#pressed(event), options);
  }

  /** @param {string} sentence */
  say(sentence) {
    this.#element.hidden = false; // before the text comes, so that a screen reader reads it
    this.#undo.hidden = !this.#lists.canUndo;
    this.#text.textContent = sentence;
    this.#hideLater();
  }

  /** @param {Event} event of the lists */
  tell(event) {
    const { type: kind, detail } = /** @type {CustomEvent} */ (event);
    if (kind === "unsaved") this.say(words.watchlist.said.unsaved);
    else if (kind === "refused") this.say(words.watchlist.said.refused);
    else if (kind === "full") this.say(fill(words.watchlist.said.full, detail));
    else if (kind === "edit") this.say(sentenceOf(detail));
    else this.say(fill(words.watchlist.said.undone, { what: sentenceOf(detail) }));
  }

  close() {
    clearTimeout(this.#timer);
    this.#aborter.abort();
  }

  #hideLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Who is about to press it is not to find it gone.
      if (this.#element.matches(":hover, :focus-within")) this.#hideLater();
      else this.#hide();
    }, SHOWN_FOR_MS);
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#element.hidden = true;
    this.#text.textContent = "";
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isUndo || event.key.toLowerCase() !== "z" || isTyping(event.target)) return;
    if (!this.#lists.canUndo) return;
    event.preventDefault();
    this.#lists.undo();
  }
}

/** @param {Edit} edit */
function sentenceOf({ kind, key = "", list = "", place = 0, count = 0 }) {
  const { said } = words.watchlist;
  if (kind === "import") return counted(said.import, count);
  if (kind === "fill") return counted(said.fill, count, { list: `\u2068${list}\u2069` });
  return fill(said[kind], { pair: keyName(key), list: `\u2068${list}\u2069`, place, count });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.matches("input, textarea, [contenteditable]");
}
