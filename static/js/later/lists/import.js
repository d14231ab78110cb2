/** @import { NamedKeys, Unread } from "./tradingview.js" */
/** @import { Watchlists } from "../../state/watchlists.js" */

import { KEYS_MAX } from "../../lib/watch-key.js";
import { one } from "../../views/dom.js";
import { counted, fill, words } from "../../words.js";
import { control, openDialog } from "./dialog.js";
import { FILE_MAX_BYTES, LISTS_MAX, readListFile, UnreadableFile } from "./list-files.js";

const REPORTED_MAX = 50;
const TEXT_MAX_LENGTH = 60;

/** @param {Watchlists} lists */
export function openImport(lists) {
  const { dialog, form, options } = openDialog("import");
  const result = one(dialog, "[data-result]");
  form.addEventListener("submit", submit, options);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    try {
      const read = readListFile(await textOf(form));
      lists.importLists(read.lists);
      if (read.unread.length === 0) dialog.close();
      else result.replaceChildren(paragraph(doneText(read.lists)), ...report(read.unread));
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      result.replaceChildren(paragraph(refusal(error.reason)));
    }
  }
}

/** @param {HTMLFormElement} form */
async function textOf(form) {
  const file = control(form, "file").files?.[0];
  if (file && file.size > FILE_MAX_BYTES) throw new UnreadableFile("too_big");
  return file ? await file.text() : control(form, "text").value;
}

/** @param {NamedKeys[]} lists */
function doneText(lists) {
  const pairs = lists.reduce((sum, { keys }) => sum + keys.length, 0);
  return fill(words.watchlist.import_dialog.done, {
    lists: counted(words.watchlist.said.import, lists.length),
    pairs: counted(words.watchlist.import_dialog.pairs, pairs),
  });
}

/** @param {UnreadableFile["reason"]} reason */
function refusal(reason) {
  const limits = { limit: FILE_MAX_BYTES / 1000, lists: LISTS_MAX, pairs: KEYS_MAX };
  return fill(words.watchlist.import_dialog[reason], limits);
}

/** @param {Unread[]} unread */
function report(unread) {
  const texts = words.watchlist.import_dialog;
  const list = document.createElement("ul");
  const entries = unread.slice(0, REPORTED_MAX).map(({ number, text, reason }) =>
    fill(texts.entry, {
      number,
      text: `\u2068${text.slice(0, TEXT_MAX_LENGTH)}\u2069`,
      reason: texts.reasons[reason],
    }),
  );
  const more = unread.length - entries.length;
  if (more > 0) entries.push(counted(texts.and_more, more));
  for (const entry of entries) {
    const item = document.createElement("li");
    item.textContent = entry;
    list.append(item);
  }
  return [paragraph(counted(texts.unread, unread.length)), list];
}

/** @param {string} text */
function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
