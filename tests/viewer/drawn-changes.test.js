import assert from "node:assert/strict";
import { test } from "node:test";

import { kindOfTool } from "../../case_library/viewer/frontend/drawing-kinds.js";
import * as changes from "../../case_library/viewer/frontend/drawn-changes.js";
import { DrawnIndex } from "../../case_library/viewer/frontend/drawn.js";
import { CaseDocument } from "../../case_library/viewer/frontend/edits.js";
import { valueOf } from "../../case_library/viewer/frontend/measure.js";

const RULER = { trusted: true, origin: "us_region", why: ".", mm_per_px: null, main_region: 1, pixel_aspect: 1, regions: [{ number: 1, min_x: 0, min_y: 0, max_x: 479, max_y: 399, mm_per_px: [0.125, 0.125] }] };
const CLIPS = [{ clip_id: "clip-1", ruler: RULER }, { clip_id: "clip-2", ruler: RULER }];
const MEANS = { clips: CLIPS };
const mark = (points, frame_number = 1, clip_id = "clip-1") => ({ clip_id, frame_number, points });

function opened() {
  const document = new CaseDocument();
  document.editable = true;
  document.load(1, { measurements: [], findings: [{ item_id: "tear", shapes: [], measurements: [] }] });
  return document;
}
function measured(document, tool, ...marks) {
  const change = changes.newMeasurement(document, kindOfTool(tool), marks, MEANS);
  document.change("new", [change]);
  return change.item_id;
}
function drawnOn(document, frame, clip = "clip-1") {
  const index = new DrawnIndex();
  index.rebuild(document, (item) => valueOf(document, CLIPS, item.item_id));
  return index.on(clip, frame);
}

test("what is drawn is a measurement on its frame, with the number that was shown", () => {
  const document = opened();
  const id = measured(document, "length", mark([[176, 134], [304, 134]], 61));
  const item = document.get("measurements", id);
  assert.deepEqual(item.marks, [{ clip_id: "clip-1", frame: { frame_number: 61 }, points: [[176, 134], [304, 134]] }]);
  assert.deepEqual(item.recorded, { value: 16, unit: "mm", scale_origin: "us_region" });
  assert.equal(drawnOn(document, 60).length, 0);
  assert.equal(drawnOn(document, 61)[0].label, "16.0 mm");
});

test("a moved end changes the number, and what is compared with it", () => {
  const document = opened();
  const [first, other] = [8, 16].map((x) => measured(document, "length", mark([[0, 0], [x, 0]])));
  const share = changes.newComparison(document, document.get("measurements", first), document.get("measurements", other), "ratio", MEANS);
  document.change("share", [share]);
  assert.equal(document.get("measurements", share.item_id).recorded.value, 50);
  const [drawn] = drawnOn(document, 1);
  document.change("move", changes.movedTo(document, drawn, [[0, 0], [12, 0]], 1, MEANS));
  assert.equal(document.get("measurements", first).recorded.value, 1.5);
  assert.equal(document.get("measurements", share.item_id).recorded.value, 75);
  document.undo();
  assert.equal(document.get("measurements", share.item_id).recorded.value, 50);
});

test("a frame keeps what is known of it when a point on it moves", () => {
  const document = opened();
  const id = measured(document, "length", mark([[0, 0], [8, 0]]));
  const known = { frame_number: 1, sop_instance_uid: "2.25.1", stored_sha256: "00" };
  const item = document.get("measurements", id);
  document.put("measurements", { ...item, marks: [{ ...item.marks[0], frame: known }] }, "saved");
  document.change("move", changes.movedTo(document, drawnOn(document, 1)[0], [[0, 0], [9, 0]], 1, MEANS));
  assert.deepEqual(document.get("measurements", id).marks[0].frame, known);
});

test("a copy on another frame is a measurement of its own", () => {
  const document = opened();
  const id = measured(document, "length", mark([[0, 0], [8, 0]]));
  const copy = changes.copiedTo(document, drawnOn(document, 1)[0], "clip-2", 7, MEANS);
  document.change("copy", copy.changes);
  assert.notEqual(copy.itemId, id);
  assert.equal(drawnOn(document, 7, "clip-2")[0].itemId, copy.itemId);
});

test("a volume over two planes cannot be copied to one frame", () => {
  const document = opened();
  measured(document, "volume", mark([[0, 0], [80, 0]]), mark([[0, 0], [0, 80]]), mark([[0, 0], [80, 0]], 1, "clip-2"));
  assert.equal(drawnOn(document, 1)[0].label, "length · 0.52 cm³");
  assert.equal(changes.copiedTo(document, drawnOn(document, 1)[0], "clip-1", 2, MEANS), null);
});

test("what is removed takes along what was worked out from it, and findings forget it", () => {
  const document = opened();
  const [first, other] = [8, 16].map((x) => measured(document, "length", mark([[0, 0], [x, 0]])));
  document.change("share", [changes.newComparison(document, document.get("measurements", first), document.get("measurements", other), "ratio", MEANS)]);
  document.put("findings", { ...document.get("findings", "tear"), measurements: [first, other], dynamic_sign: { before: first, after: other } }, "sign");
  document.change("gone", changes.removed(document, drawnOn(document, 1)[0]));
  assert.deepEqual(document.items("measurements").map(({ item_id }) => item_id), [other]);
  assert.deepEqual(document.get("findings", "tear").measurements, [other]);
  assert.equal(document.get("findings", "tear").dynamic_sign, null);
  document.undo();
  assert.equal(document.items("measurements").length, 3);
});

test("a shape that is moved between two keyframes gets one there", () => {
  const document = opened();
  const shape = changes.newShape(kindOfTool("shape-line"), mark([[0, 0], [10, 0]]), "edge");
  document.change("shape", [changes.withShape(document, "tear", shape)]);
  assert.equal(drawnOn(document, 2).length, 0);
  const copy = changes.copiedTo(document, drawnOn(document, 1)[0], "clip-1", 11, MEANS);
  document.change("copy", copy.changes);
  const between = drawnOn(document, 6)[0];
  assert.equal(between.between, true);
  document.change("move", changes.movedTo(document, between, [[0, 5], [10, 5]], 6, MEANS));
  assert.deepEqual(drawnOn(document, 8)[0].points, [[0, 3], [10, 3]]);
  document.change("less", changes.removed(document, drawnOn(document, 6)[0], 6));
  assert.deepEqual(drawnOn(document, 8)[0].points, [[0, 0], [10, 0]]);
});

test("a shape has a range, and is hidden behind something from a keyframe on", () => {
  const document = opened();
  document.change("shape", [changes.withShape(document, "tear", changes.newShape(kindOfTool("shape-point"), mark([[1, 1]], 5), ""))]);
  document.change("from", changes.withRange(document, drawnOn(document, 5)[0], "first", 3));
  document.change("until", changes.withRange(document, drawnOn(document, 5)[0], "last", 9));
  assert.deepEqual([2, 3, 9, 10].map((frame) => drawnOn(document, frame).length), [0, 1, 1, 0]);
  document.change("hide", changes.withOcclusion(document, drawnOn(document, 7)[0], 7, [[1, 1]], true));
  assert.deepEqual([6, 7, 9].map((frame) => drawnOn(document, frame)[0].dashed), [false, true, true]);
});

test("an excursion is drawn on its second frame from where it began", () => {
  const document = opened();
  const id = measured(document, "excursion", mark([[10, 10]], 1), mark([[50, 40]], 9));
  assert.equal(document.get("measurements", id).recorded.value, 6.25);
  const [there] = drawnOn(document, 9);
  assert.deepEqual(there.points, [[10, 10], [50, 40]]);
  document.change("move", changes.movedTo(document, there, [[10, 10], [10, 90]], 9, MEANS));
  assert.equal(document.get("measurements", id).recorded.value, 10);
  assert.deepEqual(document.get("measurements", id).marks[0].points, [[10, 10]]);
});

test("without a trusted scale there is no millimetre", () => {
  const document = opened();
  const clips = [{ clip_id: "clip-1", ruler: { ...RULER, trusted: false, why: "The region is larger than the image" } }];
  const change = changes.newMeasurement(document, kindOfTool("length"), [mark([[0, 0], [3, 4]])], { clips });
  document.change("new", [change]);
  const shown = valueOf(document, clips, change.item_id);
  assert.equal(shown.text, "5.0 px");
  assert.equal(shown.trusted, false);
  assert.match(shown.why, /larger than the image/);
});
