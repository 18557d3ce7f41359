import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as compute from "../../case_library/viewer/frontend/measurement.js";

const table = JSON.parse(readFileSync(new URL("../model/measurement_cases.json", import.meta.url), "utf8"));
const FROM_POINTS = {
  length: compute.length,
  polyline_length: compute.length,
  angle: compute.angle,
  thickness: compute.thickness,
  polygon_area: compute.polygonArea,
  ellipse_area: compute.ellipseArea,
  excursion: ([first, second], ruler) => compute.excursion(first, second, ruler),
};
const COMPARISONS = { ratio: compute.ratio, difference: compute.difference, asymmetry: compute.asymmetry };

const close = (found, expected) =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${found} is not ${expected}`);

function heldTo(expected, workOut) {
  if (expected.refused) {
    assert.throws(workOut, (error) => error.code === expected.refused);
    return;
  }
  const found = workOut();
  close(found.value, expected.value);
  assert.equal(found.unit, expected.unit);
  for (const name of ["circumference", "sd", "count"]) {
    if (expected[name] === null) assert.equal(found[name] ?? null, null);
    else if (expected[name] !== undefined) close(found[name], expected[name]);
  }
}

for (const { name, kind, ruler, points, expected } of table.points) {
  test(name, () => heldTo(expected, () => FROM_POINTS[kind](points, table.rulers[ruler])));
}
for (const { name, diameters, ruler, expected } of table.volumes) {
  test(name, () =>
    heldTo(expected, () =>
      compute.ellipsoidVolume(diameters.map((points, i) => compute.length(points, table.rulers[ruler[i]]))),
    ));
}
for (const { name, kind, first, second, one_clip, expected } of table.comparisons) {
  test(name, () => heldTo(expected, () => COMPARISONS[kind](first, second, one_clip)));
}
for (const { name, points, pixels, expected } of table.grey) {
  test(name, () => {
    const values = pixels.flat(2);
    const samples = Array.isArray(pixels[0][0]) ? 3 : 1;
    const [rows, columns] = [pixels.length, pixels[0].length];
    heldTo(expected, () => compute.echoIntensity(points, { values, samples, columns, rows }));
  });
}

test("colour has no grey value, and grey stored as colour has", () => {
  const outline = [[0, 0], [1, 0], [1, 1], [0, 1]];
  const pixels = (values) => ({ values, samples: 3, columns: 1, rows: 1 });
  assert.equal(compute.echoIntensity(outline, pixels([7, 7, 7])).value, 7);
  assert.throws(() => compute.echoIntensity(outline, pixels([7, 7, 8])), { code: "colour" });
});
