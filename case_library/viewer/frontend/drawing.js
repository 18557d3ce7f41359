/**
 * A drawing under way: press, drag and release become points, points become marks. Nothing here knows the page.
 *
 * A line is drawn by dragging, or by a click at each end; an outline by a click at each corner, or by drawing round it.
 *
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./drawing-kinds.js").DrawingKind} DrawingKind
 * @typedef {{ clip_id: string, frame_number: number }} Place
 * @typedef {{ clip_id: string, frame_number: number, points: Point[] }} DrawnMark
 */
import { distance, ellipseInBox } from "./drawn-geometry.js";

/** Between two points of an outline that is drawn by hand, and from the first corner to the click that closes it. */
const FREEHAND_STEP_PX = 7;
const CLOSING_PX = 10;

export class Drawing {
  /** @type {DrawnMark[]} */
  marks = [];
  /** Set so far, of the mark that is being made. @type {Point[]} */
  points = [];
  /** Under the pointer, not set. @type {Point | null} */
  floating = null;
  #pressed = false;
  /** @type {Place | null} */
  #place = null;

  /**
   * @param {DrawingKind} kind
   * @param {(marks: DrawnMark[]) => void} done
   */
  constructor(kind, done) {
    this.kind = kind;
    this.done = done;
    // An ellipse is drawn in a box.
    this.input = kind.form === "ellipse" ? { least: 2, most: 2 } : { least: kind.least, most: kind.most };
  }

  get #free() {
    return this.input.most === Infinity;
  }

  /** What is asked for now. @returns {string} */
  get prompt() {
    const { prompts } = this.kind;
    const step = prompts.length === 1 ? 0 : this.kind.marks > 1 ? this.marks.length : this.points.length >> 1;
    return prompts[Math.min(step, prompts.length - 1)];
  }

  /** Whether anything is set. */
  get begun() {
    return this.points.length > 0 || this.marks.length > 0;
  }

  /** @param {Place} place another frame: what was begun on the one before is given up, finished marks stay @returns {boolean} whether something was given up */
  at(place) {
    const same = this.#place?.clip_id === place.clip_id && this.#place.frame_number === place.frame_number;
    const lost = !same && this.points.length > 0;
    if (!same) {
      this.points = [];
      this.floating = null;
      this.#pressed = false;
    }
    this.#place = place;
    return lost;
  }

  /** @param {Point} at @param {number} px  canvas pixels per image pixel */
  press(at, px) {
    this.#pressed = true;
    if (this.#free) {
      const closes = this.points.length >= this.input.least && distance(at, this.points[0]) * px <= CLOSING_PX;
      if (closes && (this.kind.form === "outline")) return this.finish();
      const twice = this.points.length > 0 && distance(at, this.points[this.points.length - 1]) * px < 2;
      if (!twice) this.points.push(at);
    } else if (this.input.most === 1 || this.points.length % 2 === 0) {
      this.points.push(at);
    } else {
      this.floating = at;
    }
  }

  /** @param {Point} at @param {number} px */
  move(at, px) {
    this.floating = at;
    if (!this.#pressed || this.points.length === 0) return;
    if (this.input.most === 1) this.points = [at];
    else if (this.#free && distance(at, this.points[this.points.length - 1]) * px >= FREEHAND_STEP_PX) this.points.push(at);
  }

  /** @param {Point} at @param {boolean} moved  it was dragged */
  release(at, moved) {
    if (!this.#pressed) return;
    this.#pressed = false;
    if (this.#free) return;
    const isEnd = this.points.length % 2 === 1 && (moved || this.floating !== null);
    if (this.input.most > 1 && isEnd && distance(at, this.points[this.points.length - 1]) > 0) {
      this.points.push(at);
      this.floating = null;
    }
    if (this.points.length >= this.input.most) this.finish();
  }

  /** That is all of it, where it is enough. */
  finish() {
    if (!this.#place || this.points.length < this.input.least) return;
    const points = this.kind.form === "ellipse" ? ellipseInBox(this.points[0], this.points[1]) : this.points;
    this.marks.push({ ...this.#place, points });
    this.points = [];
    this.floating = null;
    this.#pressed = false;
    if (this.marks.length < this.kind.marks) return;
    const { marks } = this;
    this.marks = [];
    this.done(marks);
  }

  /** Take the last point back. @returns {boolean} whether there was one */
  back() {
    this.floating = null;
    this.#pressed = false;
    if (this.points.pop()) return true;
    return this.marks.pop() !== undefined;
  }

  /** @returns {Point[]} the mark that is being made, with what is under the pointer */
  get preview() {
    const { points, floating } = this;
    const growing = floating && points.length > 0 && (this.#free || points.length % 2 === 1) && points.length < this.input.most;
    const all = growing ? [...points, floating] : points;
    return this.kind.form === "ellipse" && all.length === 2 ? ellipseInBox(all[0], all[1]) : all;
  }
}
