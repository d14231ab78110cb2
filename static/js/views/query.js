/** @import { Market } from "../streams/routes.js" */
/** @import { Direction, SortColumn } from "../state/columns.js" */
import { USUAL_DIRECTIONS } from "../state/columns.js";
import { VIEWS } from "../state/table-views.js";

// All that cannot be seen but the joiners, which some scripts spell with.
const DIRECTION_MARKS = /(?![\u200c\u200d])\p{Cf}/gu;

/** The page's state as it stands in the URL, read as `webapp/markets/query.py` reads it. */
export class Query {
  #params;

  /** @param {URLSearchParams | string} params */
  constructor(params) {
    this.#params = new URLSearchParams(params);
  }

  /** @param {string} url */
  static ofUrl(url) {
    return new Query(new URL(url, document.baseURI).searchParams);
  }

  /** @returns {Market} */
  get market() {
    return this.#params.get("market") === "futures" ? "futures" : "spot";
  }

  get q() {
    return clean(this.#params.get("q"));
  }

  get pair() {
    return clean(this.#params.get("pair"));
  }

  /** Which pairs the table shows: one of VIEWS, "" for all of them. */
  get view() {
    const name = this.#params.get("view") ?? "";
    return Object.hasOwn(VIEWS, name) ? name : "";
  }

  /** @returns {SortColumn | null} the view's own where none is asked for; null is popularity */
  get sort() {
    return this.#askedSort ?? VIEWS[this.view]?.column ?? null;
  }

  /** @returns {Direction} */
  get direction() {
    const asked = this.#params.get("dir");
    const column = this.#askedSort;
    if (!column) return VIEWS[this.view]?.direction ?? "desc";
    return asked === "asc" || asked === "desc" ? asked : USUAL_DIRECTIONS[column];
  }

  /** Whether what the table shows, or its order, goes with the prices. */
  get followsPrices() {
    return this.view !== "" || (this.sort !== null && this.sort !== "symbol");
  }

  /** Whether the table has another order than its view's own. */
  get #isSorted() {
    const own = VIEWS[this.view];
    const isOwn = own?.column === this.sort && own?.direction === this.direction;
    return this.#askedSort !== null && !isOwn;
  }

  /** @returns {SortColumn | null} */
  get #askedSort() {
    const name = this.#params.get("sort") ?? "";
    return Object.hasOwn(USUAL_DIRECTIONS, name) ? /** @type {SortColumn} */ (name) : null;
  }

  /**
   * A relative link to this state with some of its parts changed; "" leaves a part out.
   *
   * @param {Record<string, string>} changes
   */
  url(changes = {}) {
    const params = new URLSearchParams(this.#params);
    params.set("market", this.market);
    for (const [name, value] of Object.entries(changes)) params.set(name, value);
    for (const name of [...params.keys()]) if (params.get(name) === "") params.delete(name);
    return `?${params}`;
  }

  /**
   * A view's link: with it comes its own order.
   *
   * @param {string} view
   */
  viewUrl(view) {
    return this.url({ view, sort: "", dir: "" });
  }

  /**
   * A heading's link: its usual direction, then the other, then the view's own order again.
   *
   * @param {SortColumn} column
   */
  sortUrl(column) {
    const usual = USUAL_DIRECTIONS[column];
    if (this.sort !== column) return this.url({ sort: column, dir: "" });
    const isOwnColumn = VIEWS[this.view]?.column === column;
    if (this.#isSorted && (isOwnColumn || this.direction !== usual)) {
      return this.url({ sort: "", dir: "" });
    }
    const other = this.direction === "asc" ? "desc" : "asc";
    return this.url({ sort: column, dir: other === usual ? "" : other });
  }

  /** @param {SortColumn} column */
  ariaSort(column) {
    if (this.sort !== column) return "none";
    return this.direction === "asc" ? "ascending" : "descending";
  }
}

/**
 * Without the marks of direction that came along when a text was copied.
 *
 * @param {string | null} text
 */
function clean(text) {
  return (text ?? "").replace(DIRECTION_MARKS, "").normalize("NFC").trim();
}
