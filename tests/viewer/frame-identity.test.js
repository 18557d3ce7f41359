import assert from "node:assert/strict";
import { test } from "node:test";

import { CaseDocument } from "../../case_library/viewer/frontend/edits.js";
import { alteredFrames, alteredWords } from "../../case_library/viewer/frontend/frame-identity.js";

const identity = (frame_number, stored_sha256) => ({ frame_number, stored_sha256 });

function document() {
  const made = new CaseDocument();
  made.load(1, {
    findings: [{ item_id: "f", shapes: [{ clip_id: "clip-1", keyframes: [{ frame: identity(2, "b"), points: [[1, 2]] }] }] }],
    measurements: [{ item_id: "m", marks: [{ clip_id: "clip-2", frame: identity(2, "other"), points: [] }] }],
    "clips/clip-1/phases": [{ item_id: "p", first: identity(1, "a"), last: identity(3, "c") }],
    "clips/clip-1/patient_marks": [{ item_id: "k", frame: identity(3, null) }],
  });
  return made;
}

test("frames with the bytes they had are no news, and of other clips nothing is said", () => {
  const found = alteredFrames(document(), "clip-1", ["a", "b", "c"]);
  assert.deepEqual(found, { altered: [], moved: [], numbers: [] });
  assert.equal(alteredWords(found), "");
});

test("a clip that lost its first frame is noticed, and says where the frames are now", () => {
  const found = alteredFrames(document(), "clip-1", ["b", "c", "d"]);
  assert.deepEqual(found.altered.map(({ item_id }) => item_id), ["f", "p"]);
  assert.deepEqual(found.numbers, [1, 2, 3]);
  // The phase began on a frame that is gone; the shape can be put back on its own.
  assert.deepEqual(found.moved.map(({ item_id }) => item_id), ["f"]);
  assert.deepEqual(found.moved[0].item.shapes[0].keyframes[0], { frame: identity(1, "b"), points: [[1, 2]] });
  assert.match(alteredWords(found), /^2 items hang on frames that are others now \(1, 2, 3\)/);
});

test("a clip that was encoded anew has none of its frames, and nothing is moved", () => {
  const found = alteredFrames(document(), "clip-1", ["x", "y", "z"]);
  assert.equal(found.altered.length, 2);
  assert.deepEqual(found.moved, []);
});

test("a picture that is there twice is not guessed at", () => {
  assert.deepEqual(alteredFrames(document(), "clip-1", ["b", "x", "b"]).moved, []);
});
