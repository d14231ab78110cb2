/** @import { Telling } from "./telling.js" */

import { one, setText } from "../../views/dom.js";
import { words } from "../../words.js";

/** The switches at the panel's foot: how alerts are told, and words where the browser forbids it. */
export class TellingControls {
  #root;
  #telling;

  /**
   * @param {Document} root
   * @param {Telling} telling
   */
  constructor(root, telling) {
    this.#root = root;
    this.#telling = telling;
    telling.addEventListener("change", () => this.paint());
    root.addEventListener("change", ({ target }) => this.#changed(target));
    root.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("[data-alerts-allow]")) telling.ask();
    });
    // The first press anywhere lets the browser play sounds.
    for (const type of ["pointerup", "keyup"]) root.addEventListener(type, () => this.paint());
  }

  paint() {
    const { wish, permission } = this.#telling;
    const foot = one(this.#root, "[data-alerts-telling]");
    input(foot, "sound").checked = wish.sound;
    input(foot, "volume").value = String(wish.volume);
    input(foot, "volume").disabled = !wish.sound;
    input(foot, "notify").checked = wish.notify;
    one(foot, "[data-alerts-notify]").hidden = permission !== "granted";
    one(foot, "[data-alerts-allow]").hidden = permission !== "default";
    const note = one(foot, "[data-alerts-telling-note]");
    const sentence = this.sentence();
    setText(note, sentence);
    note.hidden = sentence === "";
  }

  /** @returns {string} what cannot be done, and what remains */
  sentence() {
    const { isMuted, hasFailed } = this.#telling;
    const { sound_blocked: soundBlocked, failed } = words.alerts.telling;
    const sentences = [
      this.notificationWords,
      hasFailed ? failed : "",
      isMuted ? soundBlocked : "",
    ];
    return sentences.filter(Boolean).join(" ");
  }

  /** @returns {string} "" while notifications can be had */
  get notificationWords() {
    const { denied, unsupported } = words.alerts.telling;
    const { permission } = this.#telling;
    if (permission === "denied") return denied;
    return permission === "unsupported" ? unsupported : "";
  }

  /** @param {EventTarget | null} target */
  #changed(target) {
    if (!(target instanceof HTMLInputElement) || !target.closest("[data-alerts-telling]")) return;
    if (target.name === "volume") this.#telling.set({ volume: Number(target.value) });
    else if (target.name === "sound") this.#telling.set({ sound: target.checked });
    else if (target.name === "notify") this.#telling.set({ notify: target.checked });
    if (target.name !== "notify" && this.#telling.wish.sound) this.#telling.preview();
  }
}

/**
 * @param {HTMLElement} foot
 * @param {string} name
 */
function input(foot, name) {
  return /** @type {HTMLInputElement} */ (one(foot, `[name="${name}"]`));
}
