import { readFileSync } from "node:fs";

const FOLDER = new URL("../../../../shared/recorded/ws/", import.meta.url);

/**
 * @typedef {{ atMs: number, stream: string, data: any }} RecordedFrame
 * @typedef {{ atMs: number, symbol: string, body: any }} RecordedSnapshot
 */

/**
 * A combined stream as it was recorded, and the depth snapshots that go with it.
 *
 * @param {string} name
 * @returns {{ frames: RecordedFrame[], snapshots: RecordedSnapshot[] }}
 */
export function recorded(name) {
  return {
    frames: lines(`${name}.ws.1.0`)
      .filter((line) => /^[\d.]+: /.test(line))
      .map((line) => {
        const [time = "", json = ""] = split(line, ": ");
        return { atMs: Number(time) * 1000, ...JSON.parse(json) };
      }),
    snapshots: lines(`${name}.http.0.0`).map((line) => {
      const [url = "", rest = ""] = split(line, " -> ");
      const [time = "", json = ""] = split(rest, ": ");
      const symbol = new URL(url).searchParams.get("symbol") ?? "";
      return { atMs: Number(time) * 1000, symbol, body: JSON.parse(json) };
    }),
  };
}

/** @param {string} file */
function lines(file) {
  return readFileSync(new URL(file, FOLDER), "utf8").split("\n").filter(Boolean);
}

/**
 * @param {string} text
 * @param {string} mark
 */
function split(text, mark) {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
