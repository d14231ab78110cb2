import assert from "node:assert/strict";
import { test } from "node:test";
import { Settings } from "../../static/js/state/settings.js";

/**
 * @param {string} [text]
 * @param {string} [theme] of an older release
 */
function withCookie(text = "", theme = "") {
  const jar = { text };
  const settings = new Settings({
    read: () => jar.text,
    write: (written) => {
      jar.text = written;
    },
    readTheme: () => theme,
  });
  let changes = 0;
  settings.addEventListener("change", () => {
    changes += 1;
  });
  return { jar, settings, changes: () => changes };
}

test("without a cookie everything is as usual", () => {
  const { settings } = withCookie();
  assert.equal(settings.values.theme, "system");
  assert.deepEqual(settings.attributes, {
    theme: null,
    contrast: null,
    trendColours: null,
    density: null,
    flashes: null,
    columns: "price-1 change-2 volume-3 range-4 high-5 low-6",
  });
});

test("a change is kept whole and told", () => {
  const { jar, settings, changes } = withCookie();
  settings.change({ density: "compact", columns: ["base", "price"] });
  assert.equal(changes(), 1);
  const again = withCookie(jar.text).settings;
  assert.equal(again.values.density, "compact");
  assert.deepEqual(again.values.columns, ["price", "base"]);
  assert.equal(again.attributes.columns, "price-1 base-2");
});

test("no column at all is a choice too", () => {
  assert.deepEqual(withCookie("columns=").settings.values.columns, []);
});

test("what is unknown is as usual", () => {
  const { values } = withCookie("theme=pink&density=&flash=off&columns=price.nonsense").settings;
  assert.equal(values.theme, "system");
  assert.equal(values.density, "comfortable");
  assert.equal(values.flash, "off");
  assert.deepEqual(values.columns, ["price"]);
});

test("an older release's theme counts until there is a choice", () => {
  assert.equal(withCookie("", "light").settings.values.theme, "light");
  assert.equal(withCookie("theme=system", "light").settings.values.theme, "system");
});

test("what another tab has changed is taken, once", () => {
  const { jar, settings, changes } = withCookie();
  jar.text = "theme=dark";
  settings.refresh();
  settings.refresh();
  assert.equal(settings.values.theme, "dark");
  assert.equal(changes(), 1);
});
