/**
 * Rectangles on the stage: drawn, moved, pulled larger and removed, with the pointer or the keys.
 *
 * @typedef {import("./types.js").MaskRectangle} MaskRectangle
 * @typedef {import("./mask-rects.js").Handle} Handle
 * @typedef {"boxes" | "before" | "after"} MaskLook
 */
import { clamp } from "./clock.js";
import { h } from "./dom.js";
import { capture } from "./gestures.js";
import { HANDLES, between, moved, resized } from "./mask-rects.js";
import { canvasToImage, imageToCanvas } from "./view.js";

/** A press that moves less than this draws nothing. */
const SLOP_PX = 4;
const ZOOM_PER_PX = 0.01;
const STEPS = { plain: 1, shift: 10 };
const KEYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

export class MaskEditor {
  /** @type {MaskRectangle[]} */
  rects = [];
  /** @type {MaskLook} */
  look = "boxes";
  layer = h("div", { class: "mask-layer" });
  /** @type {HTMLElement[]} */
  #boxes = [];
  #selected = -1;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {import("./stage.js").Stage} stage
   * @param {{
   *   changed: (rects: MaskRectangle[]) => void,
   *   selected: (index: number) => void,
   *   step: (frames: number) => void,
   * }} host  changed: the hand has let go of another set of rectangles
   */
  constructor(scope, stage, host) {
    this.stage = stage;
    this.host = host;
    stage.element.append(this.layer);
    scope.listen(stage.element, "pointerdown", (/** @type {PointerEvent} */ event) => this.#press(event));
    scope.listen(this.layer, "keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    scope.listen(this.layer, "focusin", (/** @type {FocusEvent} */ event) => {
      const index = this.#boxes.indexOf(/** @type {HTMLElement} */ (event.target));
      if (index >= 0) this.select(index);
    });
    scope.listen(
      stage.element,
      "wheel",
      (/** @type {WheelEvent} */ event) => {
        event.preventDefault();
        if (event.ctrlKey || event.metaKey) stage.zoomBy(Math.exp(-clamp(event.deltaY, -25, 25) * ZOOM_PER_PX), stage.pointOf(event));
        else if (stage.zoomed) stage.panBy(event.shiftKey ? -event.deltaY : -event.deltaX, event.shiftKey ? 0 : -event.deltaY);
        else host.step(Math.sign(event.deltaY));
      },
      { passive: false },
    );
  }

  /** @param {MaskRectangle[]} rects */
  setRects(rects) {
    this.rects = rects;
    if (this.#selected >= rects.length) this.#selected = -1;
    this.#build();
  }

  /** @param {MaskLook} look */
  setLook(look) {
    this.look = look;
    this.layer.dataset.look = look;
    this.stage.element.dataset.maskLook = look;
  }

  /** @param {number} index  -1 for none @param {{ focus?: boolean }} [options] */
  select(index, { focus = false } = {}) {
    if (index !== this.#selected) {
      this.#selected = index;
      this.#boxes.forEach((box, k) => box.classList.toggle("selected", k === index));
      this.host.selected(index);
    }
    if (focus) this.#boxes[index]?.focus();
  }

  /** A rectangle in the middle of what is seen, for those who draw with the keys. */
  addInMiddle() {
    const frame = this.#frame;
    if (!frame) return;
    const { clientWidth: width, clientHeight: height } = this.stage.element;
    const a = canvasToImage({ x: width * 0.4, y: height * 0.45 }, this.stage.view);
    const b = canvasToImage({ x: width * 0.6, y: height * 0.55 }, this.stage.view);
    this.#commit([...this.rects, drawn(between(a, b, frame))]);
    this.select(this.rects.length - 1, { focus: true });
  }

  /** @param {number} index */
  remove(index) {
    this.#commit(this.rects.filter((_, k) => k !== index));
    const next = Math.min(index, this.rects.length - 1);
    this.#selected = -1;
    this.select(next, { focus: next >= 0 });
  }

  /** The view is another one: put the boxes where they belong. */
  place() {
    this.rects.forEach((rect, k) => this.#placeBox(this.#boxes[k], rect));
  }

  get #frame() {
    return this.stage.painted?.clip ?? null;
  }

  /** @param {MaskRectangle[]} rects */
  #commit(rects) {
    this.setRects(rects);
    this.host.changed(rects);
  }

  #build() {
    const focused = this.#boxes.findIndex((box) => box.matches(":focus"));
    this.#boxes = this.rects.map((_, k) =>
      h(
        "div",
        {
          class: `mask-box${k === this.#selected ? " selected" : ""}`,
          tabindex: 0,
          role: "group",
          "aria-label": `Black box ${k + 1}: arrow keys move it, with Alt they change its size, Delete removes it`,
          "data-index": k,
        },
        h("span", { class: "mask-number" }, String(k + 1)),
        ...HANDLES.map((handle) => h("span", { class: `mask-handle ${handle}`, "data-handle": handle })),
      ),
    );
    this.layer.replaceChildren(...this.#boxes);
    this.place();
    if (focused >= 0) this.#boxes[focused]?.focus();
  }

  /** @param {HTMLElement | undefined} box @param {MaskRectangle} rect */
  #placeBox(box, rect) {
    if (!box || !this.#frame) return;
    const a = imageToCanvas({ x: rect.x, y: rect.y }, this.stage.view);
    const b = imageToCanvas({ x: rect.x + rect.width, y: rect.y + rect.height }, this.stage.view);
    box.style.left = `${a.x}px`;
    box.style.top = `${a.y}px`;
    box.style.width = `${b.x - a.x}px`;
    box.style.height = `${b.y - a.y}px`;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const frame = this.#frame;
    if (!frame || event.button > 1 || !event.isPrimary) return;
    event.preventDefault();
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const box = /** @type {HTMLElement | null} */ (target.closest(".mask-box"));
    const origin = this.stage.pointOf(event);
    if (this.look !== "boxes" || event.button === 1) this.#follow(event, this.#panning(event));
    else if (box && Number(box.dataset.index) === this.#selected) {
      const handle = /** @type {Handle | undefined} */ (target.dataset.handle);
      this.#follow(event, this.#pulling(this.#selected, handle, origin, frame));
    } else {
      // A box that is not selected is not moved: a stroke across it draws, a press on it selects.
      this.stage.element.focus();
      this.#follow(event, this.#drawing(origin, frame, box ? Number(box.dataset.index) : -1));
    }
  }

  /** @param {PointerEvent} press @returns {Drag} */
  #panning(press) {
    let last = { x: press.clientX, y: press.clientY };
    return {
      move: (event) => {
        this.stage.panBy(event.clientX - last.x, event.clientY - last.y);
        last = { x: event.clientX, y: event.clientY };
      },
      end: () => {},
      giveUp: () => {},
    };
  }

  /**
   * @param {number} index
   * @param {Handle | undefined} handle  none: the box is moved
   * @param {{ x: number, y: number }} origin
   * @param {import("./mask-rects.js").FrameSize} frame
   * @returns {Drag}
   */
  #pulling(index, handle, origin, frame) {
    const before = this.rects[index];
    let now = before;
    return {
      move: (event) => {
        const at = this.stage.pointOf(event);
        const { scaleX, scaleY } = this.stage.view;
        const [dx, dy] = [(at.x - origin.x) / scaleX, (at.y - origin.y) / scaleY];
        const rect = handle ? resized(before, handle, dx, dy, frame) : moved(before, dx, dy, frame);
        now = { ...before, ...rect };
        this.#placeBox(this.#boxes[index], now);
      },
      end: () => {
        if (JSON.stringify(now) !== JSON.stringify(before)) this.#commit(this.rects.map((rect, k) => (k === index ? touched(now) : rect)));
      },
      giveUp: () => this.place(),
    };
  }

  /**
   * @param {{ x: number, y: number }} origin
   * @param {import("./mask-rects.js").FrameSize} frame
   * @param {number} under  the box that lies there, -1 for none
   * @returns {Drag}
   */
  #drawing(origin, frame, under) {
    const ghost = h("div", { class: "mask-box ghost" });
    /** @type {MaskRectangle | null} */
    let rect = null;
    const start = canvasToImage(origin, this.stage.view);
    return {
      move: (event) => {
        const at = this.stage.pointOf(event);
        if (!rect && Math.hypot(at.x - origin.x, at.y - origin.y) < SLOP_PX) return;
        rect = drawn(between(start, canvasToImage(at, this.stage.view), frame));
        if (!ghost.isConnected) this.layer.append(ghost);
        this.#placeBox(ghost, rect);
      },
      end: () => {
        ghost.remove();
        if (!rect) return this.select(under, { focus: under >= 0 });
        this.#commit([...this.rects, rect]);
        this.select(this.rects.length - 1, { focus: true });
      },
      giveUp: () => ghost.remove(),
    };
  }

  /**
   * @typedef {{ move: (event: PointerEvent) => void, end: () => void, giveUp: () => void }} Drag
   * @param {PointerEvent} press
   * @param {Drag} drag
   */
  #follow(press, drag) {
    const { element } = this.stage;
    capture(element, press.pointerId);
    element.classList.add("dragging");
    const move = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId === press.pointerId) drag.move(event);
    };
    const stop = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== press.pointerId) return;
      element.removeEventListener("pointermove", move);
      for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) element.removeEventListener(type, stop);
      element.classList.remove("dragging");
      if (event.type === "pointerup") drag.end();
      else drag.giveUp();
    };
    element.addEventListener("pointermove", move);
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) element.addEventListener(type, stop);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const index = this.#boxes.indexOf(/** @type {HTMLElement} */ (event.target));
    const frame = this.#frame;
    if (index < 0 || !frame) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      event.stopPropagation();
      this.remove(index);
      return;
    }
    const direction = KEYS[event.key];
    if (!direction || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? STEPS.shift : STEPS.plain;
    const [dx, dy] = direction.map((part) => part * step);
    const before = this.rects[index];
    const rect = event.altKey ? resized(before, "se", dx, dy, frame) : moved(before, dx, dy, frame);
    this.#commit(this.rects.map((other, k) => (k === index ? touched({ ...before, ...rect }) : other)));
  }
}

/** @param {import("./mask-rects.js").Rect} rect @returns {MaskRectangle} */
function drawn(rect) {
  return { ...rect, origin: "drawn", why: "" };
}

/** A suggestion that a person has changed is that person's. @param {MaskRectangle} rect */
function touched(rect) {
  return drawn({ x: rect.x, y: rect.y, width: rect.width, height: rect.height });
}
