import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The stand-in exchange (`tests/exchange/`) as a process of its own, with its control port. */
export class StandIn {
  /**
   * @param {import("node:child_process").ChildProcess} process
   * @param {Record<string, string>} urls
   */
  constructor(process, urls) {
    this.process = process;
    this.urls = urls;
  }

  static async start() {
    const python = process.env.PYTHON ?? ".venv/bin/python";
    const child = spawn(python, ["-m", "tests.exchange", "--port", "0"], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return new StandIn(child, JSON.parse(line));
  }

  /** @returns {Record<"spot" | "futures", string[]>} bases for a feed */
  get streams() {
    return { spot: [this.url("spot_stream")], futures: [this.url("futures_stream")] };
  }

  /** @param {string} name */
  url(name) {
    const url = this.urls[name];
    if (url === undefined) throw new Error(`the stand-in told no ${name}`);
    return url;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async control(method, path, body) {
    const response = await fetch(this.url("control") + path, {
      method,
      body: body && JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  }

  /**
   * What the exchange counted on a market's sockets.
   *
   * @param {"spot" | "futures"} venue
   */
  async sockets(venue) {
    return (await this.control("GET", "/counts"))[venue].ws;
  }

  /**
   * @param {"spot" | "futures"} venue
   * @param {string} path of Binance's REST API
   * @returns {Promise<any>}
   */
  async get(venue, path) {
    return (await fetch(this.url(venue) + path)).json();
  }

  async stop() {
    this.process.kill("SIGTERM");
    if (this.process.exitCode === null) await once(this.process, "exit");
  }
}
