/**
 * Playing: which frame is due at a moment of the page's clock.
 *
 * @typedef {import("./clock.js").PlayMode} PlayMode
 * @typedef {import("./clock.js").FrameRange} FrameRange
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 */
import { frameAtPosition, period, positionOfFrame, trimRange } from "./clock.js";

export const SPEEDS = Object.freeze([0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4]);
/** @type {readonly PlayMode[]} */
export const MODES = Object.freeze(/** @type {PlayMode[]} */ (["loop", "sweep", "once"]));

export class Playback {
  playing = false;
  speed = 1;
  /** @type {1 | -1} */
  direction = 1;
  #anchor = { at_ms: 0, position_s: 0 };

  /** @param {ClipMessage} clip */
  constructor(clip) {
    this.clip = clip;
    /** @type {PlayMode} */
    this.mode = clip.playback.sequencing;
    /** What the file asks for. @type {Readonly<FrameRange>} */
    this.trim = trimRange(clip.playback, clip.frame_count);
    /** @type {FrameRange} */
    this.range = { ...this.trim };
  }

  get movable() {
    return this.clip.frame_count > 1 && period(this.clip.clock, this.range, this.mode, this.clip.frame_count) > 0;
  }

  get isWholeRange() {
    return this.range.first === 0 && this.range.last === this.clip.frame_count - 1;
  }

  get isTrim() {
    return this.range.first === this.trim.first && this.range.last === this.trim.last;
  }

  /** Frames per second that are asked for. */
  get rate_fps() {
    return (this.clip.clock.rate_fps ?? 0) * this.speed;
  }

  /**
   * @param {number} frameIndex  where to start; the end of a clip that plays once starts it again
   * @param {number} now_ms
   */
  start(frameIndex, now_ms) {
    const over = this.mode === "once" && frameIndex >= this.range.last;
    const inside = frameIndex >= this.range.first && frameIndex <= this.range.last;
    this.playing = true;
    if (!inside || over) this.direction = 1;
    this.#anchorAt(over ? this.range.first : frameIndex, now_ms);
  }

  stop() {
    this.playing = false;
  }

  /**
   * @param {number} now_ms
   * @returns {number} the frame that is due; stops by itself where a clip plays once
   */
  frameAt(now_ms) {
    const { clip, range, mode } = this;
    const due = frameAtPosition(clip.clock, range, mode, this.#position(now_ms), clip.frame_count);
    this.direction = due.direction;
    if (due.ended) this.playing = false;
    return due.frameIndex;
  }

  /**
   * Change speed, mode or range; playing goes on from where it is.
   *
   * @param {{ speed?: number, mode?: PlayMode, range?: FrameRange }} change
   * @param {number} frameIndex  on screen
   * @param {number} now_ms
   */
  change(change, frameIndex, now_ms) {
    const position_s = this.#position(now_ms);
    if (change.speed !== undefined) this.speed = change.speed;
    if (change.mode) this.mode = change.mode;
    if (change.range) this.range = change.range;
    if (change.mode && change.mode !== "sweep") this.direction = 1;
    if (change.mode || change.range) this.#anchorAt(frameIndex, now_ms);
    else this.#anchor = { at_ms: now_ms, position_s };
  }

  /** First frame of the range here; the last one moves out of the way. @param {number} frameIndex */
  rangeFrom(frameIndex) {
    const end = this.clip.frame_count - 1;
    if (frameIndex >= end) return this.range;
    return { first: frameIndex, last: this.range.last > frameIndex ? this.range.last : end };
  }

  /** @param {number} frameIndex */
  rangeTo(frameIndex) {
    if (frameIndex <= 0) return this.range;
    return { first: this.range.first < frameIndex ? this.range.first : 0, last: frameIndex };
  }

  /** All frames; pressed again where the file has a trim, that trim. @returns {FrameRange} */
  clearedRange() {
    return this.isWholeRange ? { ...this.trim } : { first: 0, last: this.clip.frame_count - 1 };
  }

  /** How many frames the playback passes from one to the other. @param {number} before @param {number} after */
  framesBetween(before, after) {
    const length = this.range.last - this.range.first + 1;
    return this.mode === "loop" ? (after - before + length) % length : Math.abs(after - before);
  }

  /** What the decoder should run ahead for. @returns {FrameRange | null} */
  get loop() {
    return this.playing && this.mode === "loop" ? this.range : null;
  }

  /** @param {number} frameIndex @param {number} now_ms */
  #anchorAt(frameIndex, now_ms) {
    const { clip, range, mode, direction } = this;
    const position_s = positionOfFrame(clip.clock, range, mode, frameIndex, direction, clip.frame_count);
    this.#anchor = { at_ms: now_ms, position_s };
  }

  /** @param {number} now_ms */
  #position(now_ms) {
    const elapsed_s = Math.max(0, now_ms - this.#anchor.at_ms) / 1000;
    return this.#anchor.position_s + elapsed_s * this.speed;
  }
}
