/**
 * The frames of one clip, decoded ahead of the hand: the wanted one at once, then the nearest, within the limit.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./clock.js").FrameRange} FrameRange
 * @typedef {object} StoreEvents
 * @property {(frameIndex: number) => void} decoded   a frame can be painted, or is known to be broken
 * @property {() => void} loaded                      more bytes are here
 * @property {(done: number, total: number) => void} building
 * @property {() => void} waiting                     the server does not answer; it is asked again
 * @property {(error: Error) => void} failed
 */
import { bytesOf } from "./decoded-frames.js";
import { brokenIn } from "./pack.js";
import { PackLoader } from "./pack-loader.js";
import { decodeImage } from "./decode-image.js";
import { timeToNeed } from "./need.js";

/** Decoding runs off the main thread; more lanes than this delay the wanted frame on a small computer. */
const LANES = 2;
/** Beside a hand that moved this short while ago only one decodes ahead: its frames need the other core. */
const MOVING_MS = 150;
/** Decoding ahead begins when the frame that the hand asked for is painted: on two cores both would be late. */
const AFTER_PAINT_MS = 6;
/** A hand that leaps about may leap again: what lies around is worth decoding once it rests. */
const LEAP_FRAMES = 12;
const AFTER_LEAP_MS = 60;

export class FrameStore {
  /** @type {import("./need.js").Need} */
  #need = { frameIndex: 0, direction: 0, loop: null };
  /** Whether this clip is on screen. */
  active = false;
  /** @type {Set<number>} */
  #decoding = new Set();
  /** @type {Map<number, string>} */
  #broken = new Map();
  /** @type {(at_ms: number) => void} */
  #resolveReady = () => {};
  /** Runs while decoding ahead waits for the hand. @type {ReturnType<typeof setTimeout> | null} */
  #aheadTimer = null;
  #movedAt_ms = -Infinity;

  /**
   * @param {ClipMessage} clip
   * @param {import("./decoded-frames.js").DecodedFrames} decoded
   * @param {StoreEvents} events
   */
  constructor(clip, decoded, events) {
    this.clip = clip;
    this.decoded = decoded;
    this.events = events;
    /** Resolved with `performance.now()` once every byte is local. @type {Promise<number>} */
    this.allReady = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.loader = new PackLoader({
      url: clip.url,
      frameCount: clip.frame_count,
      token: () => this.clip.token,
      known: () => this.clip.pack,
      events: {
        frame: (frameIndex) => {
          this.#decodeNext(frameIndex);
          events.loaded();
        },
        building: events.building,
        waiting: events.waiting,
        index: () => events.loaded(),
        failed: events.failed,
        ready: () => {
          this.#resolveReady(performance.now());
          events.loaded();
        },
      },
    });
  }

  /** Load all of it and decode ahead: this clip is on screen. */
  activate() {
    this.active = true;
    this.decoded.activate(this);
    this.loader.start({ everything: true });
    this.#decodeNext();
  }

  /** Load the first frames, so that switching here is immediate. */
  warm() {
    this.loader.start({ everything: false });
  }

  deactivate() {
    this.active = false;
  }

  /**
   * @param {import("./need.js").Need} need
   */
  want(need) {
    const leapt = need.loop === null && Math.abs(need.frameIndex - this.#need.frameIndex) > LEAP_FRAMES;
    this.#need = need;
    this.#movedAt_ms = performance.now();
    this.loader.focus(need.frameIndex);
    if (!this.active) return;
    this.#holdAhead(leapt ? AFTER_LEAP_MS : AFTER_PAINT_MS);
    this.#decodeNext();
  }

  /** @param {number} pause_ms */
  #holdAhead(pause_ms) {
    if (this.#aheadTimer !== null) clearTimeout(this.#aheadTimer);
    this.#aheadTimer = setTimeout(() => {
      this.#aheadTimer = null;
      if (!this.loader.stopped) this.#decodeNext();
    }, pause_ms);
  }

  /** @param {number} frameIndex */
  get(frameIndex) {
    return this.decoded.get(this, frameIndex);
  }

  /**
   * The decoded frame that comes closest to the wanted one, where it is closer than `than`.
   *
   * @param {number} wanted
   * @param {number} than
   * @returns {number | null}
   */
  nearest(wanted, than) {
    let best = null;
    let distance = Math.abs(wanted - than);
    for (const frameIndex of this.decoded.indices(this)) {
      const away = Math.abs(wanted - frameIndex);
      if (away < distance) {
        best = frameIndex;
        distance = away;
      }
    }
    return best;
  }

  /** @param {number} frameIndex @returns {string | undefined} why a frame cannot be shown */
  broken(frameIndex) {
    const { index } = this.loader;
    return this.#broken.get(frameIndex) ?? (index ? brokenIn(index, frameIndex) : undefined);
  }

  /** @param {number} frameIndex */
  has(frameIndex) {
    return this.loader.blob(frameIndex) !== undefined;
  }

  /** @param {number} frameIndex */
  cost(frameIndex) {
    return timeToNeed(frameIndex, this.#need);
  }

  /** Drop the compressed frames, keep what is decoded. */
  forgetBytes() {
    this.loader.forget();
  }

  destroy() {
    this.active = false;
    if (this.#aheadTimer !== null) clearTimeout(this.#aheadTimer);
    this.loader.stop();
    this.decoded.dropAll(this);
  }

  /** @param {number} [arrived]  a frame whose bytes have just come */
  #decodeNext(arrived) {
    const wanted = this.#need.frameIndex;
    if (arrived === wanted || this.#decodable(wanted)) void this.#decode(wanted);
    if (!this.active || this.#aheadTimer !== null) return;
    const bytes = bytesOf({ width: this.clip.columns, height: this.clip.rows });
    const byHand = this.#need.loop === null && performance.now() - this.#movedAt_ms < MOVING_MS;
    while (this.#decoding.size < (byHand ? 1 : LANES)) {
      const next = this.#nearestMissing();
      if (next === null || !this.decoded.admits(this, this.cost(next), bytes)) return;
      void this.#decode(next);
    }
  }

  /** @returns {number | null} */
  #nearestMissing() {
    let best = null;
    let cost = Infinity;
    for (let frameIndex = 0; frameIndex < this.clip.frame_count; frameIndex += 1) {
      if (!this.#decodable(frameIndex)) continue;
      const candidate = this.cost(frameIndex);
      if (candidate < cost) {
        best = frameIndex;
        cost = candidate;
      }
    }
    return best;
  }

  /** @param {number} frameIndex */
  #decodable(frameIndex) {
    return (
      this.has(frameIndex) && !this.get(frameIndex) && !this.#decoding.has(frameIndex) && !this.#broken.has(frameIndex)
    );
  }

  /** @param {number} frameIndex */
  async #decode(frameIndex) {
    const blob = this.loader.blob(frameIndex);
    if (!blob || !this.#decodable(frameIndex)) return;
    this.#decoding.add(frameIndex);
    try {
      const bitmap = await decodeImage(blob, this.clip);
      // An unmounted viewer keeps nothing.
      if (this.loader.stopped) bitmap.close();
      else this.decoded.put(this, frameIndex, bitmap);
    } catch (error) {
      this.#broken.set(frameIndex, error instanceof Error ? error.message : "it is damaged");
    }
    this.#decoding.delete(frameIndex);
    if (this.loader.stopped) return;
    this.events.decoded(frameIndex);
    this.#decodeNext();
  }
}
