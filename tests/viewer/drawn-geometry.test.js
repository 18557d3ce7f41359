import assert from "node:assert/strict";
import { test } from "node:test";

import {
  betweenLayers,
  distanceTo,
  handlesOf,
  meeting,
  prolongedBetween,
  snapped,
  straightened,
  withHandle,
} from "../../case_library/viewer/frontend/drawn-geometry.js";

const near = (found, expected) =>
  found.flat().forEach((value, i) => assert.ok(Math.abs(value - expected.flat()[i]) < 1e-9, `${found} is not ${expected}`));

test("a corner of a box takes its two sides along", () => {
  const box = [[10, 10], [50, 40]];
  assert.deepEqual(handlesOf("box", box), [[10, 10], [50, 10], [50, 40], [10, 40]]);
  assert.deepEqual(withHandle("box", box, 1, [60, 5]), [[10, 5], [60, 40]]);
  assert.deepEqual(withHandle("box", box, 3, [0, 45]), [[0, 10], [50, 45]]);
});

test("the second half-diameter of an ellipse turns with the first", () => {
  const upright = [[0, 0], [20, 0], [0, 10]];
  near(withHandle("ellipse", upright, 1, [0, 30]), [[0, 0], [0, 30], [-10, 0]]);
  near(withHandle("ellipse", upright, 2, [0, 15]), [[0, 0], [20, 0], [0, 15]]);
  near(withHandle("ellipse", upright, 0, [5, 5]), [[5, 5], [25, 5], [5, 15]]);
});

test("on pixels twice as high as wide it turns as it looks", () => {
  near(withHandle("ellipse", [[0, 0], [20, 0], [0, 10]], 1, [0, 10], 2), [[0, 0], [0, 10], [-20, 0]]);
});

test("an outline is near along its closing side too, and an ellipse along its curve", () => {
  assert.equal(distanceTo("outline", [[0, 0], [100, 0], [100, 100]], [50, 50]), 0);
  assert.ok(distanceTo("ellipse", [[0, 0], [20, 0], [0, 10]], [-20, 0]) < 1e-9);
  assert.ok(distanceTo("caliper", [[0, 0], [10, 0]], [20, 0]) === 10);
});

test("an end snaps to a point before a line, and to nothing far away", () => {
  const others = [{ form: "caliper", points: [[0, 0], [100, 0]] }];
  assert.deepEqual(snapped([3, 4], others, 8), [0, 0]);
  assert.deepEqual(snapped([50, 4], others, 8), [50, 0]);
  assert.equal(snapped([50, 9], others, 8), null);
});

test("near the foot of the perpendicular it snaps to the right angle", () => {
  const others = [{ form: "caliper", points: [[0, 0], [100, 0]] }];
  assert.deepEqual(snapped([47, 5], others, 8, [50, 80]), [50, 0]);
  assert.deepEqual(snapped([20, 5], others, 8, [50, 80]), [20, 0]);
});

test("a straightened line is level, upright or at 45 degrees", () => {
  near([straightened([0, 0], [100, 7])], [[100, 0]]);
  near([straightened([0, 0], [10, 9])], [[9.5, 9.5]]);
});

test("a fascicle is prolonged to both aponeuroses", () => {
  const upper = [[0, 10], [100, 10]];
  const lower = [[0, 60], [100, 60]];
  near(prolongedBetween([[40, 30], [50, 40]], upper, lower), [[20, 10], [70, 60]]);
  assert.equal(prolongedBetween([[40, 30], [50, 30]], upper, lower), null);
});

test("lines that run alike meet nowhere", () => {
  assert.equal(meeting([[0, 0], [1, 1]], [[5, 0], [6, 1]]), null);
});

test("what is between two layers stands at a right angle on the second", () => {
  near(betweenLayers([[0, 0], [100, 0], [0, 50], [100, 50]]), [[50, 0], [50, 50]]);
});
