/**
 * The number of a measurement of the case: computed anew from its points each time, said with its unit and its scale.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./ruler.js").Ruler} Ruler
 * @typedef {import("./measurement.js").Measured} Measured
 * @typedef {import("./annotation.js").FrameIdentity} FrameIdentity
 * @typedef {{ clip_id: string, frame: FrameIdentity, points: Point[] }} Mark
 *
 * @typedef {object} Measurement
 * @property {string} item_id
 * @property {string} kind
 * @property {string} title
 * @property {Mark[]} [marks]
 * @property {string[]} [of]
 * @property {boolean} [at_least]
 * @property {string} [rule]
 * @property {{ value: number, unit: string, scale_origin?: string } | null} [recorded]
 *
 * @typedef {{ clip_id: string, url?: string, ruler: Ruler }} Measurable  of a clip, what measuring needs
 * @typedef {{ get: (list: string, itemId: string) => any }} Items   the document
 * @typedef {(mark: Mark) => import("./measurement.js").Pixels | undefined} StoredGrey  undefined: not here yet
 *
 * @typedef {object} Shown
 * @property {number} value
 * @property {string} unit
 * @property {string} text      ready to be read, with its unit
 * @property {boolean} trusted  whether its unit is one of length, or needs none
 * @property {string} why       the scale, its origin and its resolution, in a sentence
 * @property {Measured} measured
 */
import * as compute from "./measurement.js";
import { MeasurementRefusedError } from "./ruler.js";

/** @type {Record<string, (points: Point[], ruler: Ruler) => Measured>} */
const FROM_ONE_MARK = {
  length: compute.length,
  polyline_length: compute.length,
  angle: compute.angle,
  thickness: compute.thickness,
  polygon_area: compute.polygonArea,
  ellipse_area: compute.ellipseArea,
};
/** @type {Record<string, (first: Measured, second: Measured, oneClip: boolean) => Measured>} */
const FROM_TWO_OTHERS = { ratio: compute.ratio, difference: compute.difference, asymmetry: compute.asymmetry };

export const COMPARISONS = Object.freeze(Object.keys(FROM_TWO_OTHERS));

/**
 * @param {string} kind
 * @param {Mark[]} marks
 * @param {Measurable[]} clips
 * @param {StoredGrey} [storedGrey]
 * @returns {Measured}
 */
export function fromMarks(kind, marks, clips, storedGrey) {
  const rulerOf = (/** @type {Mark} */ { clip_id }) => {
    const clip = clips.find((candidate) => candidate.clip_id === clip_id);
    if (!clip) throw new MeasurementRefusedError("no_clip", `The case has no ${clip_id}`);
    return clip.ruler;
  };
  if (kind === "echo_intensity") {
    const pixels = storedGrey?.(marks[0]);
    if (!pixels) throw new MeasurementRefusedError("no_frame", "The stored grey values are on their way");
    return compute.echoIntensity(marks[0].points, pixels);
  }
  if (kind === "excursion") return compute.excursion(marks[0].points[0], marks[1].points[0], rulerOf(marks[0]));
  if (kind === "ellipsoid_volume") {
    return compute.ellipsoidVolume(marks.map((mark) => compute.length(mark.points, rulerOf(mark))));
  }
  return FROM_ONE_MARK[kind](marks[0].points, rulerOf(marks[0]));
}

/**
 * @param {Items} document
 * @param {Measurable[]} clips
 * @param {string} itemId
 * @param {StoredGrey} [storedGrey]
 * @param {string[]} [askedBy]
 * @returns {Measured}
 */
export function measuredOf(document, clips, itemId, storedGrey, askedBy = []) {
  /** @type {Measurement | undefined} */
  const record = document.get("measurements", itemId);
  if (!record) throw new MeasurementRefusedError("no_measurement", "A measurement that this one needs is gone");
  if (askedBy.includes(itemId)) throw new MeasurementRefusedError("circle", "The measurement is compared with itself");
  const compare = FROM_TWO_OTHERS[record.kind];
  if (!compare) return fromMarks(record.kind, record.marks ?? [], clips, storedGrey);
  const of = record.of ?? [];
  const [first, second] = of.map((other) => measuredOf(document, clips, other, storedGrey, [...askedBy, itemId]));
  const used = of.flatMap((other) => (document.get("measurements", other)?.marks ?? []).map((/** @type {Mark} */ m) => m.clip_id));
  return compare(first, second, new Set(used).size === 1);
}

/**
 * @param {Items} document
 * @param {Measurable[]} clips
 * @param {string} itemId
 * @param {StoredGrey} [storedGrey]
 * @returns {Shown | null} null where the points mean nothing, or the measurement is gone
 */
export function valueOf(document, clips, itemId, storedGrey) {
  const record = document.get("measurements", itemId);
  try {
    return shown(measuredOf(document, clips, itemId, storedGrey), record?.at_least);
  } catch (error) {
    if (!(error instanceof MeasurementRefusedError)) throw error;
    const recorded = error.code === "no_frame" ? record?.recorded : null;
    if (!recorded) return null;
    return shown({ ...recorded, scale_origin: recorded.scale_origin ?? "", why: "As it was when it was saved" });
  }
}

/** @param {Items} document @param {Measurable[]} clips @param {string} itemId @param {StoredGrey} [storedGrey] @returns {string} why there is no number; empty where there is one */
export function refusalOf(document, clips, itemId, storedGrey) {
  try {
    measuredOf(document, clips, itemId, storedGrey);
    return "";
  } catch (error) {
    if (error instanceof MeasurementRefusedError) return error.message;
    throw error;
  }
}

/** @param {Measured} measured @param {boolean} [atLeast] @returns {Shown} */
export function shown(measured, atLeast = false) {
  const { value, unit } = measured;
  return {
    value,
    unit,
    text: (atLeast ? "≥ " : "") + formatMeasured(measured),
    trusted: unit !== "px" && unit !== "px2",
    why: scaleWords(measured),
    measured,
  };
}

/** @param {Measured} measured @returns {string} `16.0 mm`, with no more digits than its pixels give */
export function formatMeasured({ value, unit, mm_per_px, sd, count }) {
  switch (unit) {
    case "mm":
      return `${value.toFixed(Math.min(...(mm_per_px ?? [1])) < 0.05 ? 2 : 1)} mm`;
    case "px":
      return `${value.toFixed(1)} px`;
    case "mm2":
      return value < 100 ? `${value.toFixed(1)} mm²` : `${(value / 100).toFixed(2)} cm²`;
    case "px2":
      return `${value.toFixed(0)} px²`;
    case "cm3":
      return `${value < 1 ? value.toPrecision(2) : value.toFixed(1)} cm³`;
    case "deg":
      return `${value.toFixed(1)}°`;
    case "%":
      return `${value.toFixed(1).replace("-", "−")} %`;
    case "grey":
      return `${value.toFixed(1)} grey${sd === null || sd === undefined ? "" : ` (SD ${sd.toFixed(1)}, n ${count})`}`;
    default:
      return `${Number(value.toPrecision(4))} ${unit}`;
  }
}

/** @param {Measured} measured @returns {string} */
export function formatCircumference({ circumference, unit, mm_per_px }) {
  if (circumference === null || circumference === undefined) return "";
  const length = /** @type {Measured} */ ({ value: circumference, unit: unit === "mm2" ? "mm" : "px", mm_per_px });
  return formatMeasured(length);
}

/** @type {Record<string, string>} */
const ORIGINS = { us_region: "from the file", stated_by_user: "stated by a person" };

/** @param {Measured} measured @returns {string} the scale, its origin and its resolution */
export function scaleWords({ mm_per_px, scale_origin, why, unit }) {
  if (unit === "grey") {
    return `${why}: gain, dynamic range, grey map, depth and compression all change it`;
  }
  if (!mm_per_px) return why;
  const [x, y] = mm_per_px.map((mm) => String(Number(mm.toPrecision(3))));
  const pixel = x === y ? `${x} mm` : `${x} mm wide and ${y} mm high`;
  return `A pixel is ${pixel}, ${ORIGINS[scale_origin] ?? scale_origin}. ${why}`;
}
