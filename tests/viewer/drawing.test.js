import assert from "node:assert/strict";
import { test } from "node:test";

import { Drawing } from "../../case_library/viewer/frontend/drawing.js";
import { kindOfTool } from "../../case_library/viewer/frontend/drawing-kinds.js";

const HERE = { clip_id: "clip-1", frame_number: 5 };
function drawing(tool) {
  const done = [];
  const made = new Drawing(kindOfTool(tool), (marks) => done.push(marks));
  made.at(HERE);
  return { made, done };
}
const drag = (made, from, to) => {
  made.press(from, 1);
  made.move(to, 1);
  made.release(to, true);
};
const click = (made, at) => {
  made.press(at, 1);
  made.release(at, false);
};

test("a length is drawn by one drag", () => {
  const { made, done } = drawing("length");
  drag(made, [1, 2], [30.5, 2.25]);
  assert.deepEqual(done, [[{ ...HERE, points: [[1, 2], [30.5, 2.25]] }]]);
});

test("or by a click at each end", () => {
  const { made, done } = drawing("length");
  click(made, [1, 2]);
  assert.equal(done.length, 0);
  made.move([20, 2], 1);
  assert.deepEqual(made.preview, [[1, 2], [20, 2]]);
  click(made, [30, 2]);
  assert.deepEqual(done[0][0].points, [[1, 2], [30, 2]]);
});

test("an angle is two lines, and each is asked for", () => {
  const { made, done } = drawing("angle");
  assert.match(made.prompt, /fascicle/);
  drag(made, [0, 0], [10, 10]);
  assert.match(made.prompt, /aponeurosis/);
  drag(made, [0, 20], [10, 20]);
  assert.equal(done[0][0].points.length, 4);
});

test("three clicks and Enter make an angle at the middle one", () => {
  const { made, done } = drawing("angle");
  click(made, [0, 0]);
  made.move([10, 0], 1);
  click(made, [10, 0]);
  click(made, [10, 10]);
  made.finish();
  assert.deepEqual(done[0][0].points, [[0, 0], [10, 0], [10, 10]]);
});

test("an outline closes at its first corner, at a double click or by Enter", () => {
  for (const end of [(made) => click(made, [1, 0]), (made) => made.finish()]) {
    const { made, done } = drawing("outline");
    for (const corner of [[0, 0], [50, 0], [50, 50]]) click(made, corner);
    end(made);
    assert.deepEqual(done[0][0].points, [[0, 0], [50, 0], [50, 50]]);
  }
  const { made, done } = drawing("outline");
  for (const corner of [[0, 0], [50, 0], [50, 50], [50, 50]]) click(made, corner);
  made.finish();
  assert.equal(done[0][0].points.length, 3);
});

test("drawing round something sets points along the way", () => {
  const { made } = drawing("outline");
  made.press([0, 0], 1);
  for (let x = 1; x <= 30; x += 1) made.move([x, 0], 1);
  assert.equal(made.points.length, 5);
});

test("too few corners are no outline", () => {
  const { made, done } = drawing("outline");
  click(made, [0, 0]);
  click(made, [50, 0]);
  made.finish();
  assert.equal(done.length, 0);
});

test("an ellipse is drawn in a box, from any corner", () => {
  const { made, done } = drawing("ellipse");
  drag(made, [50, 40], [10, 20]);
  assert.deepEqual(done[0][0].points, [[30, 30], [50, 30], [30, 40]]);
});

test("three diameters may lie on two frames of two clips", () => {
  const { made, done } = drawing("volume");
  drag(made, [0, 0], [10, 0]);
  drag(made, [5, -5], [5, 5]);
  assert.match(made.prompt, /3 of 3/);
  assert.equal(made.at({ clip_id: "clip-2", frame_number: 1 }), false);
  drag(made, [0, 0], [8, 0]);
  assert.deepEqual(done[0].map(({ clip_id }) => clip_id), ["clip-1", "clip-1", "clip-2"]);
});

test("half a line does not go along to another frame", () => {
  const { made, done } = drawing("length");
  click(made, [0, 0]);
  assert.equal(made.at({ ...HERE, frame_number: 6 }), true);
  click(made, [10, 0]);
  assert.equal(done.length, 0);
});

test("points are taken back one by one", () => {
  const { made } = drawing("outline");
  click(made, [0, 0]);
  click(made, [50, 0]);
  assert.equal(made.back(), true);
  assert.deepEqual(made.points, [[0, 0]]);
  made.back();
  assert.equal(made.back(), false);
});

test("a click alone makes a point", () => {
  const { made, done } = drawing("shape-point");
  click(made, [3, 4]);
  assert.deepEqual(done[0][0].points, [[3, 4]]);
});

test("both ends of a line are never one place", () => {
  const { made, done } = drawing("length");
  click(made, [3, 4]);
  made.move([3, 4], 1);
  click(made, [3, 4]);
  assert.equal(done.length, 0);
});
