/** @import { SafeStorage } from "../../lib/safe-storage.js" */
import { Tone } from "./tone.js";

const ICON = new URL("../../../img/icon-maskable-192.png", import.meta.url);
const KEY = "marketdeck:alerts:telling:v1";

/**
 * @typedef {NotificationPermission | "unsupported"} Permission
 * @typedef {{ title: string, body: string, tag: string, url: string }} Message
 */

/**
 * How a fired alert is told beside the list on the page: by a notification of the browser, where
 * the person wants and allows it, and by a sound. Dispatches `change`.
 */
export class Telling extends EventTarget {
  #storage;
  #open;
  #tone = new Tone();
  #wish;
  hasFailed = false;

  /**
   * @param {SafeStorage} storage
   * @param {(url: string) => void} open shows the page's state that a pressed notification names
   */
  constructor(storage, open) {
    super();
    this.#storage = storage;
    this.#open = open;
    const stored = storage.getJson(KEY);
    const volume = Number.isFinite(stored?.volume) ? stored.volume : 50;
    this.#wish = { notify: stored?.notify === true, sound: stored?.sound !== false, volume };
    navigator.serviceWorker?.addEventListener("message", ({ data }) => {
      if (data?.kind === "open-alert" && typeof data.url === "string") open(data.url);
    });
  }

  get wish() {
    return this.#wish;
  }

  /** @returns {Permission} */
  get permission() {
    return globalThis.Notification?.permission ?? "unsupported";
  }

  /** Whether sound is wanted and the browser does not allow it yet. */
  get isMuted() {
    return this.#wish.sound && this.#tone.isBlocked;
  }

  /** @param {Partial<{ notify: boolean, sound: boolean, volume: number }>} wish */
  set(wish) {
    this.#wish = { ...this.#wish, ...wish };
    this.#storage.setItem(KEY, JSON.stringify(this.#wish));
    this.dispatchEvent(new Event("change"));
  }

  /** Has the browser ask; to be called from a person's press. */
  async ask() {
    this.set({ notify: true });
    if (this.permission === "default") await Notification.requestPermission();
    this.dispatchEvent(new Event("change"));
  }

  /** Plays the sound as it will be. */
  preview() {
    this.#tone.play(this.#wish.volume / 100);
  }

  /** @param {Message} message */
  async tell(message) {
    if (this.#wish.sound) this.#tone.play(this.#wish.volume / 100);
    if (!this.#wish.notify || this.permission !== "granted") return;
    this.hasFailed = !(await this.#notify(message));
    this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {Message} message
   * @returns {Promise<boolean>} whether it was shown
   */
  async #notify({ title, body, tag, url }) {
    const options = { body, tag, icon: ICON.href, data: { url } };
    try {
      const notification = new Notification(title, options);
      notification.onclick = () => {
        window.focus();
        notification.close();
        this.#open(url);
      };
      return true;
    } catch (error) {
      // On Android only a service worker may show one.
      if (!(error instanceof TypeError)) throw error;
      return showByWorker(title, options);
    }
  }
}

/**
 * @param {string} title
 * @param {NotificationOptions} options
 */
async function showByWorker(title, options) {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.showNotification(title, options);
    return registration !== undefined;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
