import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lookOf, parseAmount, written, writtenPercent } from "../../static/js/lib/number-look.js";

const LOCALES =
  `en-US en-GB en-IN de-DE de-CH fr-FR es-ES es-MX pt-BR pl-PL ru-RU tr-TR ja-JP zh-CN hi-IN
  he-IL ar-EG fa-IR bn-BD sv-SE`.split(/\s+/);
const plainDecimals = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.stringMatching(/^\d{0,12}$/))
  .map(([whole, fraction]) => (fraction ? `${whole}.${fraction}` : `${whole}`));

test("thousands are set apart by the sizes of the locale", () => {
  const written_ = (/** @type {string} */ locale) => written("-1234567.80", lookOf(locale));
  assert.equal(written_("en-US"), "−1,234,567.80");
  assert.equal(written_("en-IN"), "−12,34,567.80");
  assert.equal(written_("de-DE"), "−1.234.567,80");
  assert.equal(written_("fa-IR"), "−۱٬۲۳۴٬۵۶۷٫۸۰");
  assert.equal(written("1234", lookOf("es-ES")), "1.234");
  assert.equal(written("123", lookOf("en-US")), "123");
  assert.equal(written("0", lookOf("en-US")), "0");
});

test("the percent sign stands where the locale has it, without marks of direction", () => {
  assert.equal(writtenPercent("0,49", lookOf("tr-TR")), "%0,49");
  assert.equal(writtenPercent("0,49", lookOf("de-DE")), "0,49\u00a0%");
  assert.equal(writtenPercent("٠٫٤٩", lookOf("ar-EG")), "٠٫٤٩٪");
});

test("what is written is understood when it is typed", () => {
  fc.assert(
    fc.property(fc.constantFrom(...LOCALES), plainDecimals, (locale, plain) => {
      const look = lookOf(locale);
      assert.equal(parseAmount(written(plain, look), look), plain);
    }),
    { numRuns: 3_000 },
  );
});

test("what a browser writes is understood too", () => {
  for (const locale of LOCALES) {
    const text = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(1234567.125);
    assert.equal(parseAmount(text, lookOf(locale)), "1234567.125", locale);
  }
});

for (const [locale, typed, amount] of /** @type {const} */ ([
  ["de-DE", "0,5", "0.5"],
  ["de-DE", "0.5", "0.5"],
  ["de-DE", "0.500", "0.500"],
  ["de-DE", "1.234", "1234"],
  ["de-DE", "1.234,5", "1234.5"],
  ["de-DE", "1.23,5", null],
  ["en-US", "1,5", "1.5"],
  ["en-US", "1,234", "1234"],
  ["en-US", "1,234.5", "1234.5"],
  ["en-US", "1.234,5", null],
  ["en-US", ".5", "0.5"],
  ["en-US", "5.", "5"],
  ["en-US", " 1 000 ", "1000"],
  ["en-IN", "12,34,567.5", "1234567.5"],
  ["de-CH", "1'000.5", "1000.5"],
  ["fr-FR", "1\u202f000,5", "1000.5"],
  ["fr-FR", "1 000.5", "1000.5"],
  ["ja-JP", "０．５", "0.5"],
  ["ar-EG", "٠٫٥", "0.5"],
  ["ar-EG", "0.5", "0.5"],
  ["fa-IR", "\u200e۱٬۰۰۰٫۵", "1000.5"],
  ["en-US", "", null],
  ["en-US", ".", null],
  ["en-US", "-1", null],
  ["en-US", "1e5", null],
  ["en-US", "1.2.3", null],
  ["en-US", "half", null],
])) {
  test(`in ${locale} "${typed}" is ${amount}`, () => {
    assert.equal(parseAmount(typed, lookOf(locale)), amount);
  });
}
