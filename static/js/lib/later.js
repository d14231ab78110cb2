/**
 * A part of the page whose code is loaded when it is first wanted.
 *
 * @template Code
 * @template Part
 */
export class Later {
  /** @type {Part | null} null until it is there */
  part = null;
  #load;
  #make;
  /** @type {Promise<Part | null> | null} */
  #opening = null;

  /**
   * @param {() => Promise<Code>} load an `import()`
   * @param {(code: Code) => Part} make
   */
  constructor(load, make) {
    this.#load = load;
    this.#make = make;
  }

  /** @returns {Promise<Part | null>} null when it is out of reach; the next wish tries again */
  want() {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open() {
    const code = await this.#load().catch(outOfReach);
    if (code === null) this.#opening = null;
    else this.part = this.#make(code);
    return this.part;
  }
}

/**
 * A module that could not be fetched; anything else is our own fault.
 *
 * @param {unknown} error
 */
function outOfReach(error) {
  if (!(error instanceof TypeError)) throw error;
  return null;
}
