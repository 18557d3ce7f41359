/**
 * Drawing over tissue: every line has a dark halo, so that it is read on bright and dark tissue and on a bad projector;
 * strokes and letters are shares of the screen's height, so that they are read from the back of the room.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./drawn-geometry.js").Form} Form
 * @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context
 *
 * @typedef {object} Look
 * @property {number} stroke   CSS pixels
 * @property {number} letters
 *
 * @typedef {object} Figure  in the coordinates of the canvas
 * @property {Form} form
 * @property {Point[]} points
 * @property {string} colour
 * @property {string} [label]
 * @property {boolean} [dashed]
 * @property {boolean} [between]
 * @property {boolean} [selected]
 */
import { betweenLayers, distance, handlesOf, linesOf, meeting, nearestOn } from "./drawn-geometry.js";

const STROKE_SHARE = 0.003;
const LETTERS_SHARE = 0.021;
const HALO = "rgba(0, 0, 0, 0.78)";
const FONT = "600 {}px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

/** @param {number} height  of the screen, CSS pixels @returns {Look} */
export function lookFor(height) {
  return { stroke: Math.max(1.75, height * STROKE_SHARE), letters: Math.max(13, height * LETTERS_SHARE) };
}

/**
 * @param {Context} context
 * @param {Figure} figure
 * @param {Look} look
 * @param {{ width: number, height: number }} room  for the words
 */
export function paintFigure(context, figure, look, room) {
  const { form, points, colour, dashed = false, between = false, selected = false } = figure;
  if (points.length === 0) return;
  const path = new Path2D();
  for (const line of linesOf(form, points)) trace(path, line.points, line.closed);
  decorate(path, form, points, look);
  const width = look.stroke * (selected ? 1.35 : 1);
  context.save();
  context.lineJoin = context.lineCap = "round";
  context.setLineDash([]);
  context.strokeStyle = HALO;
  context.lineWidth = width + 2 * Math.max(1.2, look.stroke * 0.8);
  context.stroke(path);
  if (dashed) context.setLineDash([width * 3, width * 3]);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
  if (form === "layer" && points.length === 4) {
    context.setLineDash([width * 1.5, width * 2]);
    const across = new Path2D();
    trace(across, betweenLayers(points), false);
    context.stroke(across);
  }
  context.setLineDash([]);
  if (selected) handlesOf(form, points).forEach((at) => paintHandle(context, at, colour, look, between));
  context.restore();
  if (figure.label) paintWords(context, figure.label, anchorOf(form, points, look), colour, look, room);
}

/** @param {Path2D} path @param {Point[]} points @param {boolean} closed */
function trace(path, points, closed) {
  points.forEach(([x, y], i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  if (closed) path.closePath();
}

/** Ticks at the ends of a caliper, the head of an arrow, the arc of an angle, the cross of a point. @param {Path2D} path @param {Form} form @param {Point[]} points @param {Look} look */
function decorate(path, form, points, { stroke }) {
  const size = stroke * 3.2;
  if (form === "caliper" && points.length === 2) {
    const [[ax, ay], [bx, by]] = points;
    const span = Math.hypot(bx - ax, by - ay) || 1;
    const [nx, ny] = [(-(by - ay) / span) * size, ((bx - ax) / span) * size];
    for (const [x, y] of points) trace(path, [[x - nx, y - ny], [x + nx, y + ny]], false);
  } else if (form === "arrow" && points.length === 2) {
    const [[ax, ay], [bx, by]] = points;
    const turn = Math.atan2(by - ay, bx - ax);
    for (const side of [-0.42, 0.42]) {
      const head = size * 2.2;
      trace(path, [[bx, by], [bx - head * Math.cos(turn + side), by - head * Math.sin(turn + side)]], false);
    }
  } else if (form === "point" || form === "label") {
    const [[x, y]] = points;
    trace(path, [[x - size, y], [x + size, y]], false);
    trace(path, [[x, y - size], [x, y + size]], false);
  } else if (form === "angle" && points.length >= 3) {
    const arc = arcOf(points);
    if (arc) path.addPath(arcPath(arc, stroke * 9));
  }
}

/** @param {Point[]} points @returns {{ apex: Point, from: number, turn: number } | null} between the two lines, where both lie */
function arcOf(points) {
  const [apex, one, other] =
    points.length === 3
      ? [points[1], points[0], points[2]]
      : [meeting([points[0], points[1]], [points[2], points[3]]), middle(points[0], points[1]), middle(points[2], points[3])];
  if (!apex || (points.length === 4 && isFarFrom(apex, points))) return null;
  const from = Math.atan2(one[1] - apex[1], one[0] - apex[0]);
  const to = Math.atan2(other[1] - apex[1], other[0] - apex[0]);
  return { apex, from, turn: Math.atan2(Math.sin(to - from), Math.cos(to - from)) };
}

/** An arc far from both lines explains nothing. @param {Point} apex @param {Point[]} points */
function isFarFrom(apex, [a, b, c, d]) {
  return [[a, b], [c, d]].every(([start, end]) => distance(apex, nearestOn(apex, start, end)) > 0.25 * distance(start, end));
}

/** @param {{ apex: Point, from: number, turn: number }} arc @param {number} radius */
function arcPath({ apex: [x, y], from, turn }, radius) {
  const path = new Path2D();
  path.arc(x, y, radius, from, from + turn, turn < 0);
  return path;
}

/** @param {Context} context @param {Point} at @param {string} colour @param {Look} look @param {boolean} hollow */
function paintHandle(context, [x, y], colour, { stroke }, hollow) {
  const path = new Path2D();
  path.arc(x, y, stroke * 2.1, 0, 2 * Math.PI);
  context.fillStyle = hollow ? "rgba(0, 0, 0, 0.55)" : "#fff";
  context.fill(path);
  context.strokeStyle = HALO;
  context.lineWidth = stroke * 1.6;
  context.stroke(path);
  context.strokeStyle = colour;
  context.lineWidth = stroke * 0.8;
  context.stroke(path);
}

/** Where the words go: beside the figure, off the tissue that is measured. @param {Form} form @param {Point[]} points @param {Look} look @returns {{ at: Point, align: CanvasTextAlign }} */
function anchorOf(form, points, { letters, stroke }) {
  if (form === "caliper" && points.length === 2) {
    const [a, b] = points;
    const steep = Math.abs(b[1] - a[1]) > 1.2 * Math.abs(b[0] - a[0]);
    const [x, y] = middle(a, b);
    return steep
      ? { at: [x + letters * 0.7, y], align: "left" }
      : { at: [x, Math.min(a[1], b[1]) - letters * 0.55 - stroke * 3], align: "center" };
  }
  const all = linesOf(form, points).flatMap((line) => line.points);
  const right = all.reduce((best, point) => (point[0] > best[0] ? point : best));
  if (form === "point" || form === "label" || form === "arrow") {
    const start = points[0];
    return { at: [start[0] + letters * 0.6, start[1] - letters * 0.8], align: "left" };
  }
  return { at: [right[0] + letters * 0.5, right[1]], align: "left" };
}

/** @param {Context} context @param {string} text @param {{ at: Point, align: CanvasTextAlign }} anchor @param {string} colour @param {Look} look @param {{ width: number, height: number }} room */
export function paintWords(context, text, { at, align }, colour, { letters }, room) {
  context.save();
  context.font = FONT.replace("{}", letters.toFixed(1));
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const { width } = context.measureText(text);
  const margin = letters * 0.3;
  const start = align === "center" ? at[0] - width / 2 : align === "right" ? at[0] - width : at[0];
  const x = Math.max(margin, Math.min(start, room.width - width - margin));
  const y = Math.max(letters * 0.7, Math.min(at[1], room.height - letters * 0.7));
  context.strokeStyle = HALO;
  context.lineWidth = letters * 0.28;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
  context.restore();
}

/** @param {Point} a @param {Point} b @returns {Point} */
function middle(a, b) {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}
