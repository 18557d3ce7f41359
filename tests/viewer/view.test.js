import assert from "node:assert/strict";
import { test } from "node:test";

import {
  canvasToImage,
  fit,
  imageToCanvas,
  likewise,
  pan,
  resized,
  zoomAt,
  zoomOf,
} from "../../case_library/viewer/frontend/view.js";

const FRAME = { columns: 640, rows: 480, pixelAspect: 1 };
const TALL_PIXELS = { columns: 640, rows: 480, pixelAspect: 1.5 };
const CANVAS = { width: 1000, height: 600 };
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

for (const [name, frame] of [["square", FRAME], ["tall", TALL_PIXELS]]) {
  test(`image to canvas and back, ${name} pixels, any zoom and pan`, () => {
    let view = fit(frame, CANVAS);
    for (const [factor, dx, dy] of [[1, 0, 0], [2.5, 40, -13], [1.7, -200, 90], [0.6, 5, 5]]) {
      view = pan(zoomAt(view, { x: 333, y: 222 }, factor, frame, CANVAS), dx, dy, frame, CANVAS);
      for (const point of [{ x: 0, y: 0 }, { x: 639.5, y: 479.5 }, { x: 12.25, y: 400.125 }]) {
        const there = canvasToImage(imageToCanvas(point, view), view);
        close(there.x, point.x);
        close(there.y, point.y);
        const back = imageToCanvas(canvasToImage(point, view), view);
        close(back.x, point.x);
        close(back.y, point.y);
      }
    }
  });

  test(`the fitted frame of ${name} pixels fills the canvas on one axis and is centred on the other`, () => {
    const view = fit(frame, CANVAS);
    const topLeft = imageToCanvas({ x: 0, y: 0 }, view);
    const bottomRight = imageToCanvas({ x: frame.columns, y: frame.rows }, view);
    close(topLeft.x, CANVAS.width - bottomRight.x);
    close(topLeft.y, CANVAS.height - bottomRight.y);
    close(Math.min(topLeft.x, topLeft.y), 0);
  });
}

test("a pixel is as tall as its aspect says", () => {
  const view = fit(TALL_PIXELS, CANVAS);
  close(view.scaleY / view.scaleX, 1.5);
});

test("zooming keeps the point under the pointer", () => {
  const at = { x: 520, y: 310 };
  const before = fit(FRAME, CANVAS);
  const fixed = canvasToImage(at, before);
  const after = zoomAt(before, at, 3, FRAME, CANVAS);
  const moved = canvasToImage(at, after);
  close(moved.x, fixed.x);
  close(moved.y, fixed.y);
});

test("zoom ends at the whole frame and at large pixels", () => {
  let view = fit(FRAME, CANVAS);
  close(zoomOf(zoomAt(view, { x: 0, y: 0 }, 0.1, FRAME, CANVAS), FRAME, CANVAS), 1);
  for (let k = 0; k < 20; k += 1) view = zoomAt(view, { x: 10, y: 10 }, 2, FRAME, CANVAS);
  close(view.scaleX, 16);
});

test("an enlarged frame leaves no gap at the edges, however it is dragged", () => {
  const view = pan(zoomAt(fit(FRAME, CANVAS), { x: 500, y: 300 }, 4, FRAME, CANVAS), 1e6, -1e6, FRAME, CANVAS);
  close(imageToCanvas({ x: 0, y: 0 }, view).x, 0);
  close(imageToCanvas({ x: 0, y: 480 }, view).y, CANVAS.height);
});

test("another size of the canvas keeps zoom and middle", () => {
  const before = zoomAt(fit(FRAME, CANVAS), { x: 500, y: 300 }, 4, FRAME, CANVAS);
  const larger = { width: 1500, height: 1100 };
  const after = resized(before, FRAME, CANVAS, larger);
  close(zoomOf(after, FRAME, larger), 4);
  const a = canvasToImage({ x: 500, y: 300 }, before);
  const b = canvasToImage({ x: 750, y: 550 }, after);
  close(a.x, b.x);
  close(a.y, b.y);
});

test("a frame that nearly has the canvas's size is shown pixel by pixel, on a dense display too", () => {
  close(fit(FRAME, { width: 670, height: 600 }).scaleX, 1);
  close(fit(FRAME, { width: 335, height: 300, ratio: 2 }).scaleX, 0.5);
  assert.ok(fit(FRAME, { width: 700, height: 600 }).scaleX > 1.06);
  assert.ok(fit(FRAME, { width: 630, height: 600 }).scaleX < 1);
});

test("two frames with a common largest scale are as large as each other in millimetres", () => {
  const [fine, coarse] = [0.1, 0.2];
  const size = { width: 500, height: 600, ratio: 1 };
  const one = { columns: 640, rows: 480, pixelAspect: 1 };
  const perMm = Math.min(fit(one, size).scaleX / fine, fit({ ...one, columns: 400, rows: 300 }, size).scaleX / coarse);
  const a = fit({ ...one, mostScale: perMm * fine }, size);
  const b = fit({ columns: 400, rows: 300, pixelAspect: 1, mostScale: perMm * coarse }, size);
  close(a.scaleX / fine, b.scaleX / coarse);
});

test("a frame beside another is enlarged and moved as that one is", () => {
  const size = { width: 500, height: 600, ratio: 1 };
  const other = { columns: 300, rows: 300, pixelAspect: 1 };
  const view = pan(zoomAt(fit(FRAME, size), { x: 100, y: 100 }, 3, FRAME, size), -40, 15, FRAME, size);
  const beside = likewise(view, FRAME, size, other, size);
  close(zoomOf(beside, other, size), 3);
  const middle = imageToCanvas({ x: 320, y: 240 }, view);
  const otherMiddle = imageToCanvas({ x: 150, y: 150 }, beside);
  close(middle.x, otherMiddle.x);
  close(middle.y, otherMiddle.y);
});
