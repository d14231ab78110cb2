/** @import { PickerList } from "./list.js" */
/** @import { PickerOption } from "./option.js" */
import { setAria } from "../../views/dom.js";
import { PickerRoom } from "./room.js";

const PAGE_STEP = 5;
const EDITING_KEYS = new Set(["ArrowLeft", "ArrowRight", "Home", "End", "Backspace", "Delete"]);
const INPUT_METHOD = 229; // the key code of a key that belongs to an input method

/**
 * @typedef {object} Elements
 * @property {HTMLInputElement} input which keeps the focus
 * @property {HTMLElement} popup
 * @property {HTMLElement} scrim over the page behind, where fingers are used
 *
 * @typedef {object} Handlers
 * @property {() => void} fill the list is to be shown for what is typed
 * @property {() => void} typed
 * @property {() => void} cleared by Esc
 * @property {() => void} toggled the popup was opened or closed
 * @property {(option: PickerOption) => void} take an option was accepted
 * @property {(option: PickerOption) => void} toggleWatch
 */

/**
 * An editable combobox with a listbox, list autocomplete with manual selection: the keys, the focus
 * and the states that assistive technology is told.
 * https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export class Combobox {
  #input;
  #popup;
  #scrim;
  #list;
  #on;
  #room;
  #aborter = new AbortController();
  /** @type {Element | null} where the focus was when a shortcut brought it here */
  #cameFrom = null;
  #isInOtherWindow = false;
  /** @type {Record<string, () => boolean>} whether the key did something */
  #keys = {
    ArrowDown: () => this.#step(() => this.#list.move(1)),
    ArrowUp: () => this.#step(() => this.#list.move(-1)),
    PageDown: () => this.#step(() => this.#list.leap(PAGE_STEP)),
    PageUp: () => this.#step(() => this.#list.leap(-PAGE_STEP)),
    "Alt+ArrowDown": () => this.open(),
    "Alt+ArrowUp": () => this.close(),
    Enter: () => this.#enter(),
    "Alt+Enter": () => this.#toggleWatch(),
    Escape: () => this.#escape(),
  };

  /**
   * @param {Elements} elements
   * @param {PickerList} list
   * @param {Handlers} on
   */
  constructor({ input, popup, scrim }, list, on) {
    this.#input = input;
    this.#popup = popup;
    this.#scrim = scrim;
    this.#list = list;
    this.#on = on;
    this.#room = new PickerRoom(input, popup);
    const options = { signal: this.#aborter.signal };
    input.addEventListener("input", () => this.#typed(), options);
    input.addEventListener("keydown", (event) => this.#pressed(event), options);
    input.addEventListener("focus", () => this.#focused(), options);
    input.addEventListener("blur", () => this.#blurred(), options);
    input.addEventListener("click", () => this.open(), options);
    // Before blur, which would close the list under the pointer.
    popup.addEventListener("mousedown", (event) => event.preventDefault(), options);
    popup.addEventListener("click", (event) => this.#clicked(event), options);
    scrim.addEventListener("click", () => input.blur(), options);
  }

  get isOpen() {
    return !this.#popup.hidden;
  }

  /** Puts the focus here; Esc puts it back. */
  focus() {
    const { activeElement } = document;
    if (activeElement !== this.#input) this.#cameFrom = activeElement;
    this.#input.focus();
    this.#input.select();
    this.open();
  }

  /** @param {Element | null} cameFrom where the focus, which is here by now, was before */
  takeUp(cameFrom) {
    this.#cameFrom = cameFrom;
    this.open();
  }

  /** @returns {true} */
  open() {
    if (this.isOpen) return true;
    this.#on.fill();
    this.#popup.hidden = false;
    this.#scrim.hidden = false;
    this.#room.open();
    this.describe();
    this.#on.toggled();
    return true;
  }

  /** @returns {true} */
  close() {
    if (!this.isOpen) return true;
    this.#list.mark(-1);
    this.#popup.hidden = true;
    this.#scrim.hidden = true;
    this.#room.close();
    this.describe();
    this.#on.toggled();
    return true;
  }

  /** Tells assistive technology what the list shows. */
  describe() {
    setAria(this.#input, "ariaExpanded", String(this.isOpen && this.#list.count > 0));
    const { active } = this.#list;
    if (active) this.#input.setAttribute("aria-activedescendant", active.element.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  /** Takes all listeners away. */
  end() {
    this.close();
    this.#aborter.abort();
  }

  #typed() {
    if (this.isOpen) {
      this.#on.fill();
      this.describe();
    } else {
      this.open();
    }
    this.#on.typed();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // An input method's own keys: its Enter accepts its text, its arrows walk its list.
    if (event.isComposing || event.keyCode === INPUT_METHOD) return;
    if (EDITING_KEYS.has(event.key)) return this.#unmark();
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = this.#keys[(event.altKey ? "Alt+" : "") + event.key];
    if (act?.()) event.preventDefault();
  }

  /** The keys of a text field act in the text field, and the mark in the list is gone. */
  #unmark() {
    this.#list.mark(-1);
    this.describe();
  }

  /** @param {() => void} move */
  #step(move) {
    this.open();
    move();
    this.describe();
    return true;
  }

  /** Enter accepts what is marked. With nothing marked it stands for the best match. */
  #enter() {
    if (!this.isOpen) return false;
    const option = this.#list.active ?? (this.#input.value.trim() ? this.#list.first : null);
    if (option) this.#on.take(option);
    else if (this.#list.count > 0) this.close();
    else return false;
    return true;
  }

  #toggleWatch() {
    const { active } = this.#list;
    if (active) this.#on.toggleWatch(active);
    return this.isOpen;
  }

  /** Esc closes the list; then it empties the box; then it goes back to where one came from. */
  #escape() {
    if (this.isOpen) return this.close();
    if (this.#input.value !== "") {
      this.#input.value = "";
      this.#on.cleared();
      return true;
    }
    return this.#goBack();
  }

  #goBack() {
    const to = this.#cameFrom;
    if (to === null) return false;
    if (to instanceof HTMLElement && to !== document.body && to.isConnected) to.focus();
    else this.#input.blur();
    return true;
  }

  /** The window that gets the focus back opens nothing. */
  #focused() {
    if (!this.#isInOtherWindow) this.open();
    this.#isInOtherWindow = false;
  }

  #blurred() {
    this.#isInOtherWindow = document.activeElement === this.#input;
    if (this.#isInOtherWindow) return;
    this.#cameFrom = null;
    this.close();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const { target } = event;
    const option = target instanceof Element ? this.#list.optionOf(target) : null;
    if (!option || !(target instanceof Element)) return;
    if (target.closest("[data-picker-star]")) return this.#on.toggleWatch(option);
    this.#on.take(option);
    // A finger has done with the on-screen keyboard, which covers the pair.
    if (event instanceof PointerEvent && event.pointerType === "touch") this.#input.blur();
  }
}
