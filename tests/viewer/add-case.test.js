import assert from "node:assert/strict";
import { test } from "node:test";

import { offerText, partOf } from "../../case_library/viewer/frontend/add-case-asked.js";
import { arrange, gaps, naturally } from "../../case_library/viewer/frontend/chosen-files.js";
import { between, coverage, moved, resized } from "../../case_library/viewer/frontend/mask-rects.js";
import { SeenArea } from "../../case_library/viewer/frontend/seen-area.js";
import { merged } from "../../case_library/viewer/frontend/suggestions.js";
import { itemsOf, sizeText } from "../../case_library/viewer/frontend/uploads.js";

const FRAME = { columns: 100, rows: 80 };
const file = (name, folder = "") => ({ file: { name, size: 10 }, folder });

test("files stand in natural order, folders kept together", () => {
  const { chosen } = arrange([file("clip10.dcm"), file("clip2.dcm"), file("a.dcm", "two"), file("a.dcm", "one")]);
  assert.deepEqual(chosen.map(({ name }) => name), ["clip2.dcm", "clip10.dcm", "a.dcm", "a.dcm"]);
  assert.ok(naturally("clip2", "clip10") < 0);
});

test("pictures with running numbers are one clip, and what is missing in between is said", () => {
  const { chosen, sequences } = arrange([file("p_003.png"), file("p_001.png"), file("p_010.png"), file("other.png"), file("x.dcm")]);
  assert.equal(sequences.length, 1);
  assert.equal(sequences[0].count, 3);
  assert.deepEqual(sequences[0].missing, [2, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(chosen.map(({ group }) => group), [0, 1, 1, 1, 0]);
});

test("pictures of two series, or of two folders, are two clips; two lone pictures are two stills", () => {
  const two = arrange([file("a1.png"), file("a2.png"), file("b1.png"), file("b2.png"), file("a1.png", "f"), file("a2.png", "f")]);
  assert.equal(two.sequences.length, 3);
  assert.deepEqual(arrange([file("left.png"), file("right.png")]).sequences, []);
});

test("numbered DICOM files are clips of their own", () => {
  assert.deepEqual(arrange([file("im1.dcm"), file("im2.dcm"), file("IM3")]).sequences, []);
});

test("what nobody meant is passed over", () => {
  const { chosen } = arrange([file(".DS_Store"), file("Thumbs.db"), file("DICOMDIR"), file("IM1")]);
  assert.deepEqual(chosen.map(({ name }) => name), ["IM1"]);
});

test("gaps are named, but not without end", () => {
  assert.deepEqual(gaps([1, 2, 3]), []);
  assert.deepEqual(gaps([1, 4]), [2, 3]);
  assert.equal(gaps([1, 100000]).length, 12);
});

test("the files of a sequence are one line of the list", () => {
  const { chosen, sequences } = arrange([file("p1.png"), file("p2.png"), file("p4.png"), file("a.dcm")]);
  const items = itemsOf(chosen, sequences);
  assert.equal(items.length, 2);
  assert.deepEqual(items.map(({ positions }) => positions), [[0], [1, 2, 3]]);
  assert.equal(items[1].size, 30);
  assert.match(items[1].note, /3 pictures as one clip; number 3 missing/);
});

test("sizes are readable", () => {
  assert.deepEqual([0, 999, 1000, 17_200_000, 999_600_000, 4.29e9].map(sizeText), ["0 bytes", "999 bytes", "1.0 kB", "17 MB", "1.0 GB", "4.3 GB"]);
});

test("empty fields are the whole clip, and a part is as large as its share of the frames", () => {
  const timed = { frame_count: 100, duration_s: 4, lossless_bytes: 1e6, compact_bytes: null };
  assert.deepEqual(partOf(timed, NaN, NaN), { part: { from_s: null, to_s: null }, share: 1, trouble: "" });
  assert.deepEqual(partOf(timed, 0, 9), { part: { from_s: null, to_s: null }, share: 1, trouble: "" });
  assert.deepEqual(partOf(timed, 1, 2), { part: { from_s: 1, to_s: 2 }, share: 0.25, trouble: "" });
  assert.equal(partOf(timed, 2, 2).share, 0.01);
  assert.equal(offerText(timed), "100 frames · 4.00 s");
});

test("a clip without times is cut by frame numbers", () => {
  const untimed = { frame_count: 10, duration_s: null, lossless_bytes: 1e6, compact_bytes: null };
  assert.deepEqual(partOf(untimed, 3, NaN), { part: { from_frame: 3, to_frame: null }, share: 0.8, trouble: "" });
  assert.deepEqual(partOf(untimed, 1, 5), { part: { from_frame: null, to_frame: 5 }, share: 0.5, trouble: "" });
  assert.match(partOf(untimed, 0, 5).trouble, /begin at 1/);
  assert.match(partOf(untimed, 1.5, 5).trouble, /whole/);
});

test("a part that holds nothing says why", () => {
  const timed = { frame_count: 100, duration_s: 4, lossless_bytes: 1e6, compact_bytes: null };
  assert.match(partOf(timed, 5, NaN).trouble, /ends at 4.00 s/);
  assert.match(partOf(timed, 3, 2).trouble, /before it begins/);
  assert.match(partOf(timed, -1, 2).trouble, /at 0 s/);
});

test("a drawn rectangle holds every pixel that it touches and stays inside the frame", () => {
  assert.deepEqual(between({ x: 10.2, y: 5.9 }, { x: 3.1, y: 9.1 }, FRAME), { x: 3, y: 5, width: 8, height: 5 });
  assert.deepEqual(between({ x: -5, y: -5 }, { x: 500, y: 500 }, FRAME), { x: 0, y: 0, width: 100, height: 80 });
  assert.deepEqual(between({ x: 100, y: 80 }, { x: 100, y: 80 }, FRAME), { x: 99, y: 79, width: 1, height: 1 });
});

test("whatever is pulled, a rectangle stays inside the frame and never empty", () => {
  const rect = { x: 20, y: 20, width: 30, height: 10 };
  for (const dx of [-1000, -31, -1, 0, 1, 31, 1000]) {
    for (const dy of [-1000, -11, 0, 11, 1000]) {
      for (const handle of ["n", "ne", "e", "se", "s", "sw", "w", "nw"]) {
        const { x, y, width, height } = resized(rect, handle, dx, dy, FRAME);
        assert.ok(x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= 100 && y + height <= 80);
        if (!handle.includes("w")) assert.equal(x, rect.x);
        if (!handle.includes("e")) assert.equal(x + width, rect.x + rect.width);
      }
      const shifted = moved(rect, dx, dy, FRAME);
      assert.deepEqual([shifted.width, shifted.height], [30, 10]);
      assert.ok(shifted.x >= 0 && shifted.y >= 0 && shifted.x + 30 <= 100 && shifted.y + 10 <= 80);
    }
  }
});

test("what rectangles cover is counted once", () => {
  assert.equal(coverage([], FRAME), 0);
  assert.equal(coverage([{ x: 0, y: 0, width: 100, height: 80 }], FRAME), 1);
  const overlapping = [
    { x: 0, y: 0, width: 20, height: 20 },
    { x: 10, y: 10, width: 20, height: 20 },
    { x: 12, y: 12, width: 3, height: 3 },
  ];
  assert.equal(coverage(overlapping, FRAME), 700 / 8000);
});

test("a suggestion adds to a person's boxes and takes none away", () => {
  const box = (x, origin) => ({ x, y: 0, width: 10, height: 10, origin, why: "" });
  const own = [box(0, "drawn")];
  assert.deepEqual(merged(own, [box(0, "static_text"), box(50, "static_text")]), [own[0], box(50, "static_text")]);
});

test("a frame is seen whole when every part of it was on screen at full size", () => {
  const area = new SeenArea({ columns: 100, rows: 70 });
  const canvas = { width: 60, height: 60 };
  area.add({ scaleX: 0.6, scaleY: 0.6, left: 0, top: 0 }, canvas, 1);
  assert.equal(area.share, 0);
  area.add({ scaleX: 1, scaleY: 1, left: 0, top: 0 }, canvas, 1);
  assert.ok(area.share > 0 && !area.whole);
  for (const [left, top] of [[-40, 0], [0, -10]]) area.add({ scaleX: 1, scaleY: 1, left, top }, canvas, 1);
  assert.ok(!area.whole);
  area.add({ scaleX: 1, scaleY: 1, left: -40, top: -10 }, canvas, 1);
  assert.ok(area.whole);
});

test("on a display of small pixels half the size is full size", () => {
  const area = new SeenArea({ columns: 100, rows: 70 });
  area.add({ scaleX: 0.5, scaleY: 0.5, left: 5, top: 5 }, { width: 60, height: 60 }, 2);
  assert.ok(area.whole);
});
