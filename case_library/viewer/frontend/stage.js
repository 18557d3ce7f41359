/**
 * The black stage: the frame, and where it lies. It paints what it is told and remembers it.
 *
 * A frame goes pixel by pixel onto a canvas of its own size, and the compositor enlarges and moves that canvas: a step
 * costs one copy, whatever the zoom. The compositor interpolates plainly; over a frame that stands still lies a second
 * canvas of the display's pixels, drawn with care.
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

/** After the last change of the view. */
const REFINED_AFTER_MS = 150;
/** From this many device pixels per frame pixel on, the pixels themselves are what one wants to see. */
const SHOW_PIXELS_FROM = 6;

export class Stage {
  canvas = h("canvas", { class: "canvas", role: "img", "aria-label": "ultrasound frame" });
  #still = h("canvas", { class: "still-canvas", hidden: true, "aria-hidden": "true" });
  #message = h("div", { class: "stage-message", role: "alert", hidden: true });
  element = h("div", { class: "stage" }, this.canvas, this.#still, this.#message);
  /** @type {Painted | null} */
  painted = null;
  levels = { ...AS_STORED };
  /** Called in the step in which a frame is painted, or lies elsewhere. @type {Set<() => void>} */
  listeners = new Set();
  /** CSS pixels per frame pixel that the whole frame must not exceed: another clip beside it has the same scale. */
  mostScale = Infinity;
  /** @type {View} */
  view = { scaleX: 1, scaleY: 1, left: 0, top: 0 };
  #size = { width: 0, height: 0, ratio: 1 };
  #context;
  #stopRefining = () => {};

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {() => void} viewChanged  the zoom is another one
   */
  constructor(scope, viewChanged) {
    this.scope = scope;
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
    const { bitmap } = painted;
    if (this.canvas.width !== bitmap.width) this.canvas.width = bitmap.width;
    if (this.canvas.height !== bitmap.height) this.canvas.height = bitmap.height;
    this.#context.drawImage(bitmap, 0, 0);
    this.#stopRefining();
    this.#still.hidden = true;
    if (!sameFrame) this.fit();
    this.#label();
    this.#tell();
  }

  /** A frame that cannot be shown: words in its place. @param {ClipMessage} clip @param {number} frameIndex @param {string} text */
  paintBroken(clip, frameIndex, text) {
    this.painted = { clip, frameIndex, bitmap: null, rendition: "broken" };
    this.#erase();
    this.#label();
    this.#tell();
    this.say(text);
  }

  /** No frame at all. */
  blank() {
    this.painted = null;
    this.#erase();
    this.#label();
    this.#tell();
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
    const bitmap = this.painted?.bitmap;
    if (!bitmap || !this.#size.width || !this.#still.hidden) return;
    const { left, top, width, height } = this.#devicePlace();
    const enlarged = width / bitmap.width;
    // Pixel by pixel, or as squares: the compositor has it right already.
    if (enlarged >= SHOW_PIXELS_FROM || (width === bitmap.width && height === bitmap.height)) return;
    const canvas = this.#still;
    const { ratio } = this.#size;
    canvas.width = Math.round(this.#size.width * ratio);
    canvas.height = Math.round(this.#size.height * ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, left, top, width, height);
    canvas.hidden = false;
  }

  /** @param {import("./levels.js").Levels} levels */
  setLevels(levels) {
    this.levels = levels;
    for (const canvas of [this.canvas, this.#still]) canvas.style.filter = levelsFilter(levels);
  }

  /** Of the stage: CSS pixels, and device pixels per CSS pixel. */
  get size() {
    return this.#size;
  }

  /** The view as the pixels really lie: on whole pixels of the display. @returns {View} */
  get placed() {
    if (!this.painted) return this.view;
    const { ratio } = this.#size;
    const { left, top, width, height } = this.#devicePlace();
    const { columns, rows } = this.painted.clip;
    return { scaleX: width / ratio / columns, scaleY: height / ratio / rows, left: left / ratio, top: top / ratio };
  }

  get zoom() {
    return this.painted ? views.zoomOf(this.view, this.#frameOf(this.painted.clip), this.#size) : 1;
  }

  get zoomed() {
    return this.zoom > 1.001;
  }

  fit() {
    if (this.painted) this.#setView(views.fit(this.#frameOf(this.painted.clip), this.#size));
  }

  /** @param {number} factor @param {Point} [at] canvas coordinates; the middle where none is given */
  zoomBy(factor, at = { x: this.#size.width / 2, y: this.#size.height / 2 }) {
    if (this.painted) this.#setView(views.zoomAt(this.view, at, factor, this.#frameOf(this.painted.clip), this.#size));
  }

  /** @param {number} dx @param {number} dy CSS pixels */
  panBy(dx, dy) {
    if (this.painted) this.#setView(views.pan(this.view, dx, dy, this.#frameOf(this.painted.clip), this.#size));
  }

  /** @param {{ clientX: number, clientY: number }} event @returns {Point} canvas coordinates */
  pointOf(event) {
    const box = this.element.getBoundingClientRect();
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

  /** The frame as `view.js` knows it; null where none is painted. */
  get frame() {
    return this.painted && this.#frameOf(this.painted.clip);
  }

  /** @param {ClipMessage} clip @returns {import("./view.js").Frame} */
  #frameOf({ columns, rows, pixel_aspect }) {
    return { columns, rows, pixelAspect: pixel_aspect, mostScale: this.mostScale };
  }

  /** Lie as another stage says. @param {View} view */
  follow(view) {
    if (this.painted) this.#setView(view);
  }

  /** @param {View} view */
  #setView(view) {
    this.view = view;
    this.#place();
    this.#stopRefining();
    this.#stopRefining = this.scope.after(REFINED_AFTER_MS, () => this.refine());
    this.viewChanged();
    this.#tell();
  }

  #tell() {
    for (const listener of this.listeners) listener();
  }

  #resize() {
    const before = this.#size;
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = window.devicePixelRatio || 1;
    if (!width || !height || (width === before.width && height === before.height && ratio === before.ratio)) return;
    this.#size = { width, height, ratio };
    if (!this.painted) return;
    const frame = this.#frameOf(this.painted.clip);
    this.#setView(before.width ? views.resized(this.view, frame, before, this.#size) : views.fit(frame, this.#size));
  }

  /** Where the frame lies, in whole pixels of the display. */
  #devicePlace() {
    const { ratio } = this.#size;
    const { scaleX, scaleY, left, top } = this.view;
    const { columns, rows } = /** @type {Painted} */ (this.painted).clip;
    return {
      left: Math.round(left * ratio),
      top: Math.round(top * ratio),
      width: Math.round(columns * scaleX * ratio),
      height: Math.round(rows * scaleY * ratio),
    };
  }

  /** Let the compositor put the frame where the view says. */
  #place() {
    if (!this.painted) return;
    const { ratio } = this.#size;
    const { columns, rows } = this.painted.clip;
    const { left, top, width, height } = this.#devicePlace();
    const { style } = this.canvas;
    style.width = `${columns}px`;
    style.height = `${rows}px`;
    const scale = `scale(${width / ratio / columns}, ${height / ratio / rows})`;
    style.transform = `translate(${left / ratio}px, ${top / ratio}px) ${scale}`;
    style.imageRendering = width / columns < SHOW_PIXELS_FROM ? "auto" : "pixelated";
    this.#still.hidden = true;
  }

  #erase() {
    this.#context.fillStyle = "#000";
    this.#context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.#still.hidden = true;
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

/** @param {ClipMessage} a @param {ClipMessage} b */
function sameSize(a, b) {
  return a.clip_id === b.clip_id && a.columns === b.columns && a.rows === b.rows;
}
