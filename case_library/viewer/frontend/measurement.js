/**
 * Lengths, angles, areas, volumes and grey values, from points and a ruler; the twin of `model/measurement.py`. Both are
 * held to `tests/model/measurement_cases.json`.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./ruler.js").Ruler} Ruler
 * @typedef {import("./ruler.js").ScaleHere} ScaleHere
 * @typedef {"mm" | "px" | "mm2" | "px2" | "cm3" | "deg" | "%" | "grey"} Unit
 *
 * @typedef {object} Measured  a number with all that must be said with it
 * @property {number} value
 * @property {Unit} unit
 * @property {string} scale_origin
 * @property {string} why
 * @property {[number, number] | null} [mm_per_px]  what one pixel is
 * @property {number | null} [circumference]  of an area, in mm or px
 * @property {number | null} [sd]             of grey values; null for one pixel
 * @property {number | null} [count]          of pixels
 *
 * @typedef {{ values: ArrayLike<number>, samples: 1 | 3, columns: number, rows: number }} Pixels  row by row, as stored
 */
import { MeasurementRefusedError, scaleAt } from "./ruler.js";

/** Beyond it two lines bound no layer whose thickness could be told. */
const MOST_DEGREES_BETWEEN_LAYERS = 30;

/** @param {Point[]} points two or more @param {Ruler} ruler @returns {Measured} the length along them */
export function length(points, ruler) {
  const here = scaleAt(ruler, points);
  return told(path(flat(points, here, ruler)), "mm", "px", here);
}

/**
 * @param {Point[]} points  three: the angle at the middle one, 0 to 180; four: between two lines, 0 to 90
 * @param {Ruler} ruler
 * @returns {Measured}
 */
export function angle(points, ruler) {
  const here = scaleAt(ruler, points);
  const p = flat(points, here, ruler);
  const [one, other] = p.length === 3 ? [direction(p[1], p[0]), direction(p[1], p[2])] : [direction(p[0], p[1]), direction(p[2], p[3])];
  const value = between(one, other);
  return told(p.length === 3 ? value : Math.min(value, 180 - value), "deg", "deg", here);
}

/**
 * At right angles to both lines: the mean of the distances of the middle of each from the other.
 *
 * @param {Point[]} points  both ends of one line, then of the other
 * @param {Ruler} ruler
 * @returns {Measured}
 */
export function thickness(points, ruler) {
  const here = scaleAt(ruler, points);
  const [a0, a1, b0, b1] = flat(points, here, ruler);
  const [alongA, alongB] = [direction(a0, a1), direction(b0, b1)];
  const apart = between(alongA, alongB);
  const tilt = Math.min(apart, 180 - apart);
  if (tilt > MOST_DEGREES_BETWEEN_LAYERS) {
    throw new MeasurementRefusedError(
      "not_alike",
      `The lines are ${tilt.toFixed(0)} degrees apart; beyond ${MOST_DEGREES_BETWEEN_LAYERS} there is no layer ` +
        "between them. Lay both along the layer",
    );
  }
  const value = (fromLine(middle(a0, a1), b0, alongB) + fromLine(middle(b0, b1), a0, alongA)) / 2;
  return told(value, "mm", "px", here);
}

/** @param {Point[]} points three or more @param {Ruler} ruler @returns {Measured} area and circumference */
export function polygonArea(points, ruler) {
  const here = scaleAt(ruler, points);
  const p = flat(points, here, ruler);
  if (crossesItself(p)) {
    throw new MeasurementRefusedError(
      "crosses_itself",
      "The outline crosses itself and has no one inside. Move the corner that lies across",
    );
  }
  const closed = [...p, p[0]];
  let twice = 0;
  for (let i = 0; i < p.length; i += 1) twice += closed[i][0] * closed[i + 1][1] - closed[i + 1][0] * closed[i][1];
  return { ...told(Math.abs(twice) / 2, "mm2", "px2", here), circumference: path(closed) };
}

/**
 * @param {Point[]} points  centre, and the ends of two conjugate half-diameters
 * @param {Ruler} ruler
 * @returns {Measured} area and circumference
 */
export function ellipseArea(points, ruler) {
  const here = scaleAt(ruler, points);
  const [[cx, cy], [px, py], [qx, qy]] = flat(points, here, ruler);
  const [ux, uy, vx, vy] = [px - cx, py - cy, qx - cx, qy - cy];
  const cross = Math.abs(ux * vy - uy * vx);
  const squares = ux * ux + uy * uy + vx * vx + vy * vy;
  const major = Math.sqrt((squares + Math.sqrt(Math.max(squares * squares - 4 * cross * cross, 0))) / 2);
  const minor = major > 0 ? cross / major : 0;
  return { ...told(Math.PI * cross, "mm2", "px2", here), circumference: ellipseCircumference(major, minor) };
}

/** How far a point moved between two frames of one clip. @param {Point} first @param {Point} second @param {Ruler} ruler */
export function excursion(first, second, ruler) {
  return length([first, second], ruler);
}

/** @param {Measured[]} diameters  length, width and depth, at right angles, over two planes @returns {Measured} */
export function ellipsoidVolume(diameters) {
  if (diameters.some(({ unit }) => unit !== "mm")) {
    throw new MeasurementRefusedError(
      "no_scale",
      "A volume needs a trusted scale in both planes: one of the diameters has no millimetres",
    );
  }
  const [a, b, c] = diameters.map(({ value }) => value);
  return {
    value: ((Math.PI / 6) * a * b * c) / 1000,
    unit: "cm3",
    scale_origin: diameters[0].scale_origin,
    why: "Ellipsoid of three diameters: pi/6 · length · width · depth",
  };
}

/** @param {Measured} first @param {Measured} reference @param {boolean} oneClip  both were measured in one clip */
export function ratio(first, reference, oneClip) {
  comparable(first, reference, oneClip);
  return percent((100 * first.value) / notZero(reference.value), first, "100 · first / reference");
}

/** By how much the first is smaller, in percent of the reference. @param {Measured} first @param {Measured} reference @param {boolean} oneClip */
export function difference(first, reference, oneClip) {
  comparable(first, reference, oneClip);
  const value = (100 * (reference.value - first.value)) / notZero(reference.value);
  return percent(value, first, "100 · (reference - first) / reference");
}

/** In percent of the larger: no side is the reference. @param {Measured} first @param {Measured} second @param {boolean} oneClip */
export function asymmetry(first, second, oneClip) {
  comparable(first, second, oneClip);
  const value = (100 * Math.abs(first.value - second.value)) / notZero(Math.max(first.value, second.value));
  return percent(value, first, "100 · |first - second| / the larger");
}

/**
 * The mean of the stored grey values inside a polygon; a pixel is inside if its centre is, by the even-odd rule.
 *
 * @param {Point[]} points
 * @param {Pixels} pixels  as stored, never as brightened for display
 * @returns {Measured}
 */
export function echoIntensity(points, { values, samples, columns, rows }) {
  for (let i = 0; samples === 3 && i < values.length; i += 3) {
    if (values[i] !== values[i + 1] || values[i] !== values[i + 2]) {
      throw new MeasurementRefusedError("colour", "This frame is in colour: it has no one grey value in a pixel");
    }
  }
  const inside = [];
  for (let row = 0; row < rows; row += 1) {
    const crossings = crossingsAt(points, row + 0.5);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const first = Math.max(0, Math.ceil(crossings[k] - 0.5));
      for (let column = first; column + 0.5 < crossings[k + 1] && column < columns; column += 1) {
        inside.push(values[samples * (row * columns + column)]);
      }
    }
  }
  const count = inside.length;
  if (count === 0) {
    throw new MeasurementRefusedError("no_pixels", "No pixel of the frame has its centre inside the outline");
  }
  const mean = inside.reduce((sum, value) => sum + value, 0) / count;
  const squares = inside.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    value: mean,
    unit: "grey",
    scale_origin: "none",
    why: "Mean of the stored grey values; comparable within one exam with unchanged settings alone",
    sd: count > 1 ? Math.sqrt(squares / (count - 1)) : null,
    count,
  };
}

/** @param {number} value @param {Unit} inMm @param {Unit} inPx @param {ScaleHere} here @returns {Measured} */
function told(value, inMm, inPx, { mm_per_px, origin, why }) {
  return { value, unit: mm_per_px ? inMm : inPx, scale_origin: origin, why, mm_per_px };
}

/** On equal axes: in millimetres, else in widths of a pixel. @param {Point[]} points @param {ScaleHere} here @param {Ruler} ruler @returns {Point[]} */
function flat(points, here, ruler) {
  const [mx, my] = here.mm_per_px ?? [1, ruler.pixel_aspect];
  return points.map(([x, y]) => [x * mx, y * my]);
}

/** @param {Point[]} points */
function path(points) {
  let sum = 0;
  for (let i = 1; i < points.length; i += 1) {
    sum += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
  }
  return sum;
}

/** @param {Point} start @param {Point} end @returns {Point} */
function direction(start, end) {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const span = Math.hypot(dx, dy);
  if (span === 0) {
    throw new MeasurementRefusedError("zero_length", "Both ends of a line are one point. Draw one of them away");
  }
  return [dx / span, dy / span];
}

/** In degrees, 0 to 180. @param {Point} a @param {Point} b */
function between(a, b) {
  return (Math.atan2(Math.abs(a[0] * b[1] - a[1] * b[0]), a[0] * b[0] + a[1] * b[1]) * 180) / Math.PI;
}

/** @param {Point} a @param {Point} b @returns {Point} */
function middle(a, b) {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/** @param {Point} point @param {Point} onIt @param {Point} along */
function fromLine(point, onIt, along) {
  return Math.abs((point[0] - onIt[0]) * along[1] - (point[1] - onIt[1]) * along[0]);
}

/** Whether two edges that are not neighbours cross. @param {Point[]} corners */
function crossesItself(corners) {
  const count = corners.length;
  for (let i = 0; i < count; i += 1) {
    const [a, b] = [corners[i], corners[(i + 1) % count]];
    for (let j = i + 2; j < count; j += 1) {
      if (i === 0 && j === count - 1) continue;
      const [c, d] = [corners[j], corners[(j + 1) % count]];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}

/** @param {Point} a @param {Point} b @param {Point} point */
function side(a, b, point) {
  return Math.sign((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]));
}

/** By the arithmetic-geometric mean: NIST DLMF 19.8(i). @param {number} major @param {number} minor  half-diameters */
function ellipseCircumference(major, minor) {
  if (minor === 0) return 4 * major;
  let [a, b, power] = [major, minor, 0.5];
  let rest = power * (a * a - b * b);
  while (Math.abs(a - b) > 1e-15 * a) {
    const c = (a - b) / 2;
    [a, b] = [(a + b) / 2, Math.sqrt(a * b)];
    power *= 2;
    rest += power * c * c;
  }
  return (2 * Math.PI * (major * major - rest)) / a;
}

/** @param {Measured} first @param {Measured} second @param {boolean} oneClip */
function comparable(first, second, oneClip) {
  if (first.unit !== second.unit) {
    throw new MeasurementRefusedError(
      "different_units",
      `One is in ${first.unit}, the other in ${second.unit}: they cannot be compared`,
    );
  }
  if ((first.unit === "px" || first.unit === "px2") && !oneClip) {
    throw new MeasurementRefusedError(
      "no_scale",
      "Pixels of two clips cannot be compared: both need a trusted scale",
    );
  }
}

/** @param {number} value */
function notZero(value) {
  if (value === 0) {
    throw new MeasurementRefusedError("zero_reference", "The reference is zero: nothing can be put in relation to it");
  }
  return value;
}

/** @param {number} value @param {Measured} first @param {string} why @returns {Measured} */
function percent(value, first, why) {
  return { value, unit: "%", scale_origin: first.scale_origin, why };
}

/** Where the outline crosses a row, from left to right. @param {Point[]} points @param {number} y */
function crossingsAt(points, y) {
  const found = [];
  for (let i = 0; i < points.length; i += 1) {
    const [x0, y0] = points[i];
    const [x1, y1] = points[(i + 1) % points.length];
    if (y0 > y !== y1 > y) found.push(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0));
  }
  return found.sort((a, b) => a - b);
}
