/**
 * Which scale holds where in the frames of one clip; the twin of `model/ruler.py`.
 *
 * @typedef {[number, number]} Point  x, y in image coordinates: (0, 0) is the corner of the first pixel
 *
 * @typedef {object} RulerRegion  a calibrated rectangle; inclusive pixel bounds
 * @property {number} number
 * @property {number} min_x
 * @property {number} min_y
 * @property {number} max_x
 * @property {number} max_y
 * @property {[number, number]} mm_per_px
 *
 * @typedef {object} Ruler
 * @property {boolean} trusted              whether there are millimetres at all
 * @property {string} origin                `ScaleOrigin` of model/calibration.py
 * @property {string} why
 * @property {[number, number] | null} mm_per_px  where one scale holds for the whole frame
 * @property {number | null} main_region    the region that counts where regions overlap
 * @property {RulerRegion[]} regions        those that can be trusted
 * @property {number} pixel_aspect          height of a pixel over its width
 *
 * @typedef {object} ScaleHere
 * @property {[number, number] | null} mm_per_px  null: lengths stay in pixels
 * @property {string} origin
 * @property {string} why
 */

/** Points from which no number can be had that would mean something. */
export class MeasurementRefusedError extends Error {
  /** @param {string} code  the same in Python and JavaScript @param {string} reason */
  constructor(code, reason) {
    super(reason);
    this.code = code;
  }
}

/**
 * @param {Ruler} ruler
 * @param {Point[]} points
 * @returns {ScaleHere} the scale that holds at all of these places
 */
export function scaleAt(ruler, points) {
  const { trusted, origin, why, mm_per_px, regions, main_region } = ruler;
  if (!trusted) return { mm_per_px: null, origin, why };
  if (mm_per_px) return { mm_per_px, origin, why };
  const around = regions.filter((region) => points.every((point) => holds(region, point)));
  if (around.length > 0) {
    const region = around.find(({ number }) => number === main_region) ?? around[0];
    return { mm_per_px: region.mm_per_px, origin, why: `Ultrasound region ${region.number}` };
  }
  const scales = new Map();
  for (const point of points) {
    const here = regions.find((region) => holds(region, point));
    if (!here) return { mm_per_px: null, origin: "none", why: "A point lies outside every calibrated region" };
    scales.set(here.mm_per_px.join(), here.mm_per_px);
  }
  if (scales.size > 1) {
    throw new MeasurementRefusedError(
      "different_scales",
      "The points lie in regions of different scale: no one length joins them. Measure within one region",
    );
  }
  return { mm_per_px: [...scales.values()][0], origin, why: "Ultrasound regions of one scale" };
}

/** Its edge belongs to it. @param {RulerRegion} region @param {Point} point */
function holds({ min_x, min_y, max_x, max_y }, [x, y]) {
  return min_x <= x && x <= max_x + 1 && min_y <= y && y <= max_y + 1;
}
