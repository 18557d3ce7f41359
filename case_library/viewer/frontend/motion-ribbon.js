/**
 * How much changes from frame to frame, drawn once for a clip: where something happens, stands still, or is cut.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 * @typedef {import("./dynamics.js").Motion} Motion
 */
import { h } from "./dom.js";
import { shareOfFrame } from "./scrub-strip.js";

/** A few jumps must not flatten all the rest. */
const FULL_AT_PERCENTILE = 0.98;

/**
 * @param {readonly (number | null)[]} change
 * @returns {number[]} height of each frame's bar, 0–1
 */
export function heights(change) {
  const sorted = change.filter((value) => value !== null).sort((a, b) => a - b);
  const full = sorted[Math.floor(FULL_AT_PERCENTILE * (sorted.length - 1))] || 1;
  return change.map((value) => Math.min(1, (value ?? 0) / full));
}

export class MotionRibbon {
  #canvas = h("canvas", { class: "motion-curve", width: 1, height: 1, "aria-hidden": "true" });
  #opening = h("button", { type: "button", class: "opening", hidden: true }, "◇");
  element = h("div", { class: "motion", role: "img", "aria-label": "Motion" }, this.#canvas, this.#opening);
  /** @type {ClipSession | null} */
  #session = null;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{ dynamics: import("./dynamics.js").Dynamics, seek: (frameIndex: number) => void }} target
   */
  constructor(scope, target) {
    this.target = target;
    target.dynamics.listen((session) => session.clip.url === this.#session?.clip.url && this.#draw());
    const observer = new ResizeObserver(() => this.#draw());
    observer.observe(this.element);
    scope.add(() => observer.disconnect());
    scope.listen(this.#opening, "click", () => this.goToOpening());
  }

  /** @param {ClipSession} session */
  setClip(session) {
    this.#session = session;
    this.target.dynamics.want(session);
    this.#draw();
  }

  /** @returns {boolean} whether a frame is proposed for this clip */
  goToOpening() {
    const opening = this.#motion?.opening;
    if (opening) this.target.seek(opening.frame_number - 1);
    return Boolean(opening);
  }

  get #motion() {
    return this.#session ? this.target.dynamics.of(this.#session)?.motion : undefined;
  }

  #draw() {
    const motion = this.#motion;
    const count = this.#session?.clip.frame_count ?? 1;
    const { clientWidth, clientHeight } = this.element;
    this.#canvas.hidden = !motion;
    this.#opening.hidden = !motion?.opening;
    this.element.setAttribute("aria-label", motion ? summary(motion) : "Motion: being computed");
    if (!motion || !clientWidth || !clientHeight) return;
    paint(this.#canvas, motion, count, clientWidth, clientHeight);
    if (!motion.opening) return;
    const { frame_number, gain_percent } = motion.opening;
    this.#opening.style.left = `${100 * shareOfFrame(frame_number - 1, count)}%`;
    const words = `Frame ${frame_number}: here the dark part of the image is largest, ${gain_percent} % more than at rest`;
    this.#opening.title = `${words}. Proposed for a look by this computer; no diagnosis.`;
    this.#opening.setAttribute("aria-label", this.#opening.title);
  }
}

/** @param {Motion} motion @returns {string} */
function summary({ frozen, cuts, opening }) {
  const parts = ["Motion from frame to frame"];
  if (frozen.length > 0) parts.push(`stands still at frames ${frozen.map(([a, b]) => `${a}–${b}`).join(", ")}`);
  if (cuts.length > 0) parts.push(`another scene begins at frame ${cuts.join(", ")}`);
  if (opening) parts.push(`most dark at frame ${opening.frame_number}`);
  return parts.join("; ");
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Motion} motion
 * @param {number} count  frames
 * @param {number} width  CSS pixels
 * @param {number} height
 */
function paint(canvas, motion, count, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  const x = (/** @type {number} */ frameIndex) => (canvas.width * frameIndex) / count;
  const bar = Math.max(1, x(1));
  context.fillStyle = "#8fa3b5";
  heights(motion.change).forEach((share, k) => {
    const tall = Math.max(share > 0 ? 1 : 0, share * canvas.height);
    context.fillRect(x(k), canvas.height - tall, bar, tall);
  });
  // One picture shown again: a line through the middle, as of a heart that stands still.
  context.fillStyle = "#f0b429";
  for (const number of motion.repeated) context.fillRect(x(number - 1), canvas.height / 2 - ratio / 2, bar, ratio);
  context.fillStyle = "#ffffff";
  for (const number of motion.cuts) context.fillRect(x(number - 1) - ratio, 0, 2 * ratio, canvas.height);
}
