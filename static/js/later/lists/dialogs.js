/** @import { Watchlists } from "../../state/watchlists.js" */
import { openExport } from "./export.js";
import { openImport } from "./import.js";
import { openNew, openRename } from "./name.js";
import { openShare } from "./share.js";

/** @type {Record<string, (lists: Watchlists) => void>} by what a menu asks for */
export const dialogs = {
  new: openNew,
  rename: openRename,
  share: openShare,
  import: openImport,
  export: openExport,
};
