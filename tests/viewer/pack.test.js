import assert from "node:assert/strict";
import { test } from "node:test";

import {
  PackError,
  SegmentReader,
  brokenIn,
  parseIndex,
  segmentOf,
  segmentsNearest,
} from "../../case_library/viewer/frontend/pack.js";

const INDEX = {
  format: 1,
  frame_count: 7,
  columns: 4,
  rows: 4,
  media_type: "image/jpeg",
  passed_through: true,
  segments: [
    { first: 0, lengths: [3, 5, 1] },
    { first: 3, lengths: [2, 2, 2] },
    { first: 6, lengths: [4] },
  ],
};

test("a sound index is taken as it is", () => {
  assert.equal(parseIndex(INDEX, 7), INDEX);
});

for (const [name, change] of [
  ["of another format", { format: 2 }],
  ["without segments", { segments: null }],
  ["with a gap", { segments: [INDEX.segments[0], INDEX.segments[2]] }],
  ["with an empty frame", { segments: [{ first: 0, lengths: [1, 0, 1, 1, 1, 1, 1] }] }],
  ["with a broken length", { segments: [{ first: 0, lengths: [1.5, 1, 1, 1, 1, 1, 1] }] }],
  ["with too few frames", { segments: INDEX.segments.slice(0, 2) }],
  ["of another clip", { frame_count: 8 }],
]) {
  test(`an index ${name} is refused`, () => {
    assert.throws(() => parseIndex({ ...INDEX, ...change }, 7), PackError);
  });
}

test("a frame without a picture takes no bytes, where the index says why", () => {
  const broken = { ...INDEX, segments: [{ first: 0, lengths: [1, 1, 0, 1, 1, 1, 1] }], broken: { 3: "it is damaged" } };
  assert.equal(parseIndex(broken, 7), broken);
  assert.deepEqual([1, 2, 3].map((frame) => brokenIn(broken, frame)), [undefined, "it is damaged", undefined]);
  assert.throws(() => parseIndex({ ...broken, broken: { 4: "it is damaged" } }, 7), PackError);
});

test("no index at all is refused", () => {
  assert.throws(() => parseIndex(null, 7), PackError);
  assert.throws(() => parseIndex("<!doctype html>", 7), PackError);
});

test("every frame lies in the segment that begins before it", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map((frame) => segmentOf(INDEX, frame)), [0, 0, 0, 1, 1, 1, 2]);
});

test("the wanted segment comes first, then outwards", () => {
  const index = { ...INDEX, segments: Array.from({ length: 6 }, (_, k) => ({ first: k, lengths: [1] })) };
  assert.deepEqual(segmentsNearest(index, 2), [2, 3, 1, 4, 0, 5]);
  assert.deepEqual(segmentsNearest(index, 5), [5, 4, 3, 2, 1, 0]);
});

test("a segment is cut into the same frames however it is chopped", () => {
  const segment = { first: 10, lengths: [3, 5, 1, 7] };
  const body = Uint8Array.from({ length: 16 }, (_, k) => k);
  for (let size = 1; size <= 16; size += 1) {
    const reader = new SegmentReader(segment);
    const frames = [];
    for (let at = 0; at < 16; at += size) frames.push(...reader.push(body.subarray(at, at + size)));
    reader.finish();
    assert.deepEqual(frames.map((frame) => frame.frameIndex), [10, 11, 12, 13]);
    assert.deepEqual(frames.flatMap((frame) => [...frame.bytes]), [...body]);
    assert.deepEqual(frames.map((frame) => frame.bytes.length), segment.lengths);
  }
});

test("a frame is handed out as soon as its last byte is here", () => {
  const reader = new SegmentReader({ first: 0, lengths: [2, 2] });
  assert.equal(reader.push(new Uint8Array(1)).length, 0);
  assert.equal(reader.push(new Uint8Array(1)).length, 1);
});

test("a body that is too short or too long is refused", () => {
  const short = new SegmentReader({ first: 0, lengths: [2, 2] });
  short.push(new Uint8Array(3));
  assert.throws(() => short.finish(), PackError);
  assert.throws(() => new SegmentReader({ first: 0, lengths: [2] }).push(new Uint8Array(3)), PackError);
});
