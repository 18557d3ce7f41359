/**
 * What a hand did to something drawn, as changes of the case: made, moved, copied, removed. Nothing here is in the page.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./drawn.js").Drawn} Drawn
 * @typedef {import("./drawing.js").DrawnMark} DrawnMark
 * @typedef {import("./drawing-kinds.js").DrawingKind} DrawingKind
 * @typedef {import("./measure.js").Measurement} Measurement
 * @typedef {import("./measure.js").Measurable} Measurable
 * @typedef {import("./measure.js").StoredGrey} StoredGrey
 * @typedef {import("./edits.js").Change} Change
 * @typedef {{ items: (list: string) => readonly any[], get: (list: string, itemId: string) => any }} Lists
 * @typedef {{ clips: Measurable[], grey?: StoredGrey }} Means  what a number is worked out with
 */
import { withKeyframe, withoutKeyframe } from "./annotation.js";
import { titleOf } from "./drawing-kinds.js";
import { frameAt, newItemId } from "./edits.js";
import { measuredOf } from "./measure.js";
import { MeasurementRefusedError } from "./ruler.js";

/** @param {Lists} document @param {DrawingKind} kind @param {DrawnMark[]} marks @param {Means} means @returns {Change} */
export function newMeasurement(document, kind, marks, means) {
  const item = {
    item_id: newItemId(kind.tool),
    kind: kind.kind,
    title: kind.title,
    marks: marks.map(({ clip_id, frame_number, points }) => ({ clip_id, frame: frameAt(frame_number - 1), points })),
  };
  return put("measurements", recordedAnew(document, item, means));
}

/** @param {DrawingKind} kind @param {DrawnMark} mark @param {string} label @returns {import("./annotation.js").Shape} */
export function newShape(kind, { clip_id, frame_number, points }, label) {
  return {
    item_id: newItemId(kind.kind),
    clip_id,
    kind: /** @type {import("./annotation.js").ShapeKind} */ (kind.kind),
    label,
    keyframes: [{ frame: frameAt(frame_number - 1), points }],
  };
}

/** @param {Lists} document @param {string} findingId @param {import("./annotation.js").Shape} shape @returns {Change} */
export function withShape(document, findingId, shape) {
  const finding = document.get("findings", findingId);
  const shapes = (finding.shapes ?? []).filter((/** @type {any} */ other) => other.item_id !== shape.item_id);
  return put("findings", { ...finding, shapes: [...shapes, shape] });
}

/**
 * New places for a mark; for a shape, on this frame.
 *
 * @param {Lists} document
 * @param {Drawn} drawn
 * @param {Point[]} points
 * @param {number} frameNumber
 * @param {Means} means
 * @returns {Change[]}
 */
export function movedTo(document, drawn, points, frameNumber, means) {
  if (drawn.shapeId) {
    return changeShape(document, drawn, (shape) => withKeyframe(shape, identityOf(shape, frameNumber), points));
  }
  const item = document.get("measurements", drawn.itemId);
  // An excursion is drawn from its first mark on.
  const own = item.kind === "excursion" ? points.slice(-1) : points;
  const marks = item.marks.map((/** @type {any} */ mark, /** @type {number} */ i) => (i === drawn.mark ? { ...mark, points: own } : mark));
  return withDependents(document, { ...item, marks }, means);
}

/** The same figure on another frame: a new measurement, or a keyframe of the same shape. @param {Lists} document @param {Drawn} drawn @param {string} clipId @param {number} frameNumber @param {Means} means @returns {{ changes: Change[], itemId: string } | null} null where it cannot go there */
export function copiedTo(document, drawn, clipId, frameNumber, means) {
  if (drawn.shapeId) {
    const shape = shapeOf(document, drawn);
    if (shape?.clip_id !== clipId) return null;
    const changes = changeShape(document, drawn, (old) => withKeyframe(old, identityOf(old, frameNumber), drawn.points));
    return { changes, itemId: drawn.itemId };
  }
  const item = document.get("measurements", drawn.itemId);
  if (item.marks.length !== 1) return null;
  const mark = { clip_id: clipId, frame: frameAt(frameNumber - 1), points: item.marks[0].points };
  const copy = { ...item, item_id: newItemId(item.kind.replaceAll("_", "-")), marks: [mark], recorded: null };
  return { changes: [put("measurements", recordedAnew(document, copy, means))], itemId: copy.item_id };
}

/**
 * A measurement and what is worked out from it; of a shape the keyframe here, or all of it.
 *
 * @param {Lists} document
 * @param {Drawn} drawn
 * @param {number | null} keyframe  frame number, or null for the whole shape
 * @returns {Change[]}
 */
export function removed(document, drawn, keyframe = null) {
  if (drawn.shapeId) {
    return changeShape(document, drawn, (shape) => (keyframe === null ? null : withoutKeyframe(shape, keyframe)));
  }
  const gone = new Set([drawn.itemId]);
  for (const item of document.items("measurements")) {
    if ((item.of ?? []).some((/** @type {string} */ other) => gone.has(other))) gone.add(item.item_id);
  }
  return [...gone].map((item_id) => ({ list: "measurements", item_id, item: null })).concat(unlinked(document, gone));
}

/** Findings that name a measurement which goes do so no longer. @param {Lists} document @param {Set<string>} gone @returns {any[]} */
function unlinked(document, gone) {
  const changes = [];
  for (const finding of document.items("findings")) {
    const measurements = (finding.measurements ?? []).filter((/** @type {string} */ id) => !gone.has(id));
    const sign = finding.dynamic_sign;
    const broken = sign && (gone.has(sign.before) || gone.has(sign.after));
    if (!broken && measurements.length === (finding.measurements ?? []).length) continue;
    changes.push(put("findings", { ...finding, measurements, dynamic_sign: broken ? null : (sign ?? null) }));
  }
  return changes;
}

/** @param {Lists} document @param {Drawn} drawn @param {Partial<Measurement> & { label?: string }} fields @param {Means} means @returns {Change[]} */
export function renamed(document, drawn, fields, means) {
  if (drawn.shapeId) return changeShape(document, drawn, (shape) => ({ ...shape, ...fields, kind: shape.kind }));
  const item = document.get("measurements", drawn.itemId);
  return withDependents(document, { ...item, ...fields }, means);
}

/** From here until the next keyframe the structure is hidden, or seen again. @param {Lists} document @param {Drawn} drawn @param {number} frameNumber @param {Point[]} points @param {boolean} occluded @returns {Change[]} */
export function withOcclusion(document, drawn, frameNumber, points, occluded) {
  return changeShape(document, drawn, (shape) => withKeyframe(shape, identityOf(shape, frameNumber), points, occluded));
}

/** It comes, or goes, on this frame. @param {Lists} document @param {Drawn} drawn @param {"first" | "last"} end @param {number} frameNumber @returns {Change[]} */
export function withRange(document, drawn, end, frameNumber) {
  return changeShape(document, drawn, (shape) => {
    const frame = identityOf(shape, frameNumber);
    const first = end === "first" ? frame : (shape.first ?? shape.keyframes[0].frame);
    const last = end === "last" ? frame : (shape.last ?? shape.keyframes[shape.keyframes.length - 1].frame);
    return first.frame_number <= last.frame_number ? { ...shape, first, last } : { ...shape, first: frame, last: frame };
  });
}

/** @param {Lists} document @param {Measurement} first @param {Measurement} reference @param {string} kind @param {Means} means @returns {Change} */
export function newComparison(document, first, reference, kind, means) {
  const of = [first.item_id, reference.item_id];
  const item = { item_id: newItemId(kind), kind, title: `${first.title} to ${reference.title}`.slice(0, 200), marks: [], of };
  return put("measurements", recordedAnew(document, item, means));
}

/** What is shown for every measurement of a clip now that its scale is another. @param {Lists} document @param {string} clipId @param {Means} means @returns {Change[]} */
export function remeasured(document, clipId, means) {
  const on = (/** @type {any} */ item) => (item.marks ?? []).some((/** @type {any} */ mark) => mark.clip_id === clipId);
  const changed = document.items("measurements").filter(on).map((item) => put("measurements", recordedAnew(document, item, means)));
  const ids = new Set(changed.map(({ item_id }) => item_id));
  const dependents = document.items("measurements").filter((item) => (item.of ?? []).some((/** @type {string} */ id) => ids.has(id)));
  return [...changed, ...dependents.map((item) => put("measurements", recordedAnew(document, item, means)))];
}

/** @param {Lists} document @param {Drawn} drawn @returns {import("./annotation.js").Shape | undefined} */
export function shapeOf(document, drawn) {
  const finding = document.get("findings", drawn.itemId);
  return (finding?.shapes ?? []).find((/** @type {any} */ shape) => shape.item_id === drawn.shapeId);
}

/** What a change is called for undo. @param {string} verb @param {Lists} document @param {Drawn} drawn */
export function labelOf(verb, document, drawn) {
  const kind = drawn.shapeId ? shapeOf(document, drawn)?.kind : document.get("measurements", drawn.itemId)?.kind;
  return `${verb} the ${titleOf(kind ?? "").toLowerCase()}`;
}

/** @param {Lists} document @param {Drawn} drawn @param {(shape: import("./annotation.js").Shape) => import("./annotation.js").Shape | null} change @returns {Change[]} */
function changeShape(document, drawn, change) {
  const finding = document.get("findings", drawn.itemId);
  const shapes = finding.shapes
    .map((/** @type {any} */ shape) => (shape.item_id === drawn.shapeId ? change(shape) : shape))
    .filter(Boolean);
  return [put("findings", { ...finding, shapes })];
}

/** A keyframe that is there keeps what is known of its frame. @param {import("./annotation.js").Shape} shape @param {number} frameNumber */
function identityOf(shape, frameNumber) {
  return shape.keyframes.find(({ frame }) => frame.frame_number === frameNumber)?.frame ?? frameAt(frameNumber - 1);
}

/** A measurement, and those that are compared with it, with the numbers they have now. @param {Lists} document @param {Measurement} item @param {Means} means @returns {Change[]} */
function withDependents(document, item, means) {
  const first = recordedAnew(document, item, means);
  const now = { items: document.items.bind(document), get: (/** @type {string} */ list, /** @type {string} */ id) => (id === item.item_id ? first : document.get(list, id)) };
  const dependents = document.items("measurements").filter((other) => (other.of ?? []).includes(item.item_id));
  return [put("measurements", first), ...dependents.map((other) => put("measurements", recordedAnew(now, other, means)))];
}

/** @template {Measurement} T @param {Lists} document @param {T} item @param {Means} means @returns {T} with what is shown for it now */
function recordedAnew(document, item, { clips, grey }) {
  const lists = { get: (/** @type {string} */ list, /** @type {string} */ id) => (id === item.item_id ? item : document.get(list, id)) };
  try {
    const { value, unit, scale_origin } = measuredOf(lists, clips, item.item_id, grey);
    return { ...item, recorded: { value, unit, scale_origin } };
  } catch (error) {
    if (error instanceof MeasurementRefusedError) return { ...item, recorded: null };
    throw error;
  }
}

/** @param {string} list @param {any} item @returns {Change} */
function put(list, item) {
  return { list, item_id: item.item_id, item };
}
