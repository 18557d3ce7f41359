/**
 * What is on screen: the painted frame, and everything that speaks about it. Nothing here decides what to paint.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 */
import { formatTime } from "./badges.js";
import { timeOfFrame } from "./clock.js";

export class Screen {
  /** The clip that strip, readout and buttons describe. @type {ClipSession | null} */
  described = null;
  /** Frames painted so far. */
  paints = 0;
  /** @type {{ session: ClipSession, frameIndex: number, resolve: () => void }[]} */
  #waiters = [];

  /**
   * @param {{
   *   root: HTMLElement,
   *   stage: import("./stage.js").Stage,
   *   strip: import("./scrub-strip.js").ScrubStrip,
   *   timeline: import("./timeline.js").Timeline,
   *   readout: import("./readout.js").Readout,
   *   controls: import("./controls.js").Controls,
   *   facts: import("./facts.js").Facts,
   *   clips: import("./clip-strip.js").ClipStrip,
   *   pins: { pin: (bitmap: ImageBitmap | null) => void }[],
   * }} parts  pins: the caches, which must not close the bitmap that is shown
   */
  constructor(parts) {
    this.parts = parts;
  }

  /** @param {ClipSession} session @returns {number | null} the frame of this clip that is painted */
  frameOf(session) {
    const { painted } = this.parts.stage;
    return painted && painted.clip.url === session.clip.url ? painted.frameIndex : null;
  }

  get bitmap() {
    return this.parts.stage.painted?.bitmap ?? null;
  }

  get rendition() {
    return this.parts.stage.painted?.rendition ?? null;
  }

  /** Let everything but the pixels speak about this clip. @param {ClipSession} session */
  describe(session) {
    this.described = session;
    const { root, strip, timeline, readout, controls, facts } = this.parts;
    const { clip, playback } = session;
    root.classList.toggle("still", !playback.movable);
    strip.setClip(clip.frame_count);
    timeline.setClip(session);
    readout.setClip(clip);
    controls.setClip(playback);
    facts.setClip(clip);
    this.showRange(session);
    this.showLoaded(session);
    const frameIndex = this.frameOf(session);
    if (frameIndex !== null) this.#showNumber(frameIndex);
  }

  /**
   * Pixels and their number, in one go.
   *
   * @param {ClipSession} session
   * @param {number} frameIndex
   * @param {ImageBitmap} bitmap
   * @param {"light" | "exact"} rendition
   * @param {import("./readout.js").PixelState} words  for the pixels
   */
  paint(session, frameIndex, bitmap, rendition, words) {
    const { stage, readout, clips } = this.parts;
    if (this.described !== session) this.describe(session);
    stage.paint({ clip: session.clip, frameIndex, bitmap, rendition });
    if (rendition === "exact") stage.refine();
    this.#pin(bitmap);
    this.paints += 1;
    readout.setPixels(words);
    clips.borrowPoster(session.clip, bitmap);
    this.#arrived(session, frameIndex);
  }

  /** @param {ClipSession} session @param {number} frameIndex @param {string} reason */
  paintBroken(session, frameIndex, reason) {
    const { stage, readout } = this.parts;
    if (this.described !== session) this.describe(session);
    stage.paintBroken(session.clip, frameIndex, `Frame ${frameIndex + 1} cannot be decoded: ${reason}.`);
    this.#pin(null);
    readout.setPixels("broken");
    this.#arrived(session, frameIndex);
  }

  /** Nothing of this clip can be painted yet, and what was painted is of another one. @param {ClipSession} session */
  clear(session) {
    this.parts.stage.blank();
    this.#pin(null);
    this.describe(session);
    this.parts.readout.setPixels("none");
  }

  /** @param {ClipSession} session @param {number} frameIndex @returns {Promise<void>} */
  whenPainted(session, frameIndex) {
    if (this.frameOf(session) === frameIndex) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ session, frameIndex, resolve });
    });
  }

  /** @param {ClipSession} session */
  showRange({ playback }) {
    this.parts.strip.setRange(playback.range, playback.isWholeRange);
    this.parts.controls.update(playback);
  }

  /** @param {ClipSession} session */
  showLoaded(session) {
    if (session === this.described) this.parts.strip.setLoaded((frameIndex) => session.store.has(frameIndex));
  }

  /** Where the hand is, as long as the bytes for it are missing. @param {ClipSession} session */
  showWanted({ want, store }) {
    this.parts.strip.setWanted(store.has(want) ? null : want);
  }

  /** @param {number} frameIndex @returns {string} `frame 61 of 120, 2.000 s` */
  nameOf(frameIndex) {
    const clip = this.described?.clip;
    if (!clip) return "";
    const time = formatTime(timeOfFrame(clip.clock, frameIndex));
    return `frame ${frameIndex + 1} of ${clip.frame_count}${time && `, ${time}`}`;
  }

  /** @param {ClipSession} session @param {number} frameIndex */
  #arrived(session, frameIndex) {
    this.#showNumber(frameIndex);
    if (frameIndex === session.want) this.parts.strip.setWanted(null);
    this.#waiters = this.#waiters.filter((waiter) => {
      const done = waiter.session === session && waiter.frameIndex === frameIndex;
      if (done) waiter.resolve();
      return !done;
    });
  }

  /** @param {number} frameIndex */
  #showNumber(frameIndex) {
    this.parts.readout.setFrame(frameIndex);
    this.parts.strip.setPainted(frameIndex);
  }

  /** @param {ImageBitmap | null} bitmap */
  #pin(bitmap) {
    for (const cache of this.parts.pins) cache.pin(bitmap);
  }
}
