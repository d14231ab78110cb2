/** @import { Watchlists } from "../../state/watchlists.js" */
import { cleanName } from "../../lib/watch-key.js";
import { one, setText } from "../../views/dom.js";
import { words } from "../../words.js";
import { control, openDialog } from "./dialog.js";

/** @param {Watchlists} lists */
export function openNew(lists) {
  askName(words.watchlist.name_dialog.new, "", (name) => lists.create(name));
}

/** @param {Watchlists} lists */
export function openRename(lists) {
  const { id, name } = lists.open;
  askName(words.watchlist.name_dialog.rename, name, (other) => lists.rename(id, other));
}

/**
 * @param {string} title
 * @param {string} name
 * @param {(name: string) => void} done
 */
function askName(title, name, done) {
  const { dialog, form, options } = openDialog("name");
  setText(one(dialog, "h2"), title);
  const input = control(form, "name");
  input.value = name;
  input.select();
  input.setCustomValidity("");
  input.addEventListener("input", () => input.setCustomValidity(""), options);
  form.addEventListener("submit", (event) => submit(event), options);

  /** @param {SubmitEvent} event */
  function submit(event) {
    const clean = cleanName(input.value);
    if (clean) return done(clean);
    event.preventDefault();
    input.setCustomValidity(words.watchlist.name_dialog.empty);
    input.reportValidity();
  }
}
