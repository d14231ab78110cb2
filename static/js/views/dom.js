/**
 * The element that the selector finds, which the page cannot do without.
 *
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function one(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return found;
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(root, selector) {
  return /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]);
}

/**
 * Elements by their `data-field`, the first of each name.
 *
 * @param {ParentNode} root
 * @returns {Record<string, HTMLElement>}
 */
export function fields(root) {
  /** @type {Record<string, HTMLElement>} */
  const found = {};
  for (const element of all(root, "[data-field]")) found[element.dataset.field ?? ""] ??= element;
  return found;
}

/**
 * Writes the text only where it differs, so that what has not changed costs no layout.
 *
 * @param {HTMLElement | undefined} element
 * @param {string} text
 */
export function setText(element, text) {
  const node = element?.firstChild;
  if (node instanceof Text && element?.childNodes.length === 1) {
    if (node.data !== text) node.data = text;
  } else if (element) {
    element.textContent = text;
  }
}

/**
 * Writes a state for assistive technology only where it differs; null takes it away.
 *
 * @param {HTMLElement} element
 * @param {"ariaExpanded" | "ariaHidden"} name
 * @param {string | null} value
 */
export function setAria(element, name, value) {
  if (element[name] !== value) element[name] = value;
}

/**
 * Hides or shows only where that differs: the style of what is written again is worked out again.
 *
 * @param {HTMLElement} element
 * @param {boolean} isHidden
 */
export function setHidden(element, isHidden) {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}

/**
 * Writes a `data-` value only where it differs; null takes it away.
 *
 * @param {HTMLElement | undefined} element
 * @param {string} name as in `dataset`
 * @param {string | null} value
 */
export function setData(element, name, value) {
  if (!element || (element.dataset[name] ?? null) === value) return;
  if (value === null) delete element.dataset[name];
  else element.dataset[name] = value;
}
