/**
 * Brings what the Tab key has reached wholly into sight. Browsers leave it where it is when some of
 * it is seen already, below a bar that stays or at the edge of a strip.
 */
export class FocusInSight {
  #aborter = new AbortController();

  /** @param {Document} root */
  constructor(root) {
    const options = { signal: this.#aborter.signal };
    root.addEventListener("keyup", ({ key }) => key === "Tab" && show(root), options);
  }

  close() {
    this.#aborter.abort();
  }
}

/** @param {Document} root */
function show({ activeElement, body }) {
  if (activeElement === body) return;
  activeElement?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
