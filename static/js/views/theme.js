const COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600;

/** Switches between light and dark; the server reads the cookie, so a reload does not flicker. */
export class ThemeToggle {
  #aborter = new AbortController();

  /** @param {HTMLElement} button */
  constructor(button) {
    // The page that a browser keeps is nobody's own: the server has not read this one's cookie.
    const chosen = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1];
    if (chosen) document.documentElement.dataset.theme = chosen;
    button.addEventListener("click", () => this.#toggle(), { signal: this.#aborter.signal });
  }

  close() {
    this.#aborter.abort();
  }

  #toggle() {
    const root = document.documentElement;
    const isDark =
      getComputedStyle(root).colorScheme.startsWith("dark") ||
      (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = isDark ? "light" : "dark";
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${COOKIE_MAX_AGE_SECONDS}; samesite=lax`;
  }
}
