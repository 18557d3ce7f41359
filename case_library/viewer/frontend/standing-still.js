/**
 * What happens when the hand rests: the exact frame comes, the picture is drawn with care, the address is kept.
 *
 * It also shows a clip that has no pack yet: then every frame is an exact one, brought one by one.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 */
import { RefusedError, SessionExpiredError, UnreachableError } from "./http.js";

/** Longer than between two notches of a wheel or two repeats of a key. */
const STILL_MS = 60;
const SETTLED_MS = 350;

export class StandingStill {
  /** Whether exact frames are wanted at all. */
  exactOn = true;
  #following = false;
  #stopStill = () => {};
  #stopSettled = () => {};

  /**
   * @param {{
   *   player: import("./player.js").Player,
   *   screen: import("./screen.js").Screen,
   *   exact: import("./exact-frames.js").ExactFrames,
   *   scope: import("./scope.js").Scope,
   *   settled: (session: ClipSession) => void,
   *   failed: (session: ClipSession, error: Error) => void,
   * }} options
   */
  constructor({ player, screen, exact, scope, settled, failed }) {
    this.player = player;
    this.screen = screen;
    this.exact = exact;
    this.scope = scope;
    this.settled = settled;
    this.failed = failed;
  }

  /** The hand moved: wait again. */
  moved() {
    const session = this.player.current;
    this.#stopStill();
    this.#stopSettled();
    if (!session) return;
    if (!session.exactOnly && !this.exact.isPending(session.clip, session.want)) this.exact.cancel();
    this.follow();
    this.#stopStill = this.scope.after(STILL_MS, () => this.refine());
    this.#stopSettled = this.scope.after(SETTLED_MS, () => {
      if (session === this.player.current && !session.playback.playing) this.settled(session);
    });
  }

  cancel() {
    this.#stopStill();
    this.#stopSettled();
    this.exact.cancel();
  }

  toggle() {
    this.exactOn = !this.exactOn;
    this.exact.cancel();
    const session = this.player.current;
    if (!session) return;
    session.tell();
    if (this.screen.rendition === "light") this.screen.parts.readout.setPixels(this.wordsFor("light"));
    this.player.paintDue();
    this.refine();
  }

  /** @param {"light" | "exact"} rendition @returns {import("./readout.js").PixelState} */
  wordsFor(rendition) {
    return rendition === "light" && !this.exactOn ? "off" : rendition;
  }

  /** @param {ClipSession} session @returns {ImageBitmap | undefined} the exact frame to paint, where it is here */
  exactOf(session) {
    return this.#mayBeExact(session) ? this.exact.get(session.clip, session.want) : undefined;
  }

  /** @param {ClipSession} session */
  #mayBeExact({ store, want, exactOnly, playback }) {
    return exactOnly || store.broken(want) !== undefined || (this.exactOn && !playback.playing);
  }

  /** The painted frame stands still: draw it with care, and bring the exact one. */
  refine() {
    const session = this.player.current;
    if (!session || session.playback.playing || this.screen.frameOf(session) !== session.want) return;
    this.screen.parts.stage.refine();
    if (this.#mayBeExact(session) && this.screen.rendition !== "exact") void this.#bring(session);
  }

  /** @param {ClipSession} session */
  async #bring(session) {
    const { clip, want } = session;
    const { readout } = this.screen.parts;
    const stands = () => session === this.player.current && session.want === want && !session.playback.playing;
    const light = () => this.screen.rendition === "light";
    if (light()) readout.setPixels("loading");
    try {
      const bitmap = await this.exact.fetch(clip, want);
      if (bitmap && stands()) this.player.paintDue();
    } catch (error) {
      if (!stands() || !(error instanceof Error)) return;
      if (light()) readout.setPixels("failed", error.message);
      if (error instanceof SessionExpiredError) this.failed(session, error);
    }
  }

  /** Without a pack: one exact frame after the other, always the one that is wanted by then. */
  follow() {
    if (!this.#following && this.player.current?.exactOnly) void this.#follow();
  }

  async #follow() {
    this.#following = true;
    try {
      for (let session = this.player.current; session?.exactOnly; session = this.player.current) {
        const { clip, want } = session;
        if (this.screen.frameOf(session) === want) break;
        const bitmap = await this.exact.fetch(clip, want);
        if (!bitmap) break;
        if (session === this.player.current) this.player.paint(session, want, bitmap, "exact");
      }
    } catch (error) {
      const session = this.player.current;
      if (!session) return;
      if (error instanceof RefusedError) this.screen.paintBroken(session, session.want, error.message);
      else this.failed(session, error instanceof Error ? error : new UnreachableError());
    } finally {
      this.#following = false;
    }
  }
}
