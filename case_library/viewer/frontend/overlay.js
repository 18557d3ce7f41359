/**
 * One canvas above the frame: what is drawn on it, in the same step in which the frame is painted.
 *
 * It is drawn anew only where something visible changed: another frame with something on it, another view, an edit.
 *
 * @typedef {import("./drawn.js").Drawn} Drawn
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {{ form: import("./drawn-geometry.js").Form, points: Point[], label?: string, colour?: string }} Preview  image coordinates
 */
import { h } from "./dom.js";
import { isSame, MEASURED_COLOUR } from "./drawn.js";
import { lookFor, paintFigure } from "./overlay-paint.js";
import { canvasToImage, imageToCanvas } from "./view.js";

export class Overlay {
  canvas = h("canvas", { class: "overlay", "aria-hidden": "true" });
  hidden = false;
  /** @type {Drawn | null} */
  selected = null;
  /** What is being drawn. @type {Preview[]} */
  previews = [];
  /** Where an end has snapped, or the keyboard's cross stands. @type {Point | null} */
  cross = null;
  /** How often it was drawn: for tests and benches. */
  draws = 0;
  #context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  #stage;
  #visible;
  #empty = true;
  #key = "";
  #version = 0;

  /**
   * @param {import("./stage.js").Stage} stage
   * @param {(clipId: string, frameNumber: number) => Drawn[]} visible
   */
  constructor(stage, visible) {
    this.#stage = stage;
    this.#visible = visible;
    stage.element.insertBefore(this.canvas, stage.element.lastElementChild);
    stage.listeners.add(() => this.draw());
  }

  /** Something that is drawn has changed. */
  changed() {
    this.#version += 1;
    this.draw();
  }

  /** @returns {Drawn[]} on the painted frame; the last is on top */
  get drawn() {
    const { painted } = this.#stage;
    return !painted || this.hidden ? [] : this.#visible(painted.clip.clip_id, painted.frameIndex + 1);
  }

  draw() {
    const { painted, placed: view, size } = this.#stage;
    const drawn = this.drawn;
    const empty = drawn.length === 0 && this.previews.length === 0 && this.cross === null;
    if (empty && this.#empty) return;
    const frame = painted ? `${painted.clip.clip_id}/${painted.frameIndex}` : "";
    const key = [frame, view.scaleX, view.scaleY, view.left, view.top, size.width, size.height, size.ratio, this.#version].join();
    if (key === this.#key) return;
    this.#key = key;
    this.#empty = empty;
    this.draws += 1;
    this.#clear();
    const look = lookFor(window.innerHeight);
    for (const figure of drawn) {
      const selected = isSame(figure, this.selected);
      paintFigure(this.#context, { ...figure, points: this.toCanvas(figure.points), selected }, look, size);
    }
    for (const { form, points, label, colour = MEASURED_COLOUR } of this.previews) {
      paintFigure(this.#context, { form, points: this.toCanvas(points), colour, label, selected: true }, look, size);
    }
    if (this.cross) {
      const [at] = this.toCanvas([this.cross]);
      paintFigure(this.#context, { form: "point", points: [at], colour: "#fff" }, look, size);
    }
  }

  #clear() {
    const { width, height, ratio } = this.#stage.size;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== wide || this.canvas.height !== high) [this.canvas.width, this.canvas.height] = [wide, high];
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
  }

  /** @param {Point[]} points @returns {Point[]} */
  toCanvas(points) {
    return points.map(([x, y]) => {
      const at = imageToCanvas({ x, y }, this.#stage.placed);
      return [at.x, at.y];
    });
  }

  /** @param {Point} point @returns {Point} image coordinates */
  fromCanvas([x, y]) {
    const at = canvasToImage({ x, y }, this.#stage.placed);
    return [at.x, at.y];
  }

  /** @param {{ clientX: number, clientY: number }} event @returns {Point} image coordinates, sub-pixel */
  pointOf(event) {
    const { x, y } = this.#stage.pointOf(event);
    return this.fromCanvas([x, y]);
  }
}
