import { one, setText } from "../../views/dom.js";
import { words } from "../../words.js";

/**
 * @typedef {object} Opened
 * @property {HTMLDialogElement} dialog
 * @property {HTMLFormElement} form
 * @property {AddEventListenerOptions} options for listeners that go when the dialog closes
 */

/**
 * Opens one of the page's dialogs, empty.
 *
 * @param {string} name
 * @returns {Opened}
 */
export function openDialog(name) {
  const dialog = /** @type {HTMLDialogElement} */ (one(document, `[data-dialog=${name}]`));
  const form = /** @type {HTMLFormElement} */ (one(dialog, "form"));
  const aborter = new AbortController();
  const options = { signal: aborter.signal };
  form.reset();
  dialog.querySelector("[data-result]")?.replaceChildren();
  dialog.addEventListener("close", () => aborter.abort(), options);
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close(), options);
  dialog.showModal();
  return { dialog, form, options };
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function control(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/**
 * Has the dialog's copy button copy its text; where that is not allowed it is selected.
 *
 * @param {Opened} opened
 */
export function offerCopy({ dialog, form, options }) {
  const text = control(form, "text");
  const copy = async () => {
    const isCopied = await copyText(text.value);
    text.select();
    setText(
      one(dialog, "[data-result]"),
      isCopied ? words.watchlist.copied : words.watchlist.copy_by_hand,
    );
  };
  one(dialog, "[data-copy]").addEventListener("click", copy, options);
}

/** @param {string} text */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    // There is no clipboard without HTTPS, and it can be forbidden.
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}
