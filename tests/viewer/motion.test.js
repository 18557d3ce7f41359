import assert from "node:assert/strict";
import { test } from "node:test";

import { heights } from "../../case_library/viewer/frontend/motion-ribbon.js";

test("the bars fill the ribbon, and one jump does not flatten the rest", () => {
  const change = Array.from({ length: 100 }, (_, k) => k % 10);
  assert.deepEqual(heights(change), change.map((value) => value / 9));
  const jumped = heights([...change, 500]);
  assert.equal(jumped.at(-1), 1);
  assert.ok(jumped[9] > 0.9);
});

test("a clip in which nothing moves has no bars, and a hole is none", () => {
  assert.deepEqual(heights([0, 0, 0]), [0, 0, 0]);
  assert.deepEqual(heights([0, null, 2]), [0, 0, 1]);
});
