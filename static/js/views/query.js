/** @import { Market } from "../streams/routes.js" */

/** @typedef {"symbol" | "price" | "change" | "volume"} SortColumn */

/** @type {Record<SortColumn, "asc" | "desc">} */
const USUAL_DIRECTIONS = { symbol: "asc", price: "desc", change: "desc", volume: "desc" };

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
    return (this.#params.get("q") ?? "").normalize("NFC").trim();
  }

  get pair() {
    return (this.#params.get("pair") ?? "").normalize("NFC").trim();
  }

  /** @returns {SortColumn | null} null is the order of popularity */
  get sort() {
    const name = this.#params.get("sort") ?? "";
    return name in USUAL_DIRECTIONS ? /** @type {SortColumn} */ (name) : null;
  }

  /** @returns {"asc" | "desc"} */
  get direction() {
    const asked = this.#params.get("dir");
    if (asked === "asc" || asked === "desc") return asked;
    return this.sort ? USUAL_DIRECTIONS[this.sort] : "desc";
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
   * A heading's link: its usual direction, then the other, then popularity again.
   *
   * @param {SortColumn} column
   */
  sortUrl(column) {
    const usual = USUAL_DIRECTIONS[column];
    if (this.sort !== column) return this.url({ sort: column, dir: "" });
    if (this.direction === usual) return this.url({ dir: usual === "asc" ? "desc" : "asc" });
    return this.url({ sort: "", dir: "" });
  }

  /** @param {SortColumn} column */
  ariaSort(column) {
    if (this.sort !== column) return "none";
    return this.direction === "asc" ? "ascending" : "descending";
  }
}
