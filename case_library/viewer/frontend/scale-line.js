/** Two points on the depth scale of a picture, set and moved with the pointer or the keys. */
import { clamp } from "./clock.js";
import { h } from "./dom.js";
import { capture } from "./gestures.js";
import { canvasToImage, imageToCanvas } from "./view.js";

/** @typedef {{ x: number, y: number }} Point  image coordinates */

const KEYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

export class ScaleLine {
  /** @type {Point[]} */
  points = [];
  layer = h("div", { class: "scale-layer", hidden: true });
  #ends = [1, 2].map((number) =>
    h("div", { class: "scale-end", tabindex: 0, role: "group", "aria-label": `Point ${number} of 2 on the depth scale: arrow keys move it`, hidden: true }),
  );
  #line = h("div", { class: "scale-line", hidden: true });

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {import("./stage.js").Stage} stage
   * @param {() => void} changed
   */
  constructor(scope, stage, changed) {
    this.stage = stage;
    this.changed = changed;
    this.layer.append(this.#line, ...this.#ends);
    stage.element.append(this.layer);
    scope.listen(stage.element, "pointerdown", (/** @type {PointerEvent} */ event) => this.#press(event));
    scope.listen(this.layer, "keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
  }

  /** @param {boolean} on */
  setActive(on) {
    this.layer.hidden = !on;
    this.stage.element.classList.toggle("measuring", on);
    this.points = [];
    this.place();
    this.changed();
  }

  /** The view is another one. */
  place() {
    this.#ends.forEach((end, k) => {
      const point = this.points[k];
      end.hidden = !point;
      if (!point) return;
      const at = imageToCanvas(point, this.stage.view);
      end.style.transform = `translate(${at.x}px, ${at.y}px)`;
    });
    this.#line.hidden = this.points.length < 2;
    if (this.points.length < 2) return;
    const [a, b] = this.points.map((point) => imageToCanvas(point, this.stage.view));
    this.#line.style.width = `${Math.hypot(b.x - a.x, b.y - a.y)}px`;
    this.#line.style.transform = `translate(${a.x}px, ${a.y}px) rotate(${Math.atan2(b.y - a.y, b.x - a.x)}rad)`;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const clip = this.stage.painted?.clip;
    if (this.layer.hidden || !clip || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    let index = this.#ends.indexOf(/** @type {HTMLDivElement} */ (event.composedPath()[0]));
    if (index < 0) {
      // The first two presses set the points; a further one moves the nearer.
      const at = canvasToImage(this.stage.pointOf(event), this.stage.view);
      const away = (/** @type {Point} */ p) => Math.hypot(p.x - at.x, p.y - at.y);
      index = this.points.length < 2 ? this.points.length : away(this.points[0]) <= away(this.points[1]) ? 0 : 1;
      this.#put(index, at);
    }
    this.#ends[index].focus();
    const { element } = this.stage;
    capture(element, event.pointerId);
    const move = (/** @type {PointerEvent} */ moved) => this.#put(index, canvasToImage(this.stage.pointOf(moved), this.stage.view));
    const stop = () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", stop);
      element.removeEventListener("pointercancel", stop);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", stop);
    element.addEventListener("pointercancel", stop);
  }

  /** @param {number} index @param {Point} at */
  #put(index, at) {
    const clip = this.stage.painted?.clip;
    if (!clip) return;
    this.points[index] = { x: clamp(at.x, 0, clip.columns), y: clamp(at.y, 0, clip.rows) };
    this.place();
    this.changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const index = this.#ends.indexOf(/** @type {HTMLDivElement} */ (event.target));
    const direction = KEYS[event.key];
    if (index < 0 || !direction) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? 10 : 1;
    const { x, y } = this.points[index];
    this.#put(index, { x: x + direction[0] * step, y: y + direction[1] * step });
  }
}
