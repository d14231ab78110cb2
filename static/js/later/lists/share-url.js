const KEYS_MAX = 150; // as many as a page takes from a link
const URL_MAX_LENGTH = 3_900; // servers refuse a first line of a request above 4,094

/**
 * A link that shows the list to someone else; null when it is too long for one.
 *
 * @param {{ name: string, keys: string[] }} list
 * @param {string} pageUrl
 */
export function shareUrl({ name, keys }, pageUrl) {
  const { origin, pathname } = new URL(pageUrl);
  const list = keys.map(encodeURIComponent).join().replaceAll("%3A", ":");
  const query = `?list=${list}&name=${encodeURIComponent(name)}`;
  const isShort = keys.length <= KEYS_MAX && pathname.length + query.length <= URL_MAX_LENGTH;
  return isShort ? origin + pathname + query : null;
}
