import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, fill, words } from "../../static/js/words.js";

test("the words are those of the one file", () => {
  assert.equal(words.connection.live, "Live");
});

test("names are filled in, and one that nobody knows stays", () => {
  assert.equal(
    fill("{price} on {market}, {other}", { price: "1", market: "spot" }),
    "1 on spot, {other}",
  );
});

test("a count has the form of its language", () => {
  const forms = { one: "{count} pair", other: "{count} pairs" };
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(forms, count)),
    ["0 pairs", "1 pair", "2 pairs"],
  );
});
