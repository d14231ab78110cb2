/** @import { Candidate } from "./candidates.js" */
/** @import { Recents } from "../../state/recents.js" */
/** @import { LastKnown } from "../../state/last-known.js" */
/** @import { PriceBook } from "../../state/prices.js" */
/** @import { LoadedSymbols } from "../../state/symbols.js" */
/** @import { PickerOption } from "./option.js" */

import { one, setHidden, setText } from "../../views/dom.js";
import { counted, fill, words } from "../../words.js";
import { Announcer } from "./announcer.js";
import { candidates } from "./candidates.js";
import { Combobox } from "./combobox.js";
import { PickerFigures } from "./figures.js";
import { PickerList } from "./list.js";
import { describeKind } from "./pair-kind.js";
import { rank, wantedBy } from "./ranking.js";

// What those import in their turn: named here, all of it comes in one round trip.
import "./marked-text.js";
import "./matched-letters.js";
import "./option.js";
import "./room.js";
import "./section.js";
import "./slips.js";

const RECENT_MAX = 6;
const POPULAR_MAX = 6;
const OPTIONS_MAX = RECENT_MAX + POPULAR_MAX; // of matches, which take the room of both
// The table costs a browser many times what the options do: it waits until nobody types.
const FILTER_AFTER_MS = 300;

/**
 * @typedef {object} Parts
 * @property {PriceBook} prices
 * @property {LastKnown} lastKnown
 * @property {(key: string) => string} tickSize "" when it is not known
 * @property {Recents} recents
 * @property {(candidate: Candidate) => void} choose
 * @property {() => void} toggled the list of options was opened or closed
 * @property {(key: string) => void} toggleWatch puts the pair into the watchlist or takes it out
 */

/** The box that finds a pair in both markets, and filters the table by what is typed. */
export class Picker {
  #root;
  #figures;
  #input;
  #none;
  #on;
  #list;
  #combobox;
  #announcer;
  #aborter = new AbortController();
  /** @type {Candidate[]} */
  #all = [];
  /** @type {Map<string, Candidate>} */
  #byKey = new Map();
  /** @type {Set<string>} */
  #watched = new Set();
  /** @type {Candidate | null} whose watch switch was pressed here, until the watchlist shows it */
  #switching = null;
  #filtered = ""; // the text by which the table is filtered
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #filterTimer;

  /**
   * @param {ParentNode} root
   * @param {Parts} parts
   */
  constructor(root, parts) {
    this.#on = parts;
    this.#input = /** @type {HTMLInputElement} */ (one(root, "#find"));
    this.#none = one(root, "[data-picker-none]");
    this.#announcer = new Announcer(one(root, "[data-picker-status]"));
    this.#root = root;
    this.#figures = new PickerFigures(parts);
    this.#list = new PickerList(one(root, "#find-options"), this.#figures, [
      RECENT_MAX,
      POPULAR_MAX,
    ]);
    const elements = {
      input: this.#input,
      popup: one(root, "[data-picker-popup]"),
      scrim: one(root, "[data-picker-scrim]"),
    };
    this.#combobox = new Combobox(elements, this.#list, {
      fill: () => this.#fill(),
      typed: () => this.#filterAfter(FILTER_AFTER_MS),
      cleared: () => this.#filterAfter(0),
      toggled: () => this.#toggled(),
      take: (option) => this.#take(option),
      toggleWatch: (option) => this.#toggleWatch(option),
    });
    const options = { signal: this.#aborter.signal };
    parts.recents.addEventListener("change", () => this.#refresh(), options);
  }

  get isOpen() {
    return this.#combobox.isOpen;
  }

  /** @param {LoadedSymbols[]} lists of both markets, as far as they are known */
  setLists(lists) {
    this.#all = candidates(lists, describeKind);
    this.#byKey = new Map(this.#all.map((candidate) => [candidate.key, candidate]));
    this.#refresh();
  }

  /** @param {string[]} keys of the watchlist */
  setWatched(keys) {
    this.#watched = new Set(keys);
    this.#list.paintWatched((key) => this.#watched.has(key));
    const switched = this.#switching;
    if (switched) this.#announcer.say(() => this.#watchText(switched));
    this.#switching = null;
  }

  /** @param {string} text by which the table is filtered */
  setFilter(text) {
    this.#filtered = text;
  }

  /** What was typed is not wanted any more. */
  drop() {
    clearTimeout(this.#filterTimer);
    this.#combobox.close();
  }

  /** The page holds other rows now. */
  rebind() {
    this.#figures.learn(this.#root);
  }

  /**
   * Goes on with what was typed before this code was there.
   *
   * @param {Element | null} cameFrom where Esc leads back to
   */
  takeUp(cameFrom) {
    if (document.activeElement === this.#input) this.#combobox.takeUp(cameFrom);
    this.#filterAfter(FILTER_AFTER_MS);
  }

  /** Writes what is known by now of the options' prices. */
  paint() {
    if (this.isOpen) this.#list.paint();
  }

  focus() {
    this.#combobox.focus();
  }

  close() {
    this.#aborter.abort();
    this.#combobox.end();
    clearTimeout(this.#filterTimer);
  }

  #toggled() {
    if (!this.isOpen) this.#announcer.hush();
    this.#on.toggled();
  }

  /** Something else than the text has changed. */
  #refresh() {
    if (!this.isOpen) return;
    this.#fill(true);
    this.#combobox.describe();
  }

  #fill(keepsActive = false) {
    const wanted = wantedBy(this.#input.value);
    const { matches, count } = rank(this.#all, wanted, OPTIONS_MAX);
    const isSuggesting = wanted.whole === "";
    const sections = isSuggesting ? this.#suggestions() : inSections(matches);
    const isWatched = (/** @type {string} */ key) => this.#watched.has(key);
    this.#list.show(sections, { wanted, isWatched, keepsActive });
    this.#tell(isSuggesting ? this.#list.count : count, isSuggesting);
  }

  /** What there is to choose from before anything is typed. */
  #suggestions() {
    const recent = this.#on.recents.keys().flatMap((key) => this.#byKey.get(key) ?? []);
    const shown = recent.slice(0, RECENT_MAX);
    const popular = [];
    for (const candidate of this.#all) {
      if (popular.length === POPULAR_MAX) break;
      if (candidate.kind !== "dated" && !shown.includes(candidate)) popular.push(candidate);
    }
    return [
      { title: words.picker.recent, candidates: shown },
      { title: words.picker.popular, candidates: popular },
    ];
  }

  /**
   * @param {number} count of what was found, or is suggested
   * @param {boolean} isSuggesting
   */
  #tell(count, isSuggesting) {
    const isEmpty = this.#list.count === 0;
    setHidden(this.#none, !isEmpty);
    if (isEmpty) {
      const missing = this.#missingText();
      setText(this.#none, missing);
      this.#announcer.say(() => missing);
    } else {
      this.#announcer.say(() => countText(count, isSuggesting));
    }
  }

  #missingText() {
    const { loading, none } = words.picker;
    return this.#all.length === 0 ? loading : fill(none, { text: this.#input.value });
  }

  /** @param {PickerOption} option */
  #take({ candidate }) {
    if (!candidate) return;
    this.#dropFilter();
    this.#input.value = "";
    this.#combobox.close();
    this.#on.choose(candidate);
  }

  /** @param {PickerOption} option */
  #toggleWatch({ candidate }) {
    if (!candidate) return;
    this.#switching = candidate;
    this.#on.toggleWatch(candidate.key);
  }

  /** @param {Candidate} candidate */
  #watchText({ key, symbol, label }) {
    const { now_watched: on, not_watched: off } = words.picker;
    return fill(this.#watched.has(key) ? on : off, { symbol, kind: label });
  }

  /** A filter that waits or is under way would come after the pair, and take its place in the URL. */
  #dropFilter() {
    clearTimeout(this.#filterTimer);
    this.#input.dispatchEvent(new Event("htmx:abort"));
  }

  /** @param {number} pauseMs */
  #filterAfter(pauseMs) {
    clearTimeout(this.#filterTimer);
    this.#filterTimer = setTimeout(() => {
      if (this.#input.value.trim() === this.#filtered) return;
      this.#filtered = this.#input.value.trim();
      this.#input.dispatchEvent(new Event("filter"));
    }, pauseMs);
  }
}

/** @param {Candidate[]} matches which need no titles, and take the options one after the other */
function inSections(matches) {
  const [first, second] = [matches.slice(0, RECENT_MAX), matches.slice(RECENT_MAX)];
  return [first, second].map((candidates) => ({ title: "", candidates }));
}

/**
 * @param {number} count of what was found, or is suggested
 * @param {boolean} isSuggesting
 */
function countText(count, isSuggesting) {
  const { found, found_more: foundMore, suggested } = words.picker;
  if (isSuggesting) return counted(suggested, count);
  if (count <= OPTIONS_MAX) return counted(found, count);
  return fill(counted(foundMore, count), { shown: OPTIONS_MAX });
}
