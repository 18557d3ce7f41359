/**
 * One clip to look at, frame by frame or all frames in one: the viewer's stage and strip without its player.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {"frame" | import("./composite.js").CompositeKind} Look
 */
import { formatTime } from "./badges.js";
import { timeOfFrame } from "./clock.js";
import { ClipSession } from "./clip-session.js";
import { Composite } from "./composite.js";
import { DecodedFrames } from "./decoded-frames.js";
import { h, setText } from "./dom.js";
import { ExactFrames } from "./exact-frames.js";
import { Scope } from "./scope.js";
import { ScrubStrip } from "./scrub-strip.js";
import { Stage } from "./stage.js";
import { troubleOf } from "./trouble.js";

const DECODED_LIMIT_BYTES = 96 * 2 ** 20;
const EXACT_LIMIT_BYTES = 16 * 2 ** 20;
/** A frame that stands still is replaced by the decoder's own pixels. */
const EXACT_AFTER_MS = 250;

export class FrameView {
  /** @type {Look} */
  look = "frame";
  #scope;
  #decoded = new DecodedFrames(DECODED_LIMIT_BYTES);
  #exact = new ExactFrames(EXACT_LIMIT_BYTES);
  /** @type {{ session: ClipSession, composite: Composite, scope: Scope } | null} */
  #open = null;
  #label = h("span", { class: "look-label", role: "status" });
  #stopExact = () => {};
  /** @type {ImageBitmap | null} */
  #composed = null;

  /**
   * @param {Scope} scope
   * @param {{ viewChanged: () => void, painted: () => void }} host
   */
  constructor(scope, { viewChanged, painted }) {
    this.#scope = scope;
    this.painted = painted;
    this.stage = new Stage(scope, viewChanged);
    this.strip = new ScrubStrip(scope, {
      scrubStart: () => {},
      scrubTo: (frameIndex) => this.seek(frameIndex),
      scrubEnd: () => {},
      step: (frames) => this.step(frames),
      describe: (frameIndex) => this.#nameOf(frameIndex),
      hover: () => {},
    });
    this.element = h("div", { class: "viewer frame-view" }, this.stage.element, this.#label, this.strip.element);
    scope.add(() => this.close());
    scope.add(() => this.#exact.destroy());
  }

  get clip() {
    return this.#open?.session.clip ?? null;
  }

  get frameIndex() {
    return this.#open?.session.want ?? 0;
  }

  /** @param {ClipMessage} clip */
  open(clip) {
    const open = this.#open;
    if (open && open.session.clip.url === clip.url && open.session.clip.clip_id === clip.clip_id) {
      open.session.refresh(clip);
      return;
    }
    this.close();
    const scope = this.#scope.child();
    const session = new ClipSession(clip, this.#decoded, (own) => this.#events(own));
    session.want = 0;
    this.#open = { session, scope, composite: new Composite(clip, session.store, scope.signal) };
    if (clip.frame_count === 1) this.look = "frame";
    this.element.classList.toggle("still", clip.frame_count === 1);
    this.stage.blank();
    this.stage.say("Loading…");
    this.strip.setClip(clip.frame_count);
    this.strip.setRange({ first: 0, last: clip.frame_count - 1 }, true);
    this.strip.setWanted(null);
    session.store.activate();
    this.seek(0, { look: this.look });
  }

  close() {
    this.#stopExact();
    this.#exact.cancel();
    this.#decoded.pin(null);
    this.#exact.pin(null);
    this.#open?.scope.dispose();
    this.#open?.session.store.destroy();
    this.#open = null;
    this.#dropComposed();
  }

  /** @param {number} frames */
  step(frames) {
    this.seek(this.frameIndex + frames);
  }

  /** @param {number} frameIndex  clamped @param {{ look?: Look }} [options] */
  seek(frameIndex, { look = "frame" } = {}) {
    const open = this.#open;
    if (!open) return;
    this.look = look;
    open.session.seek(frameIndex);
    this.#stopExact();
    this.#exact.cancel();
    if (look === "frame") {
      this.#stopExact = open.scope.after(EXACT_AFTER_MS, () => void this.#fetchExact(open.session));
      this.#paint();
    } else {
      void open.composite.make(() => void this.#compose()).catch(() => {});
      void this.#compose();
    }
  }

  /** @param {import("./composite.js").CompositeKind} kind */
  showComposite(kind) {
    this.seek(this.frameIndex, { look: kind });
  }

  /** Note what is on screen of a frame, or of all frames in one. @param {import("./seen-area.js").SeenArea} seen */
  noteSeen(seen) {
    const { clientWidth: width, clientHeight: height } = this.stage.element;
    if (this.stage.painted?.bitmap) seen.add(this.stage.view, { width, height }, window.devicePixelRatio || 1);
  }

  /** One pixel of the frame on one pixel of the display; larger where the frame fits so. */
  fullSize() {
    const ratio = window.devicePixelRatio || 1;
    this.stage.fit();
    this.stage.zoomBy(1 / (ratio * this.stage.view.scaleX));
  }

  get isFullSize() {
    return this.stage.view.scaleX * (window.devicePixelRatio || 1) >= 0.999;
  }

  /** @param {ClipSession} session @returns {import("./frame-store.js").StoreEvents} */
  #events(session) {
    const ours = () => this.#open?.session === session;
    return {
      decoded: (frameIndex) => {
        if (ours() && frameIndex === session.want) this.#paint();
      },
      loaded: () => {
        if (ours()) this.strip.setLoaded((frameIndex) => session.store.has(frameIndex));
      },
      building: (done, total) => {
        if (ours() && !this.stage.painted) this.stage.say(`Preparing this clip: ${done} of ${total} frames`);
      },
      waiting: () => {
        if (ours() && !this.stage.painted) this.stage.say("The case library does not answer. Trying again…");
      },
      failed: (error) => {
        if (ours()) this.stage.say(troubleOf(error).text);
      },
    };
  }

  #paint() {
    const open = this.#open;
    if (!open || this.look !== "frame") return;
    const { clip, want, store } = open.session;
    const exact = this.#exact.get(clip, want);
    const bitmap = exact ?? store.get(want);
    const reason = store.broken(want);
    if (bitmap) {
      this.stage.paint({ clip, frameIndex: want, bitmap, rendition: exact ? "exact" : "light" });
      for (const cache of [this.#decoded, this.#exact]) cache.pin(bitmap);
      this.#dropComposed();
    } else if (reason !== undefined) {
      this.stage.paintBroken(clip, want, `Frame ${want + 1} cannot be decoded: ${reason}.`);
    } else return;
    this.strip.setPainted(want);
    setText(this.#label, clip.frame_count === 1 ? "" : this.#nameOf(want));
    this.painted();
  }

  async #compose() {
    const open = this.#open;
    const kind = this.look;
    if (!open || kind === "frame") return;
    const { composite, session } = open;
    const { done, complete } = composite;
    setText(this.#label, complete ? `all ${done} frames in one` : `${done} of ${session.clip.frame_count} frames in one`);
    if (done === 0) return;
    const bitmap = await composite.bitmap(kind);
    if (this.#open !== open || this.look !== kind) return bitmap.close();
    this.stage.paint({ clip: session.clip, frameIndex: session.want, bitmap, rendition: "light" });
    this.#dropComposed();
    this.#composed = bitmap;
    this.strip.setPainted(session.want);
    this.painted();
  }

  #dropComposed() {
    this.#composed?.close();
    this.#composed = null;
  }

  /** @param {ClipSession} session */
  async #fetchExact(session) {
    try {
      await this.#exact.fetch(session.clip, session.want);
    } catch {
      return; // the light frame stays
    }
    if (this.#open?.session === session) this.#paint();
  }

  /** @param {number} frameIndex */
  #nameOf(frameIndex) {
    const { clip } = this;
    if (!clip) return "";
    const time = formatTime(timeOfFrame(clip.clock, frameIndex));
    return `frame ${frameIndex + 1} of ${clip.frame_count}${time && `, ${time}`}`;
  }
}
