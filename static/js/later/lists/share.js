/** @import { Watchlists } from "../../state/watchlists.js" */

import { one, setText } from "../../views/dom.js";
import { fill, words } from "../../words.js";
import { control, offerCopy, openDialog } from "./dialog.js";
import { shareUrl } from "./share-url.js";

/** @param {Watchlists} lists */
export function openShare(lists) {
  const texts = words.watchlist.share_dialog;
  const { open } = lists;
  const opened = openDialog("share");
  const { dialog, form } = opened;
  const url = shareUrl(open, location.href);
  const text = control(form, "text");
  setText(one(dialog, "h2"), fill(texts.title, { list: open.name }));
  text.value = url ?? "";
  one(dialog, "label").hidden = url === null;
  one(dialog, "[data-copy]").hidden = url === null;
  if (url === null) {
    setText(one(dialog, "[data-result]"), fill(texts.too_long, { list: open.name }));
    return;
  }
  text.select();
  offerCopy(opened);
}
