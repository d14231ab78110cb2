/** @import { Alert, AlertDirection, AlertKind, AlertWish } from "./alerts.js" */
/** @import { Figure } from "./rules.js" */
/** @import { Permission } from "./telling.js" */
import { compare } from "../../lib/decimal.js";
import { all, one, setText } from "../../views/dom.js";
import { impliedStep, stepText } from "../../views/figures.js";
import { fill, words } from "../../words.js";
import { figureValue, isReached } from "./rules.js";
import { checkThreshold, readNumber } from "./wish.js";
import { figureText, measuredText, pairText, windowText } from "./wording.js";

/** @type {Record<AlertKind, AlertDirection[]>} */
const DIRECTIONS = {
  price: ["above", "below"],
  move: ["above", "below", "either"],
  spread: ["above", "below"],
};
const USUAL = { move: "2", spread: "5" };
const WINDOW_MS = "900000";

/**
 * @typedef {Pick<AlertWish, "market" | "symbol" | "base" | "quote" | "tickSize">} AlertPair
 *
 * @typedef {object} FormOptions
 * @property {AlertPair} pair
 * @property {Alert} [alert] that is to be changed; without it a new one is made
 * @property {Permission} permission of notifications
 * @property {boolean} asksToNotify whether the form offers to have the browser ask
 * @property {string} tellingWords what else is to be said of notifications
 * @property {(kind: AlertKind, windowMs: number) => Promise<Figure | null>} now the figure of now
 * @property {(wish: AlertWish, wantsNotifications: boolean) => void} done
 */

/** The form of one alert, beside the page and not over it. It goes when it is done or closed. */
export class AlertForm {
  #options;
  #dialog;
  #form;
  #returnTo = /** @type {HTMLElement | null} */ (document.activeElement);
  /** @type {Figure | null} */
  #now = null;
  /** What was asked about, and may be sent a second time. */
  #confirmed = "";
  #hasChosenDirection = false;
  #hasTyped = false;

  /**
   * @param {ParentNode} root
   * @param {FormOptions} options
   */
  constructor(root, options) {
    this.#options = options;
    const template = /** @type {HTMLTemplateElement} */ (one(root, "[data-alert-form]"));
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.#dialog = /** @type {HTMLDialogElement} */ (one(copy, "dialog"));
    this.#form = /** @type {HTMLFormElement} */ (one(copy, "form"));
    this.#label();
    this.#listen();
    document.body.append(this.#dialog);
    this.#fill();
    this.#dialog.show();
    this.#input("threshold").select();
  }

  get isOpen() {
    return this.#dialog.isConnected;
  }

  /** Keeps the price or spread of now up to date; a move is asked for once. */
  refresh() {
    if (this.#kind !== "move") this.#showNow();
  }

  close() {
    const hadFocus = this.#dialog.contains(document.activeElement);
    this.#dialog.remove();
    if (!hadFocus) return;
    const isThere = this.#returnTo?.isConnected;
    const target = isThere ? this.#returnTo : document.querySelector("[data-alert-new]");
    if (target instanceof HTMLElement) target.focus();
  }

  #label() {
    const { pair, alert, permission, asksToNotify, tellingWords } = this.#options;
    const { title_new: titleNew, title_edit: titleEdit, save } = words.alerts.form;
    setText(one(this.#dialog, "[data-alert-title]"), alert ? titleEdit : titleNew);
    const market = words.market.name[pair.market];
    setText(one(this.#dialog, "[data-alert-pair]"), `${pairText(pair)} ${market}`);
    if (alert) setText(this.#submit, save);
    one(this.#dialog, "[data-alert-ask]").hidden = !asksToNotify || permission !== "default";
    const note = one(this.#dialog, "[data-alert-telling]");
    note.hidden = tellingWords === "";
    setText(note, tellingWords);
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submitted();
    });
    for (const button of all(this.#dialog, "[data-alert-close]")) {
      button.addEventListener("click", () => this.close());
    }
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.#form.addEventListener("input", ({ target }) => {
      this.#changed(/** @type {HTMLInputElement} */ (target).name);
    });
  }

  #fill() {
    const { alert } = this.#options;
    const kind = alert?.kind ?? "price";
    one(this.#form, `[value="${kind}"]`).setAttribute("checked", "");
    this.#input("window").value = String(alert?.windowMs || WINDOW_MS);
    this.#input("repeats").checked = alert?.repeats ?? false;
    this.#input("note").value = alert?.note ?? "";
    this.#showKind();
    if (alert) {
      this.#input("direction").value = alert.direction;
      this.#input("threshold").value = stepText(alert.threshold, impliedStep([alert.threshold]));
      this.#hasChosenDirection = true;
      this.#hasTyped = true;
    }
    this.#showNow();
  }

  /** @param {string} name of the field that was changed */
  #changed(name) {
    this.#say("");
    if (name === "direction") this.#hasChosenDirection = true;
    if (name === "threshold") {
      this.#hasTyped = true;
      this.#turn();
    }
    if (name === "kind") {
      this.#hasChosenDirection = false;
      this.#hasTyped = false;
      this.#showKind();
    }
    if (name === "kind" || name === "window") this.#showNow();
  }

  #showKind() {
    const { directions, threshold, units } = words.alerts.form;
    const names = /** @type {Record<string, string>} */ (directions[this.#kind]);
    const options = DIRECTIONS[this.#kind].map((value) => new Option(names[value], value));
    this.#input("direction").replaceChildren(...options);
    const { kind, field } = { kind: this.#kind, field: this.#input("threshold") };
    field.ariaLabel = threshold[kind];
    setText(
      one(this.#form, "[data-alert-unit]"),
      kind === "price" ? this.#options.pair.quote : units[kind],
    );
    one(this.#form, "[data-alert-window]").hidden = kind !== "move";
    field.value = kind === "price" ? "" : USUAL[kind];
  }

  /** Tells the figure of now, from which a price starts. */
  async #showNow() {
    const kind = this.#kind;
    const windowMs = this.#windowMs;
    const now = await this.#options.now(kind, windowMs);
    if (!this.isOpen || kind !== this.#kind || windowMs !== this.#windowMs) return;
    this.#now = now;
    const { form } = words.alerts;
    const value = now && figureValue(kind, now);
    const text = value && measuredText({ kind, tickSize: this.#options.pair.tickSize }, value);
    const sentence = text
      ? fill(form.now[kind], { value: text, window: windowText(windowMs) })
      : form.unknown_now;
    setText(one(this.#form, "[data-alert-now]"), sentence);
    const isBlank = !this.#hasTyped && this.#input("threshold").value === "";
    if (kind === "price" && value && isBlank) this.#suggest(value);
  }

  /** @param {string} price */
  #suggest(price) {
    const { tickSize } = this.#options.pair;
    const field = this.#input("threshold");
    field.value = figureText({ kind: "price", tickSize }, price);
    if (document.activeElement === field) field.select();
  }

  /** Whoever types a lower price wants to hear of a fall, unless they said otherwise. */
  #turn() {
    const threshold = readNumber(this.#input("threshold").value);
    if (this.#hasChosenDirection || this.#kind !== "price" || !threshold || !this.#now) return;
    const isBelow = compare(threshold, this.#now.part) < 0;
    this.#input("direction").value = isBelow ? "below" : "above";
  }

  #submitted() {
    const { pair, done } = this.#options;
    const kind = this.#kind;
    const direction = /** @type {AlertDirection} */ (this.#input("direction").value);
    const checked = checkThreshold(
      { kind, direction, tickSize: pair.tickSize },
      this.#input("threshold").value,
    );
    if ("words" in checked) return this.#refuse(checked.words);
    const { threshold } = checked;
    const rule = { kind, direction, threshold };
    if (!this.#isConfirmed(rule)) return;
    const wish = {
      ...pair,
      ...rule,
      windowMs: kind === "move" ? this.#windowMs : 0,
      repeats: this.#input("repeats").checked,
      note: this.#input("note").value.trim(),
    };
    this.close();
    done(wish, this.#input("notify").checked);
  }

  /** @param {Pick<AlertWish, "kind" | "direction" | "threshold">} rule */
  #isConfirmed(rule) {
    const text = JSON.stringify(rule);
    if (!this.#now || this.#confirmed === text || !isReached(rule, this.#now)) return true;
    const { tickSize } = this.#options.pair;
    const value = measuredText({ kind: rule.kind, tickSize }, figureValue(rule.kind, this.#now));
    this.#say(fill(words.alerts.form.already, { value }));
    this.#confirmed = text;
    setText(this.#submit, words.alerts.form.anyway);
    return false;
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#say(sentence);
    const field = this.#input("threshold");
    field.ariaInvalid = "true";
    field.focus();
  }

  /** @param {string} sentence */
  #say(sentence) {
    setText(one(this.#form, "[data-alert-words]"), sentence);
    this.#input("threshold").ariaInvalid = null;
    this.#confirmed = "";
    const { submit, save } = words.alerts.form;
    setText(this.#submit, this.#options.alert ? save : submit);
  }

  get #kind() {
    return /** @type {AlertKind} */ (new FormData(this.#form).get("kind"));
  }

  get #windowMs() {
    return Number(this.#input("window").value);
  }

  get #submit() {
    return one(this.#dialog, "[data-alert-submit]");
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}
