/**
 * @typedef {{ kind: "data", stream: string, data: unknown }
 *   | { kind: "answer", id: unknown, error: string | null }
 *   | { kind: "shutdown" }} Frame
 */

/**
 * Reads one message of a combined stream.
 *
 * @param {unknown} text
 * @returns {Frame | null} null when it cannot be understood
 */
export function readFrame(text) {
  const message = parseObject(text);
  if (message === null) return null;
  if ("stream" in message) return readStreamed(message);
  if (message.e === "serverShutdown") return { kind: "shutdown" };
  if ("result" in message) return { kind: "answer", id: message.id, error: null };
  const refusal = isObject(message.error) ? message.error : message;
  if (!("code" in refusal)) return null;
  return { kind: "answer", id: message.id, error: `${refusal.msg ?? ""} (code ${refusal.code})` };
}

/**
 * @param {Record<string, unknown>} message
 * @returns {Frame | null}
 */
function readStreamed({ stream, data }) {
  if (typeof stream !== "string" || typeof data !== "object" || data === null) return null;
  if ("e" in data && data.e === "serverShutdown") return { kind: "shutdown" };
  return { kind: "data", stream, data };
}

/**
 * @param {unknown} text
 * @returns {Record<string, unknown> | null}
 */
function parseObject(text) {
  if (typeof text !== "string") return null;
  try {
    const message = JSON.parse(text);
    return isObject(message) ? message : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
