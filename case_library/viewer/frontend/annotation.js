/**
 * Shapes on keyframes, and where they are in between; the twin of `model/annotation.py`. Both are held to
 * `tests/model/interpolation_cases.json`.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {{ frame_number: number, sop_instance_uid?: string | null, stored_sha256?: string | null }} FrameIdentity
 * @typedef {{ frame: FrameIdentity, points: Point[], occluded?: boolean }} Keyframe
 * @typedef {"point" | "line" | "polyline" | "polygon" | "ellipse" | "box" | "arrow" | "label"} ShapeKind
 *
 * @typedef {object} Shape
 * @property {string} item_id
 * @property {string} clip_id
 * @property {ShapeKind} kind
 * @property {string} [label]
 * @property {Keyframe[]} keyframes       by frame number
 * @property {FrameIdentity | null} [first]  null: at the first keyframe
 * @property {FrameIdentity | null} [last]
 *
 * @typedef {{ points: Point[], occluded: boolean, isKeyframe: boolean }} ShapeNow
 */

/** @param {Shape} shape */
export function firstFrame(shape) {
  return (shape.first ?? shape.keyframes[0].frame).frame_number;
}

/** @param {Shape} shape */
export function lastFrame(shape) {
  return (shape.last ?? shape.keyframes[shape.keyframes.length - 1].frame).frame_number;
}

/**
 * Between two keyframes each point goes straight, at even speed from frame to frame.
 *
 * @param {Shape} shape
 * @param {number} frameNumber  from 1
 * @returns {ShapeNow | null} null outside its range
 */
export function shapeAt(shape, frameNumber) {
  if (frameNumber < firstFrame(shape) || frameNumber > lastFrame(shape)) return null;
  const { keyframes } = shape;
  const after = keyframesUpTo(keyframes, frameNumber);
  if (after === 0) return still(keyframes[0], false);
  const before = keyframes[after - 1];
  const isKeyframe = before.frame.frame_number === frameNumber;
  if (isKeyframe || after === keyframes.length) return still(before, isKeyframe);
  const following = keyframes[after];
  const from = before.frame.frame_number;
  const part = (frameNumber - from) / (following.frame.frame_number - from);
  const points = before.points.map(
    ([x, y], i) => /** @type {Point} */ ([x + (following.points[i][0] - x) * part, y + (following.points[i][1] - y) * part]),
  );
  return { points, occluded: before.occluded ?? false, isKeyframe: false };
}

/**
 * The shape with a keyframe put in, or corrected; its range grows to hold it.
 *
 * @param {Shape} shape
 * @param {FrameIdentity} frame
 * @param {Point[]} points
 * @param {boolean} [occluded]  as it is there now, where none is given
 * @returns {Shape}
 */
export function withKeyframe(shape, frame, points, occluded) {
  const hidden = occluded ?? shapeAt(shape, frame.frame_number)?.occluded ?? false;
  const { first, last } = shape;
  const others = shape.keyframes.filter((keyframe) => keyframe.frame.frame_number !== frame.frame_number);
  return {
    ...shape,
    keyframes: [...others, { frame, points, occluded: hidden }].sort(
      (a, b) => a.frame.frame_number - b.frame.frame_number,
    ),
    first: first && frame.frame_number < first.frame_number ? frame : (first ?? null),
    last: last && frame.frame_number > last.frame_number ? frame : (last ?? null),
  };
}

/** @param {Shape} shape @param {number} frameNumber @returns {Shape | null} null where it was the only one */
export function withoutKeyframe(shape, frameNumber) {
  const keyframes = shape.keyframes.filter((keyframe) => keyframe.frame.frame_number !== frameNumber);
  return keyframes.length > 0 ? { ...shape, keyframes } : null;
}

/** @param {Keyframe} keyframe @param {boolean} isKeyframe @returns {ShapeNow} */
function still({ points, occluded }, isKeyframe) {
  return { points, occluded: occluded ?? false, isKeyframe };
}

/** How many keyframes stand at or before a frame: by halving, for a shape may have one on every frame. @param {Keyframe[]} keyframes @param {number} frameNumber */
function keyframesUpTo(keyframes, frameNumber) {
  let [low, high] = [0, keyframes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyframes[middle].frame.frame_number <= frameNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}
