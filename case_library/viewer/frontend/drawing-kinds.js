/**
 * What can be drawn: measurements and shapes, how many points each has, and what is asked for next.
 *
 * @typedef {import("./drawn-geometry.js").Form} Form
 *
 * @typedef {object} DrawingKind
 * @property {string} tool
 * @property {"measurements" | "shapes"} list
 * @property {string} kind       of the model
 * @property {Form} form
 * @property {string} title
 * @property {number} marks      on how many frames or planes, one after the other
 * @property {number} least      points of a mark
 * @property {number} most
 * @property {string[]} prompts  one for each mark, or for each line of two points
 */

/** @type {(tool: string, kind: string, form: Form, title: string, points: [number, number], prompts: string[], marks?: number) => DrawingKind} */
const measurement = (tool, kind, form, title, [least, most], prompts, marks = 1) => ({
  tool, list: "measurements", kind, form, title, marks, least, most, prompts,
});
/** @type {(kind: string, form: Form, title: string, points: [number, number], prompt: string) => DrawingKind} */
const shape = (kind, form, title, [least, most], prompt) => ({
  tool: `shape-${kind}`, list: "shapes", kind, form, title, marks: 1, least, most, prompts: [prompt],
});

const CORNERS = "Click from corner to corner, or draw round it; Enter, a double click or the first corner ends it";

/** @type {readonly DrawingKind[]} */
export const MEASUREMENT_KINDS = Object.freeze([
  measurement("length", "length", "caliper", "Length", [2, 2], ["Draw from one end to the other"]),
  measurement("bent", "polyline_length", "path", "Length along", [2, Infinity], ["Click along it; Enter or a double click ends it"]),
  measurement("angle", "angle", "angle", "Angle", [3, 4], [
    "Draw the first line, for pennation along the fascicle",
    "Draw the second line, for pennation along the aponeurosis",
  ]),
  measurement("thickness", "thickness", "layer", "Thickness", [4, 4], [
    "Draw along the inner edge of one fascia",
    "Draw along the inner edge of the other",
  ]),
  measurement("outline", "polygon_area", "outline", "Area", [3, Infinity], [CORNERS]),
  measurement("ellipse", "ellipse_area", "ellipse", "Ellipse", [3, 3], ["Draw from corner to corner of the box around it"]),
  measurement("volume", "ellipsoid_volume", "caliper", "Volume", [2, 2], [
    "Volume, 1 of 3: draw the length, the greatest diameter along the fibres",
    "Volume, 2 of 3: draw the depth at a right angle to it",
    "Volume, 3 of 3: go to the clip or frame of the other plane and draw the width",
  ], 3),
  measurement("excursion", "excursion", "point", "Excursion", [1, 1], [
    "Excursion, 1 of 2: click the point that moves",
    "Excursion, 2 of 2: go to another frame and click the same point",
  ], 2),
  measurement("grey", "echo_intensity", "outline", "Echo intensity", [3, Infinity], [`Without fascia: ${CORNERS.toLowerCase()}`]),
]);

/** @type {readonly DrawingKind[]} */
export const SHAPE_KINDS = Object.freeze([
  shape("point", "point", "Point", [1, 1], "Click the place"),
  shape("line", "path", "Line", [2, 2], "Draw from one end to the other"),
  shape("polyline", "path", "Bent line", [2, Infinity], "Click along it; Enter or a double click ends it"),
  shape("polygon", "outline", "Outline", [3, Infinity], CORNERS),
  shape("ellipse", "ellipse", "Ellipse", [3, 3], "Draw from corner to corner of the box around it"),
  shape("box", "box", "Box", [2, 2], "Draw from corner to corner"),
  shape("arrow", "arrow", "Arrow", [2, 2], "Draw from the tail to the tip"),
  shape("label", "label", "Words", [1, 1], "Click where the words belong"),
]);

const BY_TOOL = new Map([...MEASUREMENT_KINDS, ...SHAPE_KINDS].map((kind) => [kind.tool, kind]));
const BY_MEASUREMENT = new Map(MEASUREMENT_KINDS.map((kind) => [kind.kind, kind]));
const BY_SHAPE = new Map(SHAPE_KINDS.map((kind) => [kind.kind, kind]));

/** @param {string} tool */
export function kindOfTool(tool) {
  return BY_TOOL.get(tool);
}

/** @param {string} kind @returns {Form} */
export function formOfMeasurement(kind) {
  return BY_MEASUREMENT.get(kind)?.form ?? "path";
}

/** @param {string} kind @returns {Form} */
export function formOfShape(kind) {
  return BY_SHAPE.get(kind)?.form ?? "path";
}

/** @param {string} kind  of a measurement or a shape @returns {string} */
export function titleOf(kind) {
  return (BY_MEASUREMENT.get(kind) ?? BY_SHAPE.get(kind))?.title ?? kind;
}
