/**
 * Keeps one release of the page's shell and files for the time in which the server does not
 * answer. The server puts `self.RELEASE` before this text.
 *
 * Pages come from the network first. Files have their release's version in their path, so what is
 * kept can never be mixed with another release's; those that few want are kept once they have been
 * asked for. A new release's worker waits until no page of
 * the old one is open, so nothing is dropped under it. `/api/` is not touched.
 *
 * @typedef {Event & { waitUntil: (done: Promise<unknown>) => void }} LifeEvent
 * @typedef {Event & { request: Request, respondWith: (answer: Promise<Response>) => void }} AskEvent
 */

const PAGE_TIMEOUT_MS = 3_000;
const CACHE_PREFIX = "marketdeck-";
// Only a proxy gives these, with a page of its own: ours answers with a page that the browser fills.
const PROXY_ERRORS = [502, 504];

/** @type {{ version: string, shell: string, files: Record<string, string>, later: string[] }} */
const RELEASE = /** @type {any} */ (self).RELEASE;
const CACHE = CACHE_PREFIX + RELEASE.version;

self.addEventListener("install", (event) => /** @type {LifeEvent} */ (event).waitUntil(keep()));
self.addEventListener("activate", (event) => /** @type {LifeEvent} */ (event).waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const ask = /** @type {AskEvent} */ (event);
  const answer = answerTo(ask.request);
  if (answer) ask.respondWith(answer);
});

// A pressed notification of an alert shows its pair: in a page that is open, or in a new one.
self.addEventListener("notificationclick", (event) => {
  const press = /** @type {LifeEvent & { notification: Notification }} */ (event);
  press.notification.close();
  press.waitUntil(showAlert(press.notification.data?.url ?? "/markets"));
});

/** @param {string} url */
async function showAlert(url) {
  const { clients } = /** @type {any} */ (self);
  const [page] = await clients.matchAll({ type: "window" });
  if (!page) return clients.openWindow(url);
  page.postMessage({ kind: "open-alert", url });
  return page.focus();
}

async function keep() {
  const cache = await caches.open(CACHE);
  // A file of another release, from a server that is just being replaced, fails its check.
  const urls = Object.keys(RELEASE.files).filter((url) => !RELEASE.later.includes(url));
  await cache.addAll(urls.map(checked));
}

/** @param {string} url */
function checked(url) {
  const integrity = RELEASE.files[url];
  return new Request(url, { integrity, cache: "no-cache", credentials: "omit" });
}

/** The page that brought the first worker has parts that it loads later from what is kept. */
async function begin() {
  await tidy();
  await /** @type {any} */ (self).clients.claim();
}

async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHE_PREFIX) && name !== CACHE) await caches.delete(name);
  }
}

/**
 * @param {Request} request
 * @returns {Promise<Response> | null} null leaves it to the browser
 */
function answerTo(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return null;
  if (request.mode === "navigate") return pathname === "/markets" ? page(request) : null;
  if (RELEASE.later.includes(pathname)) return keptFromNowOn(pathname);
  return pathname in RELEASE.files ? kept(request) : null;
}

/** @param {Request} request */
async function page(request) {
  try {
    const answer = await Promise.race([fetch(request), tooLate()]);
    return PROXY_ERRORS.includes(answer.status) ? await kept(RELEASE.shell) : answer;
  } catch {
    return kept(RELEASE.shell);
  }
}

/** @returns {Promise<never>} */
function tooLate() {
  return new Promise((_, reject) => setTimeout(reject, PAGE_TIMEOUT_MS));
}

/** @param {string} url */
async function keptFromNowOn(url) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(url, { ignoreVary: true });
  if (known) return known;
  const answer = await fetch(checked(url));
  if (answer.ok) await cache.put(url, answer.clone());
  return answer;
}

/** @param {Request | string} wanted */
async function kept(wanted) {
  const cache = await caches.open(CACHE);
  return (await cache.match(wanted, { ignoreVary: true })) ?? fetch(wanted);
}
