/**
 * The line that says what is on screen: frame number, time, clock, scale, and which pixels these are.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 */
import { clockBadge, formatTime, scaleBadge } from "./badges.js";
import { timeOfFrame } from "./clock.js";
import { h, setText } from "./dom.js";

/** @typedef {"light" | "exact" | "loading" | "off" | "failed" | "broken" | "none"} PixelState */

/** @type {Record<PixelState, { text: string, title: string }>} */
const PIXELS = {
  light: { text: "light", title: "Light frame, for fast scrubbing. The exact one follows when the frame stands still." },
  loading: { text: "light · exact…", title: "The exact frame is on its way." },
  exact: { text: "exact ✓", title: "Exactly the pixels that the file holds. E shows the light frame." },
  off: { text: "light only", title: "Exact frames are switched off. E switches them on." },
  failed: { text: "light · no exact", title: "The exact frame could not be had." },
  none: { text: "loading…", title: "No frame of this clip has arrived yet." },
  broken: { text: "no picture", title: "This frame cannot be decoded." },
};

export class Readout {
  #number = h("span", { class: "frame-number", title: "frame / frames in this clip" });
  #time = h("span", { class: "frame-time", title: "seconds after the first frame" });
  #clock = h("span", { class: "badge clock-badge" });
  #scale = h("span", { class: "badge scale-badge" });
  pixels = h("button", { type: "button", class: "badge pixels-badge" });
  loud = h("div", { class: "readout-loud" }, this.#number, this.#time);
  status = h("div", { class: "status", role: "group", "aria-label": "Clock, scale, pixels" }, this.#clock, this.#scale, this.pixels);

  /** @param {ClipMessage} clip */
  setClip(clip) {
    this.clip = clip;
    for (const [element, badge] of /** @type {const} */ ([
      [this.#clock, clockBadge(clip.clock)],
      [this.#scale, scaleBadge(clip.scale)],
    ])) {
      setText(element, badge.text);
      element.title = badge.title;
      element.classList.toggle("untrusted", !badge.trusted);
    }
    this.#time.hidden = timeOfFrame(clip.clock, 0) === null;
    this.#time.classList.toggle("untrusted", !clip.clock.trusted);
    // Wide enough for the last number, so that nothing moves while the numbers run.
    const digits = String(clip.frame_count).length;
    this.#number.style.minWidth = `${2 * digits + 3}ch`;
    const longest = formatTime(timeOfFrame(clip.clock, clip.frame_count - 1));
    this.#time.style.minWidth = `${longest.length}ch`;
    this.setFrame(null);
    this.setPixels("none");
  }

  /** @param {number | null} frameIndex  painted, or null where none is */
  setFrame(frameIndex) {
    if (!this.clip) return;
    setText(this.#number, `${frameIndex === null ? "–" : frameIndex + 1} / ${this.clip.frame_count}`);
    setText(this.#time, frameIndex === null ? "– s" : formatTime(timeOfFrame(this.clip.clock, frameIndex)));
  }

  /** @param {PixelState} state @param {string} [reason] */
  setPixels(state, reason) {
    const { text, title } = PIXELS[state];
    setText(this.pixels, text);
    this.pixels.title = reason ? `${title} ${reason}` : title;
    this.pixels.dataset.state = state;
  }
}
