/**
 * One clip while its case is open: its frames, how it is played, and where the hand left it.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 */
import { clamp } from "./clock.js";
import { FrameStore } from "./frame-store.js";
import { Playback } from "./playback.js";

export class ClipSession {
  /** The frame that is asked for. */
  want = 0;
  /** @type {-1 | 0 | 1} */
  direction = 0;
  /** There is no pack (yet): frames come one by one, exact. */
  exactOnly = false;
  /** What the user has to know about this clip. @type {Error | string | null} */
  trouble = null;

  /**
   * @param {ClipMessage} clip
   * @param {import("./decoded-frames.js").DecodedFrames} decoded
   * @param {(session: ClipSession) => import("./frame-store.js").StoreEvents} events
   */
  constructor(clip, decoded, events) {
    this.clip = clip;
    this.playback = new Playback(clip);
    this.want = this.playback.trim.first;
    this.store = new FrameStore(clip, decoded, events(this));
  }

  /** The same clip with a fresh token or better words. @param {ClipMessage} clip */
  refresh(clip) {
    this.clip = clip;
    this.playback.clip = clip;
    this.store.clip = clip;
  }

  /** @param {number} frameIndex @returns {boolean} whether that is another frame than before */
  seek(frameIndex) {
    const next = clamp(Math.round(frameIndex), 0, this.clip.frame_count - 1);
    if (next === this.want) return false;
    this.direction = next > this.want ? 1 : -1;
    this.want = next;
    this.tell();
    return true;
  }

  /** Let the loader and the decoder know where the hand is. */
  tell() {
    this.store.want({ frameIndex: this.want, direction: this.direction, loop: this.playback.loop });
  }
}
