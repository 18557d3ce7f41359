/**
 * The forms that are drawn over a frame: their outlines, their handles, what lies under a pointer, where an end snaps.
 *
 * Points are `[x, y]`. Nothing here asks in which space: a caller that looks for what is under the pointer gives canvas
 * coordinates, one that moves a handle image coordinates.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {"caliper" | "path" | "angle" | "layer" | "outline" | "ellipse" | "point" | "box" | "arrow" | "label"} Form
 *   path: open, through all points; layer: two lines and what is between them
 * @typedef {{ points: Point[], closed: boolean }} Line
 */

const ELLIPSE_CORNERS = 64;

/** @param {Form} form @param {Point[]} points @returns {Line[]} what is drawn, as lines through points */
export function linesOf(form, points) {
  switch (form) {
    case "caliper":
    case "path":
    case "arrow":
      return [{ points, closed: false }];
    case "outline":
      return [{ points, closed: points.length > 2 }];
    case "ellipse":
      return points.length < 3 ? [{ points, closed: false }] : [{ points: ellipse(points), closed: true }];
    case "box":
      return points.length < 2 ? [{ points, closed: false }] : [{ points: corners(points), closed: true }];
    case "angle":
      if (points.length < 4) return [{ points, closed: false }];
      return pairs(points);
    case "layer":
      return pairs(points);
    default:
      return [{ points, closed: false }];
  }
}

/** @param {Point[]} points @returns {Line[]} */
function pairs(points) {
  const lines = [];
  for (let i = 0; i < points.length; i += 2) lines.push({ points: points.slice(i, i + 2), closed: false });
  return lines;
}

/** @param {Point[]} points  centre and the ends of two conjugate half-diameters @returns {Point[]} */
function ellipse([centre, one, other]) {
  return Array.from({ length: ELLIPSE_CORNERS }, (_, i) => {
    const turn = (2 * Math.PI * i) / ELLIPSE_CORNERS;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    return [
      centre[0] + (one[0] - centre[0]) * c + (other[0] - centre[0]) * s,
      centre[1] + (one[1] - centre[1]) * c + (other[1] - centre[1]) * s,
    ];
  });
}

/** @param {Point[]} points  two opposite corners @returns {Point[]} */
function corners([[x0, y0], [x1, y1]]) {
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
}

/** @param {Form} form @param {Point[]} points @returns {Point[]} what a hand can take hold of */
export function handlesOf(form, points) {
  return form === "box" && points.length === 2 ? corners(points) : points;
}

/**
 * @param {Form} form
 * @param {Point[]} points
 * @param {number} handle  its number in `handlesOf`
 * @param {Point} to
 * @param {number} [aspect]  how much longer a step along y is than one along x, so that an ellipse stays upright to itself
 * @returns {Point[]}
 */
export function withHandle(form, points, handle, to, aspect = 1) {
  if (form === "box") {
    const [[x0, y0], [x1, y1]] = points;
    const [left, top] = [handle === 0 || handle === 3, handle === 0 || handle === 1];
    return [[left ? to[0] : x0, top ? to[1] : y0], [left ? x1 : to[0], top ? y1 : to[1]]];
  }
  if (form !== "ellipse") return points.map((point, i) => (i === handle ? to : point));
  const [centre] = points;
  if (handle === 0) return movedBy(points, to[0] - centre[0], to[1] - centre[1]);
  const other = 3 - handle;
  const turned = turnedWith(centre, points[handle], to, points[other], aspect);
  return handle === 1 ? [centre, to, turned] : [centre, turned, to];
}

/** The second half-diameter turns with the first and keeps its length. @param {Point} centre @param {Point} from @param {Point} to @param {Point} other @param {number} aspect @returns {Point} */
function turnedWith(centre, from, to, other, aspect) {
  const arm = (/** @type {Point} */ p) => ({ x: p[0] - centre[0], y: (p[1] - centre[1]) * aspect });
  const [a, b, o] = [arm(from), arm(to), arm(other)];
  const scale = Math.hypot(a.x, a.y) * Math.hypot(b.x, b.y);
  if (scale === 0) return other;
  const [c, s] = [(a.x * b.x + a.y * b.y) / scale, (a.x * b.y - a.y * b.x) / scale];
  return [centre[0] + o.x * c - o.y * s, centre[1] + (o.x * s + o.y * c) / aspect];
}

/** @param {Point[]} points @param {number} dx @param {number} dy @returns {Point[]} */
export function movedBy(points, dx, dy) {
  return points.map(([x, y]) => [x + dx, y + dy]);
}

/** @param {Point} a @param {Point} b */
export function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** @param {Point} p @param {Point} a @param {Point} b @returns {Point} the place on the line from a to b that is nearest to p */
export function nearestOn(p, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const squared = dx * dx + dy * dy;
  const part = squared === 0 ? 0 : Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / squared));
  return [a[0] + dx * part, a[1] + dy * part];
}

/** @param {Line} line @returns {[Point, Point][]} */
function sidesOf({ points, closed }) {
  /** @type {[Point, Point][]} */
  const sides = points.slice(1).map((point, i) => [points[i], point]);
  if (closed) sides.push([points[points.length - 1], points[0]]);
  return sides;
}

/**
 * @param {Form} form
 * @param {Point[]} points
 * @param {Point} at
 * @returns {number} how far a place is from what is drawn
 */
export function distanceTo(form, points, at) {
  let nearest = Infinity;
  for (const line of linesOf(form, points)) {
    if (line.points.length === 1) nearest = Math.min(nearest, distance(at, line.points[0]));
    for (const [a, b] of sidesOf(line)) nearest = Math.min(nearest, distance(at, nearestOn(at, a, b)));
  }
  return nearest;
}

/**
 * Where an end goes that comes near something drawn: onto a point, else at a right angle onto a line, else onto it.
 *
 * @param {Point} at
 * @param {{ form: Form, points: Point[] }[]} others
 * @param {number} reach
 * @param {Point | null} [from]  the other end of the line that is being drawn
 * @returns {Point | null}
 */
export function snapped(at, others, reach, from = null) {
  let best = null;
  let nearest = reach;
  for (const { form, points } of others) {
    for (const point of handlesOf(form, points)) {
      if (distance(at, point) <= nearest) [best, nearest] = [point, distance(at, point)];
    }
  }
  if (best) return best;
  for (const { form, points } of others) {
    for (const [a, b] of linesOf(form, points).flatMap(sidesOf)) {
      const onto = nearestOn(at, a, b);
      if (distance(at, onto) > nearest) continue;
      nearest = distance(at, onto);
      const foot = from && nearestOn(from, a, b);
      best = foot && distance(at, foot) <= reach ? foot : onto;
    }
  }
  return best;
}

/** The end of a line held level, upright or at 45 degrees. @param {Point} from @param {Point} to @param {number} [aspect] @returns {Point} */
export function straightened(from, to, aspect = 1) {
  const [dx, dy] = [to[0] - from[0], (to[1] - from[1]) * aspect];
  const eighth = Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) * (Math.PI / 4);
  const along = dx * Math.cos(eighth) + dy * Math.sin(eighth);
  return [from[0] + along * Math.cos(eighth), from[1] + (along * Math.sin(eighth)) / aspect];
}

/**
 * A line prolonged, or cut, until it reaches from one line to another: a fascicle of which only a part is in view.
 *
 * @param {[Point, Point]} line
 * @param {[Point, Point]} first
 * @param {[Point, Point]} second
 * @returns {[Point, Point] | null} null where it runs along one of them
 */
export function prolongedBetween(line, first, second) {
  const [a, b] = [meeting(line, first), meeting(line, second)];
  return a && b ? [a, b] : null;
}

/** @param {[Point, Point]} one @param {[Point, Point]} other @returns {Point | null} where both lines, endless, meet */
export function meeting([[ax, ay], [bx, by]], [[cx, cy], [dx, dy]]) {
  const [ux, uy, vx, vy] = [bx - ax, by - ay, dx - cx, dy - cy];
  const cross = ux * vy - uy * vx;
  if (Math.abs(cross) < 1e-9 * Math.hypot(ux, uy) * Math.hypot(vx, vy) || cross === 0) return null;
  const part = ((cx - ax) * vy - (cy - ay) * vx) / cross;
  return [ax + ux * part, ay + uy * part];
}

/** The line at a right angle between two lines, from the middle of the first. @param {Point[]} points  four @param {number} [aspect] @returns {[Point, Point]} */
export function betweenLayers([a0, a1, b0, b1], aspect = 1) {
  const from = /** @type {Point} */ ([(a0[0] + a1[0]) / 2, (a0[1] + a1[1]) / 2]);
  const [dx, dy] = [b1[0] - b0[0], (b1[1] - b0[1]) * aspect];
  const squared = dx * dx + dy * dy;
  const part = squared === 0 ? 0 : ((from[0] - b0[0]) * dx + (from[1] - b0[1]) * aspect * dy) / squared;
  return [from, [b0[0] + (b1[0] - b0[0]) * part, b0[1] + (b1[1] - b0[1]) * part]];
}

/** An upright ellipse in a box. @param {Point} a @param {Point} b  opposite corners @returns {Point[]} */
export function ellipseInBox(a, b) {
  const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  return [[x, y], [Math.max(a[0], b[0]), y], [x, Math.max(a[1], b[1])]];
}
