/** @import { Settings } from "../state/settings.js" */

/** The quick switch between light and dark. */
export class ThemeToggle {
  #settings;
  #aborter = new AbortController();

  /**
   * @param {HTMLElement} button
   * @param {Settings} settings
   */
  constructor(button, settings) {
    this.#settings = settings;
    button.addEventListener("click", () => this.#toggle(), { signal: this.#aborter.signal });
  }

  close() {
    this.#aborter.abort();
  }

  #toggle() {
    const { theme } = this.#settings.values;
    const isDark =
      theme === "dark" ||
      (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
    this.#settings.change({ theme: isDark ? "light" : "dark" });
  }
}
