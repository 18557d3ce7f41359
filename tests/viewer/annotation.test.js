import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { shapeAt, withKeyframe, withoutKeyframe } from "../../case_library/viewer/frontend/annotation.js";

const table = JSON.parse(readFileSync(new URL("../model/interpolation_cases.json", import.meta.url), "utf8"));
const identity = (number) => (number === null ? null : { frame_number: number });
const shapeOf = ({ kind, first, last, keyframes }) => ({
  item_id: "s-1",
  clip_id: "clip-1",
  kind,
  first: identity(first),
  last: identity(last),
  keyframes: keyframes.map((keyframe) => ({ ...keyframe, frame: identity(keyframe.frame) })),
});

for (const { name, shape, at } of table.cases) {
  test(name, () => {
    for (const expected of at) {
      const now = shapeAt(shapeOf(shape), expected.frame);
      if (expected.hidden) {
        assert.equal(now, null);
        continue;
      }
      assert.equal(now.occluded, expected.occluded);
      assert.equal(now.isKeyframe, expected.is_keyframe);
      now.points.flat().forEach((value, i) => assert.ok(Math.abs(value - expected.points.flat()[i]) < 1e-9));
    }
  });
}

const drawn = shapeOf({ kind: "point", first: null, last: null, keyframes: [{ frame: 5, points: [[1, 2]] }] });

test("a correction between two keyframes becomes a keyframe, in order", () => {
  const later = withKeyframe(drawn, identity(9), [[5, 6]]);
  const corrected = withKeyframe(later, identity(7), [[30, 40]]);
  assert.deepEqual(corrected.keyframes.map(({ frame }) => frame.frame_number), [5, 7, 9]);
  assert.deepEqual(shapeAt(corrected, 8).points, [[17.5, 23]]);
});

test("a keyframe outside the range widens it", () => {
  const ranged = { ...drawn, first: identity(4), last: identity(6) };
  assert.equal(withKeyframe(ranged, identity(2), [[0, 0]]).first.frame_number, 2);
  assert.equal(withKeyframe(ranged, identity(8), [[0, 0]]).last.frame_number, 8);
});

test("a shape without its only keyframe is gone", () => {
  assert.equal(withoutKeyframe(drawn, 5), null);
  assert.equal(withoutKeyframe(withKeyframe(drawn, identity(9), [[0, 0]]), 5).keyframes.length, 1);
});
