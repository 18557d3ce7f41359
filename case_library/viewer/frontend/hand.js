/**
 * The pointer over the frame: it draws, takes hold of what is drawn, or lets the press through to the scrubbing below.
 *
 * @typedef {import("./drawn.js").Drawn} Drawn
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {{ drawn: Drawn, handle: number | null }} Grip  handle: null takes the whole figure
 *
 * @typedef {object} HandTarget
 * @property {() => import("./drawing.js").Drawing | null} drawing
 * @property {() => boolean} editable
 * @property {() => Drawn | null} selected
 * @property {(drawn: Drawn | null) => void} select
 * @property {() => void} redraw                       what is being drawn has changed
 * @property {(drawn: Drawn) => void} begin            a figure is about to be moved
 * @property {(drawn: Drawn, points: Point[]) => void} move
 * @property {() => void} end
 * @property {() => void} cancel
 * @property {(at: Point | null, event: PointerEvent | null) => void} look  a fine place is being chosen, or no longer
 */
import { distance, distanceTo, handlesOf, movedBy, snapped, straightened, withHandle } from "./drawn-geometry.js";
import { capture } from "./gestures.js";
import { isSame } from "./drawn.js";

const SLOP_PX = 4;
const SNAP_PX = 8;
/** How near a hand must come. */
const REACH_PX = { mouse: 9, pen: 12, touch: 22 };

export class Hand {
  /** @type {{ pointerId: number, from: { x: number, y: number }, moved: boolean, grip: Grip | null, offset: Point, points: Point[], set: number } | null} */
  #press = null;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {import("./overlay.js").Overlay} overlay
   * @param {import("./stage.js").Stage} stage
   * @param {HandTarget} target
   */
  constructor(scope, overlay, stage, target) {
    this.overlay = overlay;
    this.stage = stage;
    this.target = target;
    const { canvas } = overlay;
    scope.listen(canvas, "pointerdown", (/** @type {PointerEvent} */ event) => this.#down(event));
    scope.listen(canvas, "pointermove", (/** @type {PointerEvent} */ event) => this.#moved(event));
    scope.listen(canvas, "pointerup", (/** @type {PointerEvent} */ event) => this.#up(event));
    for (const type of ["pointercancel", "lostpointercapture"]) {
      scope.listen(canvas, type, (/** @type {PointerEvent} */ event) => this.#lost(event));
    }
    let fingers = 0;
    scope.listen(
      stage.element,
      "pointerdown",
      (/** @type {PointerEvent} */ event) => {
        if (event.isTrusted && event.pointerType === "touch") fingers += 1;
      },
      { capture: true },
    );
    for (const type of ["pointerup", "pointercancel"]) {
      scope.listen(
        window,
        type,
        (/** @type {PointerEvent} */ event) => {
          if (event.pointerType === "touch") fingers = Math.max(0, fingers - 1);
          if (fingers === 0) this.#pinching = false;
        },
        { capture: true },
      );
    }
    scope.listen(canvas, "pointerleave", () => this.#hover(null));
    scope.listen(canvas, "dblclick", (/** @type {MouseEvent} */ event) => {
      if (!target.drawing()) return;
      event.stopPropagation();
      target.drawing()?.finish();
      target.redraw();
    });
    // A click beside everything lets go of what is selected; a drag there scrubs and keeps it.
    let missed = { x: 0, y: 0 };
    scope.listen(stage.element, "pointerdown", (/** @type {PointerEvent} */ event) => {
      missed = { x: event.clientX, y: event.clientY };
    });
    scope.listen(stage.element, "click", (/** @type {MouseEvent} */ event) => {
      const still = Math.hypot(event.clientX - missed.x, event.clientY - missed.y) < SLOP_PX;
      const onFrame = event.target === stage.element || event.target === canvas;
      if (still && onFrame && !target.drawing() && !this.#gripAt(event, "mouse")) target.select(null);
    });
  }

  /** @param {{ clientX: number, clientY: number }} event @param {string} pointerType @returns {Grip | null} */
  #gripAt(event, pointerType) {
    const { x, y } = this.stage.pointOf(event);
    const at = /** @type {Point} */ ([x, y]);
    const reach = REACH_PX[/** @type {keyof typeof REACH_PX} */ (pointerType)] ?? REACH_PX.mouse;
    const selected = this.target.selected();
    const all = this.overlay.drawn.toReversed().sort((a, b) => Number(isSame(b, selected)) - Number(isSame(a, selected)));
    for (const drawn of all) {
      const handles = this.overlay.toCanvas(handlesOf(drawn.form, drawn.points));
      const near = handles.map((handle) => distance(at, handle));
      const handle = near.indexOf(Math.min(...near));
      if (near[handle] <= reach && this.#mayHold(drawn, handle)) return { drawn, handle };
    }
    const body = all.find((drawn) => distanceTo(drawn.form, this.overlay.toCanvas(drawn.points), at) <= reach * 0.8);
    return body ? { drawn: body, handle: null } : null;
  }

  /** The start of an excursion belongs to another frame. @param {Drawn} drawn @param {number} handle */
  #mayHold({ list, form, mark }, handle) {
    return !(list === "measurements" && form === "arrow" && mark === 1 && handle === 0);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#press && event.pointerType === "touch") this.#handOver(this.#press);
    if (event.button !== 0 || this.#press) return;
    const drawing = this.#pinching ? null : this.target.drawing();
    const grip = drawing || this.#pinching ? null : this.#gripAt(event, event.pointerType);
    if (!drawing && !grip) return;
    event.stopPropagation();
    capture(this.overlay.canvas, event.pointerId);
    const at = this.overlay.pointOf(event);
    this.#press = {
      pointerId: event.pointerId,
      from: { x: event.clientX, y: event.clientY },
      moved: false,
      grip,
      offset: [0, 0],
      points: grip?.drawn.points ?? [],
      set: drawing?.points.length ?? 0,
    };
    if (drawing) {
      const place = this.#fine(at, event, this.#startOf(drawing));
      drawing.press(place, this.#px);
      this.target.look(place, event);
      this.target.redraw();
    } else if (grip) {
      const anchor = grip.handle === null ? at : handlesOf(grip.drawn.form, grip.drawn.points)[grip.handle];
      // The hand takes a handle beside its middle; it must not jump there.
      this.#press.offset = [anchor[0] - at[0], anchor[1] - at[1]];
      this.target.select(grip.drawn);
    }
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const press = this.#press;
    const at = this.overlay.pointOf(event);
    if (!press || press.pointerId !== event.pointerId) return this.#hover(event);
    event.stopPropagation();
    press.moved ||= Math.hypot(event.clientX - press.from.x, event.clientY - press.from.y) >= SLOP_PX;
    const drawing = this.target.drawing();
    if (drawing) {
      const place = this.#fine(at, event, this.#startOf(drawing));
      if (press.moved) drawing.move(place, this.#px);
      this.target.look(place, event);
      this.target.redraw();
    } else if (press.grip && press.moved && this.target.editable()) this.#drag(press.grip, at, event);
  }

  /** @param {Grip} grip @param {Point} at @param {PointerEvent} event */
  #drag({ drawn, handle }, at, event) {
    const press = this.#press;
    if (!press) return;
    if (!this.#begun) {
      this.#begun = true;
      this.target.begin(drawn);
    }
    const to = /** @type {Point} */ ([at[0] + press.offset[0], at[1] + press.offset[1]]);
    if (handle === null) {
      const start = this.overlay.pointOf({ clientX: press.from.x, clientY: press.from.y });
      this.target.move(drawn, movedBy(press.points, at[0] - start[0], at[1] - start[1]));
      return;
    }
    const other = press.points[handle % 2 === 0 ? handle + 1 : handle - 1] ?? null;
    const place = this.#fine(to, event, drawn.form === "outline" ? null : other, drawn);
    this.target.look(place, event);
    this.target.move(drawn, withHandle(drawn.form, press.points, handle, place, this.aspect));
  }

  #begun = false;
  /** Two fingers are on the frame: until both are lifted they zoom and move it. */
  #pinching = false;

  /** A second finger: what the first began is given up, and both zoom. @param {{ pointerId: number, from: { x: number, y: number }, set: number }} press */
  #handOver(press) {
    this.#press = null;
    this.#pinching = true;
    const drawing = this.target.drawing();
    while (drawing && drawing.points.length > press.set) drawing.back();
    if (this.#begun) this.target.cancel();
    this.#begun = false;
    this.target.look(null, null);
    this.target.redraw();
    const { pointerId, from } = press;
    const first = { pointerId, clientX: from.x, clientY: from.y, pointerType: "touch", button: 0 };
    this.stage.element.dispatchEvent(new PointerEvent("pointerdown", first));
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const press = this.#press;
    if (!press || press.pointerId !== event.pointerId) return;
    event.stopPropagation();
    this.#press = null;
    const drawing = this.target.drawing();
    if (drawing) {
      drawing.release(this.#fine(this.overlay.pointOf(event), event, this.#startOf(drawing)), press.moved);
      this.target.redraw();
    } else if (this.#begun) this.target.end();
    this.#begun = false;
    this.target.look(null, null);
  }

  /** @param {PointerEvent} event */
  #lost(event) {
    if (this.#press?.pointerId !== event.pointerId) return;
    this.#press = null;
    if (this.#begun) this.target.cancel();
    this.#begun = false;
    this.target.look(null, null);
  }

  /** @param {PointerEvent | null} event */
  #hover(event) {
    const { canvas } = this.overlay;
    const drawing = this.target.drawing();
    if (!event || this.#press) return;
    if (drawing) {
      const place = this.#fine(this.overlay.pointOf(event), event, this.#startOf(drawing));
      drawing.move(place, this.#px);
      this.target.look(event.pointerType === "mouse" && drawing.begun ? place : null, event);
      this.target.redraw();
    }
    const grip = drawing || event.buttons > 0 ? null : this.#gripAt(event, event.pointerType);
    const cursor = drawing ? "crosshair" : grip ? (grip.handle === null ? "move" : "pointer") : "";
    if (canvas.style.cursor !== cursor) canvas.style.cursor = cursor;
  }

  /** Canvas pixels per image pixel. */
  get #px() {
    return this.stage.placed.scaleX;
  }

  /** Height of a pixel over its width, as it is shown. */
  get aspect() {
    const { scaleX, scaleY } = this.stage.placed;
    return scaleY / scaleX;
  }

  /** @param {import("./drawing.js").Drawing} drawing @returns {Point | null} where the line that is being drawn begins */
  #startOf({ points, input }) {
    return input.most !== Infinity && points.length % 2 === 1 ? points[points.length - 1] : null;
  }

  /**
   * Where a hand really means: onto something near (not with Ctrl), or level, upright or at 45 degrees (with Shift).
   *
   * @param {Point} at
   * @param {{ ctrlKey: boolean, metaKey: boolean, shiftKey: boolean }} event
   * @param {Point | null} from
   * @param {Drawn | null} [moving]
   * @returns {Point}
   */
  #fine(at, event, from, moving = null) {
    if (event.shiftKey && from) return straightened(from, at, this.aspect);
    if (event.ctrlKey || event.metaKey) return at;
    const others = this.overlay.drawn
      .filter((drawn) => !moving || !isSame(drawn, moving))
      .map(({ form, points }) => ({ form, points: this.overlay.toCanvas(points) }));
    const [place, start] = this.overlay.toCanvas(from ? [at, from] : [at]);
    const onto = snapped(place, others, SNAP_PX, start ?? null);
    return onto ? this.overlay.fromCanvas(onto) : at;
  }
}
