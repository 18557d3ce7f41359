/**
 * The black stage: one canvas, the frame on it, and where it lies. It paints what it is told and remembers it.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./types.js").Rendition} Rendition
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Point} Point
 * @typedef {{ clip: ClipMessage, frameIndex: number, bitmap: ImageBitmap | null, rendition: Rendition }} Painted
 */
import { h, setText } from "./dom.js";
import { AS_STORED, levelsFilter } from "./levels.js";
import * as views from "./view.js";

/** From this many device pixels per frame pixel on, the pixels themselves are what one wants to see. */
const SHOW_PIXELS_FROM = 6;

export class Stage {
  canvas = h("canvas", { class: "canvas", role: "img", "aria-label": "ultrasound frame" });
  #message = h("div", { class: "stage-message", role: "alert", hidden: true });
  element = h("div", { class: "stage" }, this.canvas, this.#message);
  /** @type {Painted | null} */
  painted = null;
  levels = { ...AS_STORED };
  /** @type {View} */
  view = { scaleX: 1, scaleY: 1, left: 0, top: 0 };
  #size = { width: 0, height: 0, ratio: 1 };
  #context;
  #fine = false;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {() => void} viewChanged  the zoom is another one
   */
  constructor(scope, viewChanged) {
    this.viewChanged = viewChanged;
    this.#context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.element);
    scope.add(() => observer.disconnect());
  }

  /**
   * Put a frame on the canvas. The number belongs to these pixels from here on.
   *
   * @param {Painted & { bitmap: ImageBitmap }} painted
   */
  paint(painted) {
    const sameFrame = this.painted && sameSize(this.painted.clip, painted.clip);
    this.painted = painted;
    this.#message.hidden = true;
    if (!sameFrame) this.fit();
    this.#draw(false);
    this.#label();
  }

  /** A frame that cannot be shown: words in its place. @param {ClipMessage} clip @param {number} frameIndex @param {string} text */
  paintBroken(clip, frameIndex, text) {
    this.painted = { clip, frameIndex, bitmap: null, rendition: "broken" };
    this.#draw(false);
    this.#label();
    this.say(text);
  }

  /** No frame at all. */
  blank() {
    this.painted = null;
    this.#draw(false);
    this.#label();
  }

  /**
   * Words in the middle of the stage; only where no frame is.
   *
   * @param {string} text
   * @param {HTMLElement | null} [action]
   */
  say(text, action = null) {
    this.#message.replaceChildren(h("p", {}, text), ...(action ? [action] : []));
    this.#message.hidden = !text;
  }

  /** Draw the same frame with care: it stands still. */
  refine() {
    if (!this.#fine && this.painted?.bitmap) this.#draw(true);
  }

  /** @param {import("./levels.js").Levels} levels */
  setLevels(levels) {
    this.levels = levels;
    this.canvas.style.filter = levelsFilter(levels);
  }

  get zoom() {
    return this.painted ? views.zoomOf(this.view, frameOf(this.painted.clip), this.#size) : 1;
  }

  get zoomed() {
    return this.zoom > 1.001;
  }

  fit() {
    if (this.painted) this.#setView(views.fit(frameOf(this.painted.clip), this.#size));
  }

  /** @param {number} factor @param {Point} [at] canvas coordinates; the middle where none is given */
  zoomBy(factor, at = { x: this.#size.width / 2, y: this.#size.height / 2 }) {
    if (this.painted) this.#setView(views.zoomAt(this.view, at, factor, frameOf(this.painted.clip), this.#size));
  }

  /** @param {number} dx @param {number} dy CSS pixels */
  panBy(dx, dy) {
    if (this.painted) this.#setView(views.pan(this.view, dx, dy, frameOf(this.painted.clip), this.#size));
  }

  /** @param {{ clientX: number, clientY: number }} event @returns {Point} canvas coordinates */
  pointOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @returns {ImageData | null} the painted frame, one to one, without zoom, brightness or contrast */
  readPixels() {
    const bitmap = this.painted?.bitmap;
    if (!bitmap) return null;
    const { width, height } = bitmap;
    const copy = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      copy.getContext("2d", { alpha: false, willReadFrequently: true })
    );
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height);
  }

  /** @param {View} view */
  #setView(view) {
    this.view = view;
    this.#draw(false);
    this.viewChanged();
  }

  #resize() {
    const before = this.#size;
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = window.devicePixelRatio || 1;
    const deviceWidth = Math.round(width * ratio);
    const deviceHeight = Math.round(height * ratio);
    if (!width || !height || (deviceWidth === this.canvas.width && deviceHeight === this.canvas.height)) return;
    this.#size = { width, height, ratio };
    this.canvas.width = deviceWidth;
    this.canvas.height = deviceHeight;
    if (!this.painted) return;
    const frame = frameOf(this.painted.clip);
    this.view = before.width ? views.resized(this.view, frame, before, this.#size) : views.fit(frame, this.#size);
    // Setting the size of a canvas clears it.
    this.#draw(this.#fine);
    this.viewChanged();
  }

  /** @param {boolean} fine */
  #draw(fine) {
    const { canvas, painted } = this;
    const context = this.#context;
    this.#fine = fine;
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (!painted?.bitmap || !this.#size.width) return;
    const { ratio } = this.#size;
    const { scaleX, scaleY, left, top } = this.view;
    context.imageSmoothingEnabled = scaleX * ratio < SHOW_PIXELS_FROM;
    context.imageSmoothingQuality = fine ? "high" : "low";
    const width = Math.round(painted.clip.columns * scaleX * ratio);
    const height = Math.round(painted.clip.rows * scaleY * ratio);
    context.drawImage(painted.bitmap, Math.round(left * ratio), Math.round(top * ratio), width, height);
  }

  #label() {
    const { dataset } = this.canvas;
    if (!this.painted) {
      delete dataset.frameNumber;
      delete dataset.clipId;
      delete dataset.rendition;
      setText(this.canvas, "");
      return;
    }
    dataset.frameNumber = String(this.painted.frameIndex + 1);
    dataset.clipId = this.painted.clip.clip_id;
    dataset.rendition = this.painted.rendition;
  }
}

/** @param {ClipMessage} clip @returns {import("./view.js").Frame} */
function frameOf({ columns, rows, pixel_aspect }) {
  return { columns, rows, pixelAspect: pixel_aspect };
}

/** @param {ClipMessage} a @param {ClipMessage} b */
function sameSize(a, b) {
  return a.clip_id === b.clip_id && a.columns === b.columns && a.rows === b.rows;
}
