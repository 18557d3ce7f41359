import assert from "node:assert/strict";
import { test } from "node:test";

import { cardAfterKey } from "../../case_library/viewer/frontend/card-grid.js";
import { matches, wordsOf } from "../../case_library/viewer/frontend/search-text.js";

const ENTRY = { title: "Élongation du muscle soléaire", summary: "Sprinter, Straße", slug: "case-7f3k" };

for (const [query, found] of [
  ["", true],
  ["soleaire", true],
  ["SPRINTER  élong", true],
  ["7f3k", true],
  ["strasse", true],
  ["soleaire tendon", false],
]) {
  test(`search “${query}” ${found ? "finds" : "does not find"}`, () => {
    assert.equal(matches(ENTRY, wordsOf(query)), found);
  });
}

for (const [index, key, expected] of [
  [0, "ArrowRight", 1],
  [0, "ArrowLeft", null],
  [1, "ArrowDown", 5],
  [3, "ArrowDown", 5],
  [5, "ArrowDown", null],
  [4, "ArrowDown", null],
  [5, "ArrowUp", 1],
  [0, "ArrowUp", null],
  [5, "ArrowRight", null],
  [2, "Home", 0],
  [2, "End", 5],
  [-1, "ArrowDown", 0],
  [-1, "ArrowRight", null],
  [2, "Enter", null],
]) {
  test(`six cards in rows of four: ${key} from ${index} goes to ${expected}`, () => {
    assert.equal(cardAfterKey(index, key, 4, 6), expected);
  });
}

test("no cards, nowhere to go", () => assert.equal(cardAfterKey(-1, "ArrowDown", 1, 0), null));
