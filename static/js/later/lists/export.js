/** @import { Watchlists } from "../../state/watchlists.js" */

import { one, setText } from "../../views/dom.js";
import { fill, words } from "../../words.js";
import { control, offerCopy, openDialog } from "./dialog.js";
import { writeJson } from "./list-files.js";
import { writeTradingView } from "./tradingview.js";

const TYPES = { json: "application/json", txt: "text/plain" };

/** @param {Watchlists} lists */
export function openExport(lists) {
  const texts = words.watchlist.export_dialog;
  const opened = openDialog("export");
  const { dialog, form, options } = opened;
  const download = /** @type {HTMLAnchorElement} */ (one(dialog, "[data-download]"));
  setText(one(dialog, "[name=which] option"), fill(texts.this, { list: lists.open.name }));
  offerCopy(opened);
  form.addEventListener("change", show, options);
  dialog.addEventListener("close", () => URL.revokeObjectURL(download.href), options);
  show();

  function show() {
    const chosen = control(form, "which").value === "all" ? lists.lists : [lists.open];
    const format = control(form, "format").value === "txt" ? "txt" : "json";
    const text = format === "txt" ? writeTradingView(chosen) : writeJson(chosen);
    control(form, "text").value = text;
    URL.revokeObjectURL(download.href);
    download.href = URL.createObjectURL(new Blob([text], { type: TYPES[format] }));
    download.download = `${words.watchlist.file_name}.${format}`;
    setText(one(dialog, "[data-result]"), "");
  }
}
