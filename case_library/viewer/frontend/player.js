/**
 * One wanted frame, one painted frame: hands and the clock move the first, and it is painted as soon as it can be.
 *
 * The old frame and its number stay until the wanted one is painted, so the label and the pixels never disagree.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 */
import { RateMeter } from "./rate-meter.js";
import { StandingStill } from "./standing-still.js";

/** How long a frame of the clip before may stay while the next clip's first frame is on its way. */
const CLIP_PATIENCE_MS = 150;

export class Player {
  /** The clip that is asked for. @type {ClipSession | null} */
  current = null;
  #dragging = false;
  #scrubOrigin = 0;
  #raf = 0;
  #loadedStale = false;
  #meter = new RateMeter();
  #stopPatience = () => {};

  /**
   * @param {{
   *   screen: import("./screen.js").Screen,
   *   exact: import("./exact-frames.js").ExactFrames,
   *   scope: import("./scope.js").Scope,
   *   settled: (session: ClipSession) => void,
   *   failed: (session: ClipSession, error: Error) => void,
   *   passed: (session: ClipSession) => void,
   * }} options  settled: the hand rests; failed: an exact frame could not be had for a reason that concerns the clip;
   *   passed: it has been played to its end, or begins again
   */
  constructor({ screen, exact, scope, settled, failed, passed }) {
    this.passed = passed;
    this.screen = screen;
    this.scope = scope;
    this.still = new StandingStill({ player: this, screen, exact, scope, settled, failed });
    scope.add(() => cancelAnimationFrame(this.#raf));
  }

  /**
   * @param {ClipSession} session
   * @param {number} [frameIndex]  where the hand left it, where none is given
   */
  open(session, frameIndex) {
    this.pause();
    if (session !== this.current) {
      this.current?.store.deactivate();
      this.still.cancel();
      this.current = session;
      session.tell();
      if (!this.screen.described) this.screen.clear(session);
      this.#stopPatience();
      this.#stopPatience = this.scope.after(CLIP_PATIENCE_MS, () => this.#losePatience(session));
    }
    if (frameIndex !== undefined) session.seek(frameIndex);
    session.store.activate();
    // A clip that is decoded already is on screen before anything else happens.
    this.paintDue();
    this.still.moved();
  }

  /** @param {ClipSession} session */
  #losePatience(session) {
    if (session !== this.current || this.screen.frameOf(session) !== null) return;
    if (this.screen.described !== session) this.screen.clear(session);
    if (!(session.trouble instanceof Error)) this.screen.parts.stage.say("Loading…");
  }

  /** @param {number} frameIndex  clamped to the clip */
  seek(frameIndex) {
    const session = this.current;
    if (!session) return;
    this.pause();
    if (!session.seek(frameIndex)) return;
    this.screen.showWanted(session);
    this.still.moved();
    // At once: browsers send wheel and pointer once for each frame of the display as it is.
    this.paintDue();
  }

  /** @param {number} frames */
  step(frames) {
    if (this.current) this.seek(this.current.want + frames);
  }

  scrubStart() {
    this.pause();
    this.#dragging = true;
    this.#scrubOrigin = this.current?.want ?? 0;
  }

  /** @param {number} frames  from where the drag began */
  scrubBy(frames) {
    this.seek(this.#scrubOrigin + frames);
  }

  scrubEnd() {
    this.#dragging = false;
    this.schedule();
  }

  get playing() {
    return this.current?.playback.playing ?? false;
  }

  play() {
    const session = this.current;
    if (!session?.playback.movable || session.playback.playing) return;
    this.still.cancel();
    this.#meter.reset();
    session.playback.start(session.want, performance.now());
    session.tell();
    this.screen.parts.controls.update(session.playback);
    this.schedule();
  }

  pause() {
    const session = this.current;
    if (!session?.playback.playing) return;
    session.playback.stop();
    this.screen.parts.controls.update(session.playback);
    this.#stopped(session);
  }

  /** @param {{ speed?: number, mode?: import("./clock.js").PlayMode, range?: import("./clock.js").FrameRange }} change */
  change(change) {
    const session = this.current;
    if (!session) return;
    session.playback.change(change, session.want, performance.now());
    session.tell();
    this.#meter.reset();
    this.screen.showRange(session);
  }

  /** A frame has been decoded, or cannot be. @param {ClipSession} session @param {number} frameIndex */
  decoded(session, frameIndex) {
    if (session !== this.current) return;
    // The wanted frame does not wait for the next animation frame: the hand would be one ahead for ever.
    if (frameIndex === session.want) this.paintDue();
    else if (this.#dragging) this.schedule();
  }

  /** More bytes have come. @param {ClipSession} session */
  loaded(session) {
    if (session !== this.current) return;
    this.#loadedStale = true;
    this.schedule();
  }

  schedule() {
    if (!this.#raf && !this.scope.disposed) this.#raf = requestAnimationFrame((now_ms) => this.#tick(now_ms));
  }

  /** @param {number} now_ms */
  #tick(now_ms) {
    this.#raf = 0;
    const session = this.current;
    if (!session) return;
    if (session.playback.playing) this.#advance(session, now_ms);
    else this.paintDue();
    if (this.#loadedStale) this.screen.showLoaded(session);
    this.#loadedStale = false;
  }

  /** @param {ClipSession} session @param {number} now_ms */
  #advance(session, now_ms) {
    const { playback } = session;
    const { controls } = this.screen.parts;
    const { want: before } = session;
    const { direction } = playback;
    session.want = playback.frameAt(now_ms);
    session.direction = playback.direction;
    if (session.want !== before) session.tell();
    const { paints } = this.screen;
    this.paintDue();
    this.still.follow();
    this.#meter.tick(now_ms, playback.framesBetween(before, session.want), this.screen.paints - paints);
    controls.setAchieved(this.#meter.shortfall(playback.rate_fps), playback.rate_fps);
    if (direction !== playback.direction || !playback.playing) controls.update(playback);
    if (playback.playing) this.schedule();
    else this.#stopped(session);
    if (!playback.playing || (playback.mode === "loop" && session.want < before)) this.passed(session);
  }

  /** @param {ClipSession} session */
  #stopped(session) {
    this.screen.parts.controls.setAchieved(null, 0);
    session.tell();
    this.still.moved();
    this.schedule();
  }

  /** Paint the wanted frame where it can be painted, in the best rendition there is. */
  paintDue() {
    const session = this.current;
    if (!session) return;
    const { store, want } = session;
    const shown = this.screen.frameOf(session);
    const exact = this.still.exactOf(session);
    const bitmap = exact ?? store.get(want);
    if (bitmap) {
      if (shown !== want || this.screen.bitmap !== bitmap) this.paint(session, want, bitmap, exact ? "exact" : "light");
      return;
    }
    if (shown === want) return;
    const reason = store.broken(want);
    if (reason !== undefined) {
      this.screen.paintBroken(session, want, reason);
      this.#paintedNew(session);
    } else if (shown !== null && (this.#dragging || session.playback.playing)) this.#approach(session, shown);
  }

  /**
   * While everything moves, a frame nearer to the wanted one is better than none.
   *
   * @param {ClipSession} session
   * @param {number} shown
   */
  #approach(session, shown) {
    const nearer = session.store.nearest(session.want, shown);
    const bitmap = nearer === null ? undefined : session.store.get(nearer);
    if (nearer !== null && bitmap) this.paint(session, nearer, bitmap, "light");
  }

  /**
   * @param {ClipSession} session
   * @param {number} frameIndex
   * @param {ImageBitmap} bitmap
   * @param {"light" | "exact"} rendition
   */
  paint(session, frameIndex, bitmap, rendition) {
    const isNew = this.screen.frameOf(session) !== frameIndex;
    this.screen.paint(session, frameIndex, bitmap, rendition, this.still.wordsFor(rendition));
    if (isNew) this.#paintedNew(session);
  }

  /** @param {ClipSession} session */
  #paintedNew(session) {
    if (!session.playback.playing) this.still.moved();
  }
}
