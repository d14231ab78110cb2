import { pieces } from "./matched-letters.js";

/** A text at the end of an element, some of its letters marked. What is there is written anew. */
export class MarkedText {
  #parent;
  /** @type {{ node: ChildNode, text: Text }[]} every other one a mark's */
  #pieces = [];

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.#parent = parent;
  }

  /**
   * @param {string} text
   * @param {Set<number>} letters that are marked, by their places
   */
  write(text, letters) {
    const wanted = pieces(text, letters);
    for (const [place, piece] of wanted.entries()) {
      const { text } = this.#pieces[place] ?? this.#add();
      if (text.data !== piece) text.data = piece;
    }
    for (const { node } of this.#pieces.splice(wanted.length)) node.remove();
  }

  #add() {
    const isMark = this.#pieces.length % 2 === 1;
    const text = new Text();
    const node = isMark ? document.createElement("mark") : text;
    if (isMark) node.appendChild(text);
    this.#parent.append(node);
    const piece = { node, text };
    this.#pieces.push(piece);
    return piece;
  }
}
