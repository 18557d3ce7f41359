/**
 * The strip under the image: where in the clip the painted frame is, which frames have arrived, what is played.
 *
 * @typedef {import("./clock.js").FrameRange} FrameRange
 * @typedef {object} StripTarget
 * @property {() => void} scrubStart
 * @property {(frameIndex: number) => void} scrubTo
 * @property {() => void} scrubEnd
 * @property {(frames: number) => void} step
 * @property {(frameIndex: number) => string} describe  `frame 61 of 120, 2.000 s`
 * @property {(frameIndex: number | null) => void} hover  the frame under a pointer that presses nothing
 */
import { clamp } from "./clock.js";
import { h } from "./dom.js";
import { capture, isControl } from "./gestures.js";
import { WheelSteps } from "./wheel.js";

/**
 * @param {number} x      CSS pixels from the left end of the track
 * @param {number} width  of the track
 * @param {number} frameCount
 * @returns {number} the frame whose share of the track lies under the pointer
 */
export function frameAtX(x, width, frameCount) {
  return width > 0 ? clamp(Math.floor((x / width) * frameCount), 0, frameCount - 1) : 0;
}

/**
 * @param {number} frameIndex
 * @param {number} frameCount
 * @returns {number} the middle of the frame's share of the track, 0–1
 */
export function shareOfFrame(frameIndex, frameCount) {
  return (frameIndex + 0.5) / frameCount;
}

/**
 * Runs of frames that are there, for drawing.
 *
 * @param {number} frameCount
 * @param {(frameIndex: number) => boolean} has
 * @returns {FrameRange[]}
 */
export function runs(frameCount, has) {
  /** @type {FrameRange[]} */
  const found = [];
  for (let frameIndex = 0; frameIndex < frameCount; frameIndex += 1) {
    const last = found.at(-1);
    if (!has(frameIndex)) continue;
    if (last && last.last === frameIndex - 1) last.last = frameIndex;
    else found.push({ first: frameIndex, last: frameIndex });
  }
  return found;
}

export class ScrubStrip {
  #loaded = h("canvas", { class: "strip-loaded", width: 1, height: 1 });
  #range = h("div", { class: "strip-range" });
  #wanted = h("div", { class: "strip-wanted" });
  #knob = h("div", { class: "strip-knob" });
  #track = h("div", { class: "strip-track" }, this.#loaded, this.#range, this.#wanted, this.#knob);
  element = h(
    "div",
    { class: "strip", role: "slider", tabindex: 0, "aria-label": "Frame", "aria-orientation": "horizontal" },
    this.#track,
  );
  #frameCount = 1;
  #dragging = false;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {StripTarget} target
   */
  constructor(scope, target) {
    this.target = target;
    const { element } = this;
    scope.listen(element, "pointerdown", (/** @type {PointerEvent} */ event) => {
      if (event.button !== 0 || isControl(event.target)) return;
      capture(element, event.pointerId);
      this.#dragging = true;
      target.hover(null);
      element.classList.add("dragging");
      target.scrubStart();
      target.scrubTo(this.#frameUnder(event));
    });
    scope.listen(element, "pointermove", (/** @type {PointerEvent} */ event) => {
      if (this.#dragging) target.scrubTo(this.#frameUnder(event));
      else if (event.pointerType === "mouse") target.hover(this.#frameUnder(event));
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      scope.listen(element, type, () => {
        if (!this.#dragging) return;
        this.#dragging = false;
        element.classList.remove("dragging");
        target.scrubEnd();
      });
    }
    scope.listen(element, "pointerleave", () => target.hover(null));
    const steps = new WheelSteps();
    scope.listen(
      element,
      "wheel",
      (/** @type {WheelEvent} */ event) => {
        event.preventDefault();
        const frames = steps.push(event);
        if (frames !== 0) target.step(frames);
      },
      { passive: false },
    );
  }

  /** @param {number} frameCount */
  setClip(frameCount) {
    this.#frameCount = frameCount;
    this.element.setAttribute("aria-valuemin", "1");
    this.element.setAttribute("aria-valuemax", String(frameCount));
    this.#knob.hidden = true;
    this.element.style.setProperty("--frame-share", String(1 / frameCount));
  }

  /** @param {number} frameIndex  painted */
  setPainted(frameIndex) {
    this.#knob.hidden = false;
    this.#knob.style.left = `${100 * shareOfFrame(frameIndex, this.#frameCount)}%`;
    this.element.setAttribute("aria-valuenow", String(frameIndex + 1));
    this.element.setAttribute("aria-valuetext", this.target.describe(frameIndex));
  }

  /** @param {number | null} frameIndex  asked for and not painted yet */
  setWanted(frameIndex) {
    this.#wanted.hidden = frameIndex === null;
    if (frameIndex !== null) this.#wanted.style.left = `${100 * shareOfFrame(frameIndex, this.#frameCount)}%`;
  }

  /** @param {FrameRange} range @param {boolean} isWhole */
  setRange({ first, last }, isWhole) {
    this.#range.hidden = isWhole;
    this.#range.style.left = `${(100 * first) / this.#frameCount}%`;
    this.#range.style.right = `${100 - (100 * (last + 1)) / this.#frameCount}%`;
  }

  /** @param {(frameIndex: number) => boolean} has */
  setLoaded(has) {
    const canvas = this.#loaded;
    const context = canvas.getContext("2d");
    if (!context) return;
    canvas.width = this.#frameCount;
    context.fillStyle = "#fff";
    for (const { first, last } of runs(this.#frameCount, has)) context.fillRect(first, 0, last - first + 1, 1);
  }

  /** @param {PointerEvent} event */
  #frameUnder(event) {
    const box = this.#track.getBoundingClientRect();
    return frameAtX(event.clientX - box.left, box.width, this.#frameCount);
  }
}
