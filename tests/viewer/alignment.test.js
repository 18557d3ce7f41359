import assert from "node:assert/strict";
import { test } from "node:test";

import { alignedBy, anchorsOf, pairsOf, refusalOf, warped } from "../../case_library/viewer/frontend/alignment.js";

const clip = (frame_count, frame_time_s, trusted = true) => ({
  frame_count,
  clock: { origin: "frame_time", trusted, frame_time_s, frame_times_s: null },
});
const phase = (kind, first, last, name = "") => ({ kind, name, first: { frame_number: first }, last: { frame_number: last } });

test("by frame, the frames that were put together stay together, and the end holds", () => {
  const to = alignedBy("frame", clip(100, 0.04), clip(50, 0.04), [10, 5]);
  assert.deepEqual([10, 11, 3, 99].map(to), [5, 6, 0, 49]);
});

test("by time, a clip of twice the rate goes two frames for one", () => {
  const to = alignedBy("time", clip(50, 0.04), clip(100, 0.02), [0, 0]);
  assert.deepEqual([0, 1, 10].map(to), [0, 2, 20]);
  const later = alignedBy("time", clip(50, 0.04), clip(100, 0.02), [5, 20]);
  assert.equal(later(6), 22);
});

test("by phase, both begin and end every phase together", () => {
  const one = [phase("rest", 1, 30), phase("contraction", 31, 60), phase("release", 61, 90)];
  const other = [phase("rest", 1, 10), phase("contraction", 11, 70), phase("release", 71, 90)];
  const to = alignedBy("phase", clip(90, 0.04), clip(90, 0.04), [0, 0], one, other);
  assert.deepEqual([0, 29, 30, 59, 60].map(to), [0, 9, 10, 69, 70]);
  assert.equal(to(89), 89);
});

test("a phase that only one clip has is passed over", () => {
  const one = [phase("rest", 1, 10), phase("stretch", 11, 20), phase("contraction", 21, 30)];
  const other = [phase("rest", 1, 5), phase("contraction", 6, 30)];
  assert.deepEqual(pairsOf(one, other).map(([a]) => a.kind), ["rest", "contraction"]);
});

test("phases go by their order: the second contraction is the second one", () => {
  const twice = [phase("contraction", 1, 5), phase("rest", 6, 10), phase("contraction", 11, 15)];
  assert.deepEqual(pairsOf(twice, twice).map(([, b]) => b.first.frame_number), [1, 6, 11]);
});

test("named phases of one kind are told apart by their names", () => {
  const pairs = pairsOf([phase("contraction", 1, 5, "strong effort")], [phase("contraction", 1, 5, "light effort")]);
  assert.equal(pairs.length, 0);
});

test("the warp never turns back", () => {
  const one = clip(60, 0.05);
  const other = clip(80, 0.03);
  const to = alignedBy("phase", one, other, [0, 0], [phase("rest", 1, 20), phase("contraction", 21, 40)], [phase("rest", 5, 9), phase("contraction", 30, 31)]);
  const frames = Array.from({ length: 60 }, (_, i) => to(i));
  frames.slice(1).forEach((frame, i) => assert.ok(frame >= frames[i]));
  assert.equal(frames[20], 29);
});

test("anchors rise in both clips even where phases overlap", () => {
  const overlapping = [phase("rest", 1, 30), phase("contraction", 20, 40)];
  const anchors = anchorsOf(clip(60, 0.04), clip(60, 0.04), overlapping, overlapping);
  anchors.slice(1).forEach(([a, b], i) => assert.ok(a > anchors[i][0] && b > anchors[i][1]));
});

test("beyond the outer anchors it goes on at the same speed", () => {
  assert.equal(warped([[0, 0], [10, 20]], 12), 24);
  assert.equal(warped([[0, 0], [10, 20]], -1), -2);
});

test("what cannot be aligned says why", () => {
  assert.equal(refusalOf("frame", clip(9, 0.04), clip(9, 0.04), [], []), "");
  assert.match(refusalOf("time", clip(9, 0.04), clip(9, 0.04, false), [], []), /not trusted/);
  assert.match(refusalOf("phase", clip(9, 0.04), clip(9, 0.04), [phase("rest", 1, 9)], []), /no phase in common/);
});
