/**
 * Everything of a clip that lies along its time: phases, how much moves, what the patient said, and the strip.
 *
 * All of it is drawn when something about it changes; a step moves the knob of the strip and nothing else.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 */
import { clamp } from "./clock.js";
import { h, setText } from "./dom.js";
import { shareOfFrame } from "./scrub-strip.js";
import { Thumbnail } from "./thumbnail.js";

export class Timeline {
  #thumbnail = new Thumbnail();
  #words = h("span", {});
  #tip = h("div", { class: "timeline-tip", hidden: true }, this.#thumbnail.element, this.#words);
  element;
  /** @type {ClipSession | null} */
  #session = null;

  /**
   * @param {{
   *   strip: import("./scrub-strip.js").ScrubStrip,
   *   ribbons: { element: HTMLElement, setClip: (session: ClipSession) => void }[],
   *   onStrip: { element: HTMLElement, setClip: (session: ClipSession) => void }[],
   *   describe: (frameIndex: number) => string,
   * }} parts  ribbons: above the strip; onStrip: where one scrubs too
   */
  constructor({ strip, ribbons, onStrip, describe }) {
    this.parts = [...ribbons, ...onStrip];
    this.describe = describe;
    strip.element.prepend(...onStrip.map((part) => part.element));
    const above = ribbons.map((part) => part.element);
    this.element = h("div", { class: "timeline" }, ...above, strip.element, this.#tip);
  }

  /** @param {ClipSession} session */
  setClip(session) {
    this.#session = session;
    this.#tip.hidden = true;
    for (const part of this.parts) part.setClip(session);
  }

  /** Show what lies under a pointer. @param {number | null} frameIndex */
  hover(frameIndex) {
    const session = this.#session;
    this.#tip.hidden = frameIndex === null || !session;
    if (frameIndex === null || !session) return this.#thumbnail.clear();
    setText(this.#words, this.describe(frameIndex));
    this.#thumbnail.show(session, frameIndex);
    const { clientWidth: width } = this.element;
    const half = 90;
    const x = shareOfFrame(frameIndex, session.clip.frame_count) * width;
    this.#tip.style.left = `${clamp(x, half, Math.max(half, width - half))}px`;
  }
}
