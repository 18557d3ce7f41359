/**
 * What is said at the foot of the image: the number of what is being drawn, or what the selected figure is.
 *
 * @typedef {import("./drawn.js").Drawn} Drawn
 * @typedef {{ clip_id: string, frame_number: number } | null} Here
 */
import { shapeAt } from "./annotation.js";
import { titleOf } from "./drawing-kinds.js";
import { shapeOf } from "./drawn-changes.js";
import { fromMarks, shown } from "./measure.js";
import { MeasurementRefusedError } from "./ruler.js";

/**
 * @param {import("./drawing.js").Drawing} drawing
 * @param {Here} here
 * @param {import("./measure.js").Measurable[]} clips
 * @returns {{ text: string, refused: boolean }} empty while there are not enough points
 */
export function numberUnderWay({ kind, marks, preview, input }, here, clips) {
  const last = marks.length + 1 === kind.marks;
  const enough = preview.length >= (kind.form === "ellipse" ? 3 : input.least);
  if (!here || kind.list === "shapes" || kind.kind === "echo_intensity" || !last || !enough) return { text: "", refused: false };
  const all = [...marks, { ...here, points: preview }].map(({ clip_id, frame_number, points }) => ({ clip_id, frame: { frame_number }, points }));
  try {
    const { text, trusted } = shown(fromMarks(kind.kind, all, clips));
    return { text, refused: !trusted };
  } catch (error) {
    if (error instanceof MeasurementRefusedError) return { text: error.message, refused: true };
    throw error;
  }
}

/**
 * @param {import("./edits.js").CaseDocument} document
 * @param {Drawn} drawn
 * @param {Here} here
 * @returns {import("./tool-hint.js").SelectedWords | null} null where the shape is gone
 */
export function wordsOfShape(document, drawn, here) {
  const shape = shapeOf(document, drawn);
  if (!shape || !here) return null;
  const { editable } = document;
  const now = shape.clip_id === here.clip_id ? shapeAt(shape, here.frame_number) : null;
  const value = !now ? "not on this frame" : now.isKeyframe ? "keyframe" : "between keyframes: moving it sets one here";
  const removable = now?.isKeyframe && shape.keyframes.length > 1;
  const actions = now ? ["toggleOccluded", ...(removable ? ["removeKeyframe"] : [])] : ["copyHere"];
  return {
    name: shape.label || (editable ? "" : titleOf(shape.kind)),
    namable: true,
    value,
    why: "",
    trusted: true,
    editable,
    actions: [...actions, "showFromHere", "showUntilHere", "removeSelected"],
  };
}

/**
 * @param {import("./edits.js").CaseDocument} document
 * @param {Drawn} drawn
 * @param {{ value: import("./measure.js").Shown | null, refusal: string, away: boolean, betweenLayers: boolean }} now
 *   away: it lies on another frame
 * @returns {import("./tool-hint.js").SelectedWords | null} null where it is gone
 */
export function wordsOfMeasurement(document, drawn, { value, refusal, away, betweenLayers }) {
  const item = document.get("measurements", drawn.itemId);
  if (!item) return null;
  return {
    name: item.title,
    namable: true,
    value: value?.text ?? "",
    why: value?.why ?? refusal,
    trusted: value?.trusted ?? false,
    editable: document.editable,
    actions: [
      ...(away && item.marks?.length === 1 ? ["copyHere"] : []),
      ...(item.kind === "length" && !away && betweenLayers ? ["prolong"] : []),
      ...(value ? ["compareWith"] : []),
      ...(value && ["mm", "px"].includes(value.unit) ? ["atLeast"] : []),
      "removeSelected",
    ],
  };
}
