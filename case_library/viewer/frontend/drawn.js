/**
 * All that is drawn over the frames of a case, and what of it is to be seen on one frame.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./drawn-geometry.js").Form} Form
 * @typedef {import("./measure.js").Measurement} Measurement
 * @typedef {import("./annotation.js").Shape} Shape
 *
 * @typedef {object} Drawn
 * @property {"measurements" | "findings"} list  where it is kept
 * @property {string} itemId      of the measurement, or of the finding
 * @property {string | null} shapeId
 * @property {number} mark        of a measurement: which of its marks
 * @property {Form} form
 * @property {Point[]} points     image coordinates
 * @property {string} colour
 * @property {string} label
 * @property {boolean} trusted    its number has the unit that is wanted
 * @property {boolean} dashed     the structure is hidden here
 * @property {boolean} between    no keyframe: it lies between two
 *
 * @typedef {{ items: (list: string) => readonly any[] }} Lists  the document
 * @typedef {{ text: string, trusted: boolean } | null} Told  a number in words, where there is one
 */
import { shapeAt } from "./annotation.js";
import { formOfMeasurement, formOfShape } from "./drawing-kinds.js";

/** Okabe and Ito's colours that stand out on grey tissue; never the only sign of anything. */
export const MEASURED_COLOUR = "#F0E442";
const SHAPE_COLOURS = ["#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00"];
const PLANES = ["length", "depth", "width"];

export class DrawnIndex {
  /** By clip and frame number. @type {Map<string, Drawn[]>} */
  #marks = new Map();
  /** By clip. @type {Map<string, { findingId: string, shape: Shape, colour: string, form: Form, label: string }[]>} */
  #shapes = new Map();

  /**
   * @param {Lists} document
   * @param {(item: Measurement) => Told} numberOf
   */
  rebuild(document, numberOf) {
    this.#marks.clear();
    this.#shapes.clear();
    for (const item of document.items("measurements")) this.#addMeasurement(item, numberOf(item));
    document.items("findings").forEach((finding, i) => {
      for (const shape of finding.shapes ?? []) {
        const entry = {
          findingId: finding.item_id,
          shape,
          colour: SHAPE_COLOURS[i % SHAPE_COLOURS.length],
          form: formOfShape(shape.kind),
          label: shape.label ?? "",
        };
        push(this.#shapes, shape.clip_id, entry);
      }
    });
  }

  /** @param {Measurement} item @param {Told} number */
  #addMeasurement(item, number) {
    (item.marks ?? []).forEach((mark, i, marks) => {
      const plane = item.kind === "ellipsoid_volume" ? `${PLANES[i]} · ` : "";
      const before = item.kind === "excursion" && i === 1 ? marks[0].points : [];
      push(this.#marks, `${mark.clip_id}/${mark.frame.frame_number}`, {
        list: "measurements",
        itemId: item.item_id,
        shapeId: null,
        mark: i,
        form: before.length > 0 ? "arrow" : formOfMeasurement(item.kind),
        points: [...before, ...mark.points],
        colour: MEASURED_COLOUR,
        label: item.kind === "excursion" && i === 0 ? "" : plane + (number?.text ?? "no number"),
        trusted: number?.trusted ?? false,
        dashed: false,
        between: false,
      });
    });
  }

  /** @param {string} clipId @param {number} frameNumber @returns {Drawn[]} */
  on(clipId, frameNumber) {
    /** @type {Drawn[]} */
    const drawn = [];
    for (const { findingId, shape, colour, form, label } of this.#shapes.get(clipId) ?? []) {
      const now = shapeAt(shape, frameNumber);
      if (!now) continue;
      drawn.push({
        list: "findings",
        itemId: findingId,
        shapeId: shape.item_id,
        mark: 0,
        form,
        points: now.points,
        colour,
        label,
        trusted: true,
        dashed: now.occluded,
        between: !now.isKeyframe,
      });
    }
    return drawn.concat(this.#marks.get(`${clipId}/${frameNumber}`) ?? []);
  }
}

/** @template T @param {Map<string, T[]>} map @param {string} key @param {T} value */
function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** @param {Drawn} a @param {Drawn | null} b */
export function isSame(a, b) {
  return b !== null && a.itemId === b.itemId && a.shapeId === b.shapeId && a.mark === b.mark;
}
