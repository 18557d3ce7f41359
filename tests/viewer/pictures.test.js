import assert from "node:assert/strict";
import { test } from "node:test";

import { keyFrames } from "../../case_library/viewer/frontend/exports.js";
import { barLength } from "../../case_library/viewer/frontend/pictures.js";

test("a scale bar is a round length of about a sixth of the picture", () => {
  for (const [span_mm, length_mm] of [[60, 10], [59, 5], [38, 5], [120, 20], [12, 2], [300, 50]]) {
    assert.equal(barLength(span_mm), length_mm);
  }
});

const frame = (frame_number) => ({ frame_number });
const document = (lists) => ({ items: (name) => lists[name] ?? [] });
const CLIP = { clip_id: "clip-1", frame_count: 120 };

test("key frames are those measured, drawn, and where a phase begins, of this clip alone", () => {
  const lists = {
    measurements: [
      { marks: [{ clip_id: "clip-1", frame: frame(61), points: [] }] },
      { marks: [{ clip_id: "clip-2", frame: frame(7), points: [] }] },
    ],
    findings: [{ shapes: [{ clip_id: "clip-1", keyframes: [{ frame: frame(10) }, { frame: frame(61) }], first: frame(4) }] }],
    "clips/clip-1/phases": [{ first: frame(32) }],
  };
  assert.deepEqual(keyFrames(document(lists), CLIP), [4, 10, 32, 61]);
});

test("where nothing is marked they are the first, the middle and the last", () => {
  assert.deepEqual(keyFrames(document({}), CLIP), [1, 60, 120]);
});

test("there are never more than fit on a sheet, the first and the last among them", () => {
  const marks = Array.from({ length: 100 }, (_, i) => ({ clip_id: "clip-1", frame: frame(i + 1), points: [] }));
  const found = keyFrames(document({ measurements: [{ marks }] }), CLIP);
  assert.equal(found.length, 24);
  assert.deepEqual([found[0], found.at(-1)], [1, 100]);
});
