/** @import { Candidate } from "./candidates.js" */
/** @import { Wanted } from "./ranking.js" */
/** @import { PickerFigures } from "./figures.js" */
import { fold } from "../../lib/fold.js";
import { setAria, setData, setText } from "../../views/dom.js";
import { words } from "../../words.js";
import { MarkedText } from "./marked-text.js";
import { matchedLetters } from "./matched-letters.js";
import { readingOf } from "./ranking.js";

/**
 * One option of the picker: symbol, kind, price and change, and whether it is watched. The element
 * is made once and shows one pair after the other.
 */
export class PickerOption {
  /** @type {Candidate | null} */
  candidate = null;
  #name = make("bdi", "find-name");
  #base = make("b", "");
  #kind = make("small", "find-kind");
  #price = make("span", "find-price");
  #change = make("span", "find-change");
  #watched = make("span", "visually-hidden");
  #star = make("span", "find-star");
  #baseText = new MarkedText(this.#base);
  #restText = new MarkedText(this.#name);
  #kindText = new MarkedText(this.#kind);
  #shown = "";
  #isWatched = false;

  /** @param {string} id */
  constructor(id) {
    this.element = make("div", "find-option");
    this.element.id = id;
    this.element.role = "option";
    this.element.ariaSelected = "false";
    this.#watched.hidden = true; // what is empty and clipped is laid out and painted all the same
    // An option has no control in it: for assistive technology there are the key and the words.
    this.#star.ariaHidden = "true";
    this.#star.dataset.pickerStar = "";
    this.#name.append(this.#base);
    this.element.append(
      this.#name,
      this.#kind,
      this.#price,
      this.#change,
      this.#watched,
      this.#star,
    );
  }

  /**
   * @param {Candidate} candidate
   * @param {Wanted} wanted whose letters are marked
   */
  show(candidate, wanted) {
    this.candidate = candidate;
    setAria(this.element, "ariaHidden", null);
    setData(this.element, "market", candidate.market);
    setData(this.element, "symbol", candidate.symbol);
    const { name, kinds } = readingOf(candidate, wanted);
    const shown = [candidate.key, name, ...kinds].join(" ");
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#showName(candidate, name);
    this.#kindText.write(candidate.label, wordLetters(candidate.label, kinds));
  }

  hide() {
    this.candidate = null;
    this.setActive(false);
    setAria(this.element, "ariaHidden", "true");
  }

  /** @param {PickerFigures} figures */
  paint(figures) {
    if (!this.candidate) return;
    const { price, change, trend, freshness, isWarmed } = figures.of(this.candidate);
    setText(this.#price, price);
    setText(this.#change, change);
    setData(this.#change, "trend", trend);
    setData(this.element, "freshness", freshness);
    setData(this.element, "warmed", isWarmed ? "" : null);
  }

  /** @param {boolean} isWatched */
  setWatched(isWatched) {
    if (isWatched === this.#isWatched) return;
    this.#isWatched = isWatched;
    this.#watched.hidden = !isWatched;
    setText(this.#watched, isWatched ? words.picker.watched : "");
    setData(this.#star, "watched", isWatched ? "" : null);
  }

  /** @param {boolean} isActive */
  setActive(isActive) {
    if (this.element.ariaSelected === String(isActive)) return;
    this.element.ariaSelected = String(isActive);
    if (isActive) this.element.scrollIntoView({ block: "nearest" });
  }

  /**
   * The symbol with its base asset standing out, the typed letters marked.
   *
   * @param {Candidate} candidate
   * @param {string} typed
   */
  #showName({ symbol, baseAsset }, typed) {
    const known = symbol.startsWith(baseAsset) ? baseAsset.length : 0;
    const letters = matchedLetters(symbol, typed);
    const rest = new Set([...letters].map((place) => place - known));
    this.#baseText.write(symbol.slice(0, known), letters);
    this.#restText.write(symbol.slice(known), rest);
  }
}

/**
 * The letters of the words' beginnings that were typed.
 *
 * @param {string} label
 * @param {string[]} typed folded
 */
function wordLetters(label, typed) {
  /** @type {Set<number>} */
  const letters = new Set();
  for (const { index, 0: word } of label.matchAll(/\S+/g)) {
    const found = typed.find((beginning) => fold(word).startsWith(beginning)) ?? "";
    for (let place = index; place < index + found.length; place += 1) letters.add(place);
  }
  return letters;
}

/**
 * @param {string} name
 * @param {string} className
 */
function make(name, className) {
  const element = document.createElement(name);
  if (className) element.className = className;
  return element;
}
