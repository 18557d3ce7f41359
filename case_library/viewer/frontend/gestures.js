/**
 * Fingers, mouse and wheel on the stage -> frames, pan and zoom.
 *
 * One finger or the mouse scrubs sideways; where the frame is enlarged it moves it; Shift swaps the two. Two fingers
 * zoom and move.
 *
 * @typedef {object} GestureTarget
 * @property {() => boolean} zoomed
 * @property {() => boolean} movable            there is more than one frame
 * @property {() => void} scrubStart
 * @property {(frames: number) => void} scrubBy  frames from where the drag began
 * @property {() => void} scrubEnd
 * @property {() => number} pixelsPerFrame
 * @property {(frames: number) => void} step
 * @property {(dx: number, dy: number) => void} pan
 * @property {(factor: number, event: { clientX: number, clientY: number }) => void} zoom
 * @property {(event: MouseEvent) => void} doubleClick
 */
import { clamp } from "./clock.js";
import { WheelSteps } from "./wheel.js";

/** A press that moves less than this is a click. */
const SLOP_PX = 4;
/** A wheel notch with Ctrl zooms by about a quarter; a trackpad pinch sends many small deltas. */
const ZOOM_PER_PX = 0.01;
const ZOOM_DELTA_LIMIT_PX = 25;

/**
 * @param {HTMLElement} element
 * @param {import("./scope.js").Scope} scope
 * @param {GestureTarget} target
 */
export function listenToGestures(element, scope, target) {
  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  /** @type {"none" | "pending" | "scrub" | "pan" | "pinch"} */
  let mode = "none";
  let origin = { x: 0, y: 0 };
  let swapped = false;

  const finish = () => {
    if (mode === "scrub") target.scrubEnd();
    mode = "none";
    element.classList.remove("dragging");
  };

  scope.listen(element, "pointerdown", (/** @type {PointerEvent} */ event) => {
    if (event.button > 1 || isControl(event.target)) return;
    capture(element, event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size === 2) {
      finish();
      mode = "pinch";
    } else if (pointers.size === 1) {
      mode = event.button === 1 ? "pan" : "pending";
      origin = { x: event.clientX, y: event.clientY };
      swapped = event.shiftKey;
      if (event.button === 1) event.preventDefault();
    }
  });

  scope.listen(element, "pointermove", (/** @type {PointerEvent} */ event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    if (mode === "pinch") pinch(event.pointerId, before, now);
    pointers.set(event.pointerId, now);
    if (mode === "pending" && Math.hypot(now.x - origin.x, now.y - origin.y) >= SLOP_PX) begin();
    if (mode === "pan") target.pan(now.x - before.x, now.y - before.y);
    if (mode === "scrub") target.scrubBy(Math.round((now.x - origin.x) / target.pixelsPerFrame()));
  });

  const begin = () => {
    mode = target.zoomed() !== swapped || !target.movable() ? "pan" : "scrub";
    element.classList.add("dragging");
    if (mode === "scrub") target.scrubStart();
  };

  /** @param {number} moving @param {{ x: number, y: number }} before @param {{ x: number, y: number }} now */
  const pinch = (moving, before, now) => {
    const other = [...pointers].find(([id]) => id !== moving)?.[1];
    if (!other) return;
    const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 };
    target.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    const apart = Math.hypot(before.x - other.x, before.y - other.y);
    if (apart > 0) target.zoom(Math.hypot(now.x - other.x, now.y - other.y) / apart, middle);
  };

  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    scope.listen(element, type, (/** @type {PointerEvent} */ event) => {
      // After a pinch the finger that stays does nothing until it is lifted: it would jump.
      if (pointers.delete(event.pointerId)) finish();
    });
  }

  const steps = new WheelSteps();
  scope.listen(
    element,
    "wheel",
    (/** @type {WheelEvent} */ event) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        const delta = clamp(event.deltaY, -ZOOM_DELTA_LIMIT_PX, ZOOM_DELTA_LIMIT_PX);
        target.zoom(Math.exp(-delta * ZOOM_PER_PX), event);
        return;
      }
      const frames = steps.push(event);
      if (frames !== 0) target.step(frames);
    },
    { passive: false },
  );
  scope.listen(element, "dblclick", (/** @type {MouseEvent} */ event) => {
    if (!isControl(event.target)) target.doubleClick(event);
  });
}

/**
 * A pointer that has just been lifted cannot be captured any more.
 *
 * @param {HTMLElement} element
 * @param {number} pointerId
 */
export function capture(element, pointerId) {
  try {
    element.setPointerCapture(pointerId);
  } catch {
    // gone already: its pointerup follows
  }
}

/** Whether a press belongs to a control that lies on top. @param {EventTarget | null} target */
export function isControl(target) {
  return target instanceof Element && target.closest("button, a, input, select") !== null;
}
