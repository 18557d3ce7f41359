/**
 * Where the frame lies on the canvas: zoom, pan, fit, and the two conversions between them.
 *
 * Image coordinates are frame pixels, sub-pixel, (0, 0) at the corner of the first pixel. Canvas coordinates are CSS
 * pixels from the canvas's top left corner.
 *
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ width: number, height: number, ratio?: number }} Size  ratio: device pixels per CSS pixel
 * @typedef {{ columns: number, rows: number, pixelAspect: number, mostScale?: number }} Frame  pixelAspect: a pixel's
 *   height over its width; mostScale: CSS pixels per frame pixel that the fitted frame must not exceed
 * @typedef {{ scaleX: number, scaleY: number, left: number, top: number }} View  scales in CSS pixels per frame pixel
 */
import { clamp } from "./clock.js";

/** Largest zoom: CSS pixels per frame pixel, or this many times the fitted size, whichever is more. */
const MAX_SCALE = 16;
const MAX_ZOOM = 8;

/**
 * @param {Point} p image coordinates
 * @param {View} view
 * @returns {Point} canvas coordinates
 */
export function imageToCanvas(p, { scaleX, scaleY, left, top }) {
  return { x: p.x * scaleX + left, y: p.y * scaleY + top };
}

/**
 * @param {Point} p canvas coordinates
 * @param {View} view
 * @returns {Point} image coordinates
 */
export function canvasToImage(p, { scaleX, scaleY, left, top }) {
  return { x: (p.x - left) / scaleX, y: (p.y - top) / scaleY };
}

/** A frame that would be enlarged by less than this is shown pixel by pixel: sharper, and cheaper to draw. */
const NEARLY_ONE = 1.06;

/**
 * The whole frame, as large as it goes, in the middle.
 *
 * @param {Frame} frame
 * @param {Size} canvas
 * @returns {View}
 */
export function fit(frame, canvas) {
  const height = frame.rows * frame.pixelAspect;
  const scaleX = Math.min(canvas.width / frame.columns, canvas.height / height) || 1;
  // Two clips at one scale: whole pixels of the display would make them differ.
  if (frame.mostScale && frame.mostScale < Infinity) return centred(frame, canvas, Math.min(scaleX, frame.mostScale));
  const ratio = canvas.ratio ?? 1;
  const enlarged = scaleX * ratio;
  return centred(frame, canvas, enlarged >= 1 && enlarged < NEARLY_ONE ? 1 / ratio : scaleX);
}

/**
 * @param {Frame} frame
 * @param {Size} canvas
 * @param {number} scaleX
 * @returns {View}
 */
function centred(frame, canvas, scaleX) {
  const scaleY = scaleX * frame.pixelAspect;
  return {
    scaleX,
    scaleY,
    left: (canvas.width - frame.columns * scaleX) / 2,
    top: (canvas.height - frame.rows * scaleY) / 2,
  };
}

/**
 * @param {View} view
 * @param {Frame} frame
 * @param {Size} canvas
 * @returns {number} 1 where the whole frame is seen, more where it is enlarged
 */
export function zoomOf(view, frame, canvas) {
  return view.scaleX / fit(frame, canvas).scaleX;
}

/**
 * Zoom by a factor, keeping the image point under `at` where it is.
 *
 * @param {View} view
 * @param {Point} at canvas coordinates
 * @param {number} factor
 * @param {Frame} frame
 * @param {Size} canvas
 * @returns {View}
 */
export function zoomAt(view, at, factor, frame, canvas) {
  const smallest = fit(frame, canvas).scaleX;
  const scaleX = clamp(view.scaleX * factor, smallest, Math.max(MAX_SCALE, smallest * MAX_ZOOM));
  const scaleY = scaleX * frame.pixelAspect;
  const fixed = canvasToImage(at, view);
  return held({ scaleX, scaleY, left: at.x - fixed.x * scaleX, top: at.y - fixed.y * scaleY }, frame, canvas);
}

/**
 * @param {View} view
 * @param {number} dx CSS pixels
 * @param {number} dy CSS pixels
 * @param {Frame} frame
 * @param {Size} canvas
 * @returns {View}
 */
export function pan(view, dx, dy, frame, canvas) {
  return held({ ...view, left: view.left + dx, top: view.top + dy }, frame, canvas);
}

/**
 * The same zoom and the same image point in the middle, on a canvas of another size.
 *
 * @param {View} view
 * @param {Frame} frame
 * @param {Size} before
 * @param {Size} after
 * @returns {View}
 */
export function resized(view, frame, before, after) {
  const zoom = zoomOf(view, frame, before);
  const middle = canvasToImage({ x: before.width / 2, y: before.height / 2 }, view);
  const scaleX = fit(frame, after).scaleX * zoom;
  const scaleY = scaleX * frame.pixelAspect;
  const moved = { scaleX, scaleY, left: after.width / 2 - middle.x * scaleX, top: after.height / 2 - middle.y * scaleY };
  return held(moved, frame, after);
}

/**
 * Keep the frame on the canvas: no gap beside it where it is larger, centred where it is smaller.
 *
 * @param {View} view
 * @param {Frame} frame
 * @param {Size} canvas
 * @returns {View}
 */
function held(view, frame, canvas) {
  const { left, top } = centred(frame, canvas, view.scaleX);
  return {
    ...view,
    left: left >= 0 ? left : clamp(view.left, 2 * left, 0),
    top: top >= 0 ? top : clamp(view.top, 2 * top, 0),
  };
}

/**
 * The view of another frame beside this one: as much enlarged, and as far from its middle.
 *
 * @param {View} view
 * @param {Frame} frame
 * @param {Size} canvas
 * @param {Frame} other
 * @param {Size} otherCanvas
 * @returns {View}
 */
export function likewise(view, frame, canvas, other, otherCanvas) {
  const own = centred(frame, canvas, view.scaleX);
  const scaleX = fit(other, otherCanvas).scaleX * zoomOf(view, frame, canvas);
  const middle = centred(other, otherCanvas, scaleX);
  return { ...middle, left: middle.left + view.left - own.left, top: middle.top + view.top - own.top };
}
