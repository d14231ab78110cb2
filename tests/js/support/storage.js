/** A Web Storage that lives in memory; `limit` makes it as full as one likes. */
export function memoryStorage(limit = Number.POSITIVE_INFINITY) {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    values,
    /** @param {string} key */
    getItem: (key) => values.get(key) ?? null,
    /**
     * @param {string} key
     * @param {string} value
     */
    setItem: (key, value) => {
      if (value.length > limit) throw new DOMException("full", "QuotaExceededError");
      values.set(key, value);
    },
    /** @param {string} key */
    removeItem: (key) => values.delete(key),
  };
}

/** A Web Storage that the browser forbids. */
export const forbiddenStorage = {
  getItem: () => {
    throw new DOMException("cookies are blocked", "SecurityError");
  },
  setItem: () => {
    throw new DOMException("cookies are blocked", "SecurityError");
  },
  removeItem: () => {
    throw new DOMException("cookies are blocked", "SecurityError");
  },
};
