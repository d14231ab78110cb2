const PRINTABLE_ASCII = /^[ -~]*$/;
const INVISIBLE = /\p{Cf}/gu;
const SEPARATORS = /[\s\p{P}\p{S}]+/gu;

/**
 * The text without what people do not tell apart when they type: capitals, full width, and
 * characters that cannot be seen. Any script.
 *
 * @param {string} text
 */
export function fold(text) {
  if (PRINTABLE_ASCII.test(text)) return text.toLowerCase(); // nearly all are, and the rest is dear
  const plain = text.normalize("NFKC").replace(INVISIBLE, "");
  // By way of the capitals, as "ß" is found by "SS" and both sigmas are one; "İ" is an "i" too.
  return plain
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    .replaceAll("i\u0307", "i")
    .normalize("NFKC");
}

/**
 * The text's words, folded: "BTC/USDT perp" has "btc", "usdt" and "perp".
 *
 * @param {string} text
 */
export function foldedWords(text) {
  return fold(text).split(SEPARATORS).filter(Boolean);
}
