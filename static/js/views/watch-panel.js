/** @import { Watchlists } from "../state/watchlists.js" */
/** @import { Sources } from "./watch-rows.js" */
import { cleanName, parseKeys } from "../lib/watch-key.js";
import { fill, words } from "../words.js";
import { one, setData, setText } from "./dom.js";
import { WatchRows } from "./watch-rows.js";

const RECENT = " recent"; // no list's id holds a space
const SHARED_TOOLS = "[data-keep-shared], [data-show-mine]";
const STARTERS = ["spot:BTCUSDT", "spot:ETHUSDT", "spot:SOLUSDT"];
const SHARED_MAX = 150; // as many as the server takes from a link

/**
 * @typedef {EventTarget & { keys: () => string[] }} Recents newest first
 *
 * @typedef {object} Parts
 * @property {Watchlists} lists
 * @property {Recents} recents
 * @property {() => void} leaveShared shows the state without the list that the URL carries
 *
 * @typedef {object} Shown
 * @property {"own" | "recent" | "shared"} kind
 * @property {string} name
 * @property {string[]} keys
 */

/** The watchlist's panel: the open list, the recent pairs, or the list that the URL carries. */
export class WatchPanel {
  #root;
  #lists;
  #recents;
  #leaveShared;
  #rows;
  #showsRecent = false;
  #isHeld = false;
  #left = ""; // the address whose shared list is left: its next state may be some time in coming
  #aborter = new AbortController();

  /**
   * @param {Document} root
   * @param {Sources & Parts} parts
   */
  constructor(root, { lists, recents, leaveShared, ...sources }) {
    this.#root = root;
    this.#lists = lists;
    this.#recents = recents;
    this.#leaveShared = leaveShared;
    this.#rows = new WatchRows(root, sources);
    const options = { signal: this.#aborter.signal };
    lists.addEventListener("change", () => this.show(), options);
    lists.addEventListener("edit", (event) => this.#edited(event), options);
    recents.addEventListener("change", () => this.#showsRecent && this.show(), options);
    root.addEventListener("change", (event) => this.#chose(event), options);
    root.addEventListener("click", (event) => this.#clicked(event), options);
    root.addEventListener("click", (event) => this.#started(event), options);
  }

  /** Takes up what a swap has brought. */
  rebind() {
    this.#left = "";
    this.#rows.rebind();
    this.show();
  }

  /** @returns {Shown} */
  get shown() {
    const params = new URL(location.href).searchParams;
    const shared = params.get("list");
    if (shared && location.href !== this.#left) {
      const keys = parseKeys(shared).slice(0, SHARED_MAX);
      return { kind: "shared", name: cleanName(params.get("name") ?? ""), keys };
    }
    if (this.#showsRecent) {
      return { kind: "recent", name: words.watchlist.recent, keys: this.#recents.keys() };
    }
    return { kind: "own", ...this.#lists.open };
  }

  show() {
    if (this.#isHeld) return;
    const shown = this.shown;
    const panel = one(this.#root, "#watchlist");
    setData(panel, "list", shown.kind);
    one(panel, "[data-own-tools]").hidden = shown.kind === "shared";
    one(panel, "[data-shared-tools]").hidden = shown.kind !== "shared";
    setText(one(panel, "#watchlist-title"), titleOf(shown));
    setText(one(panel, "[data-watchlist-empty]"), emptyText(shown.kind));
    one(panel, "[data-watchlist-start]").hidden = shown.kind !== "own" || shown.keys.length > 0;
    this.#showChoice();
    this.#rows.show(shown.keys);
  }

  /**
   * While a row is dragged the others keep their places.
   *
   * @param {boolean} isHeld
   */
  hold(isHeld) {
    this.#isHeld = isHeld;
    if (!isHeld) this.show();
  }

  close() {
    this.#aborter.abort();
  }

  #showChoice() {
    const select = /** @type {HTMLSelectElement} */ (one(this.#root, "[data-list-choice]"));
    const { lists, open } = this.#lists;
    const own = lists.map(({ id, name }) => new Option(name, id));
    const automatic = document.createElement("optgroup");
    automatic.label = words.watchlist.automatic;
    automatic.append(new Option(words.watchlist.recent, RECENT));
    const fresh = [...own, automatic];
    const text = (/** @type {Element} */ { outerHTML }) => outerHTML;
    if (fresh.map(text).join() !== [...select.children].map(text).join()) {
      select.replaceChildren(...fresh);
    }
    select.value = this.#showsRecent ? RECENT : open.id;
  }

  /** @param {Event} event */
  #chose({ target }) {
    if (!(target instanceof HTMLSelectElement) || !target.matches("[data-list-choice]")) return;
    this.#showsRecent = target.value === RECENT;
    if (!this.#showsRecent) this.#lists.openList(target.value);
    this.show();
  }

  /**
   * Keeps the shared list, or goes back to one's own.
   *
   * @param {MouseEvent} event
   */
  #clicked(event) {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    const button = event.target instanceof Element && event.target.closest(SHARED_TOOLS);
    if (!button || !isPlain) return;
    event.preventDefault();
    const { name, keys } = this.shown;
    if (button.matches("[data-keep-shared]")) {
      this.#lists.create(name || words.watchlist.shared, keys);
      this.#showsRecent = false;
    }
    this.#left = location.href;
    this.show();
    this.#leaveShared();
  }

  /**
   * An empty list is filled with what most people look at.
   *
   * @param {MouseEvent} event
   */
  #started({ target }) {
    if (!(target instanceof Element) || !target.closest("[data-watchlist-start] button")) return;
    this.#lists.fill(STARTERS);
    one(this.#root, "#watchlist-body a").focus(); // where the button was, which is gone
  }

  /** @param {Event} event an edit of the lists themselves shows the list that it opened */
  #edited(event) {
    const { kind } = /** @type {CustomEvent} */ (event).detail;
    if (!this.#showsRecent || kind === "add" || kind === "remove") return;
    this.#showsRecent = false;
    this.show();
  }
}

/** @param {Shown} shown */
function titleOf({ kind, name }) {
  if (kind !== "shared") return name;
  return name ? fill(words.watchlist.shared_named, { name }) : words.watchlist.shared;
}

/** @param {Shown["kind"]} kind */
function emptyText(kind) {
  if (kind === "recent") return words.watchlist.empty_recent;
  return kind === "shared" ? words.watchlist.empty_shared : words.watchlist.empty;
}
