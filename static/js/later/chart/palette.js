/** The design's tokens that a chart is drawn with. */
const TOKENS = {
  ground: "--panel",
  text: "--text-dim",
  line: "--line",
  grid: "--line-soft",
  up: "--up",
  down: "--down",
  upSoft: "--up-soft",
  downSoft: "--down-soft",
  cross: "--text-faint",
};
const FONT = "--font-ui";
const WISHES = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"];

/** @typedef {Record<keyof typeof TOKENS | "font", string>} Colours */

/** The design's colours as they are now, and the news that they have changed. */
export class Palette {
  #panel;
  #changed;
  #observer = new MutationObserver(() => this.#look());
  #wishes = WISHES.map((wish) => matchMedia(wish));
  #aborter = new AbortController();
  #text;
  colours;

  /**
   * @param {HTMLElement} panel
   * @param {() => void} changed
   */
  constructor(panel, changed) {
    this.#panel = panel;
    this.#changed = changed;
    this.colours = read(panel);
    this.#text = JSON.stringify(this.colours);
    this.#observer.observe(document.documentElement, { attributes: true });
    const options = { signal: this.#aborter.signal };
    for (const wish of this.#wishes) wish.addEventListener("change", () => this.#look(), options);
  }

  close() {
    this.#observer.disconnect();
    this.#aborter.abort();
  }

  #look() {
    this.colours = read(this.#panel);
    const text = JSON.stringify(this.colours);
    if (text === this.#text) return;
    this.#text = text;
    this.#changed();
  }
}

/**
 * @param {HTMLElement} panel
 * @returns {Colours}
 */
function read(panel) {
  // A token's own value is still `light-dark(…)`: only as the colour of something is it decided.
  const probe = document.createElement("i");
  probe.hidden = true;
  // Forced colours would make text of every token: a chart all of one colour.
  probe.style.setProperty("forced-color-adjust", "none");
  panel.append(probe);
  const colours = Object.entries(TOKENS).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  const font = getComputedStyle(panel).getPropertyValue(FONT).trim();
  return Object.fromEntries([...colours, ["font", font]]);
}
