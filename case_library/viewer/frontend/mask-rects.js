/**
 * Rectangles that go black, in the frame's own pixels: whole numbers, inside the frame, never empty.
 *
 * @typedef {{ x: number, y: number, width: number, height: number }} Rect
 * @typedef {{ columns: number, rows: number }} FrameSize
 * @typedef {"n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw"} Handle  the edge or corner that is pulled
 */
import { clamp } from "./clock.js";

export const HANDLES = /** @type {const} */ (["n", "ne", "e", "se", "s", "sw", "w", "nw"]);

/**
 * The rectangle between two points, every pixel that it touches included.
 *
 * @param {{ x: number, y: number }} a  image coordinates
 * @param {{ x: number, y: number }} b
 * @param {FrameSize} frame
 * @returns {Rect}
 */
export function between(a, b, { columns, rows }) {
  const [left, right] = span(a.x, b.x, columns);
  const [top, bottom] = span(a.y, b.y, rows);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** @param {number} a @param {number} b @param {number} size */
function span(a, b, size) {
  const from = clamp(Math.floor(Math.min(a, b)), 0, size - 1);
  return [from, clamp(Math.ceil(Math.max(a, b)), from + 1, size)];
}

/**
 * @param {Rect} rect
 * @param {number} dx  pixels of the frame
 * @param {number} dy
 * @param {FrameSize} frame
 * @returns {Rect} the same size, as far as the frame goes
 */
export function moved(rect, dx, dy, { columns, rows }) {
  return {
    ...rect,
    x: clamp(Math.round(rect.x + dx), 0, columns - rect.width),
    y: clamp(Math.round(rect.y + dy), 0, rows - rect.height),
  };
}

/**
 * @param {Rect} rect
 * @param {Handle} handle
 * @param {number} dx
 * @param {number} dy
 * @param {FrameSize} frame
 * @returns {Rect} with that edge or corner pulled; the opposite one stays
 */
export function resized(rect, handle, dx, dy, { columns, rows }) {
  let { x: left, y: top } = rect;
  let [right, bottom] = [rect.x + rect.width, rect.y + rect.height];
  if (handle.includes("w")) left = clamp(Math.round(left + dx), 0, right - 1);
  if (handle.includes("e")) right = clamp(Math.round(right + dx), left + 1, columns);
  if (handle.includes("n")) top = clamp(Math.round(top + dy), 0, bottom - 1);
  if (handle.includes("s")) bottom = clamp(Math.round(bottom + dy), top + 1, rows);
  return { ...rect, x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * @param {Rect[]} rects
 * @param {FrameSize} frame
 * @returns {number} share of the frame that they cover, 0–1; counted once where they overlap
 */
export function coverage(rects, { columns, rows }) {
  const xs = [...new Set(rects.flatMap(({ x, width }) => [x, x + width]))].sort((a, b) => a - b);
  let area = 0;
  for (let k = 1; k < xs.length; k += 1) {
    const [from, to] = [xs[k - 1], xs[k]];
    const spans = rects
      .filter(({ x, width }) => x < to && x + width > from)
      .map(({ y, height }) => [y, y + height])
      .sort((a, b) => a[0] - b[0]);
    let end = -Infinity;
    for (const [top, bottom] of spans) {
      area += Math.max(0, bottom - Math.max(top, end)) * (to - from);
      end = Math.max(end, bottom);
    }
  }
  return area / (columns * rows);
}
