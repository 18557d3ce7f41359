/**
 * All frames of a clip in one picture: what was ever bright, and what was never dark. Text that stands still shows in
 * the second, text that changes (a clock) in the first; tissue moves.
 */
import { decodeImage } from "./decode-image.js";
import { pause } from "./http.js";

/** @typedef {"brightest" | "unmoving"} CompositeKind */

const OPERATION = /** @type {const} */ ({ brightest: "lighten", unmoving: "darken" });
const LOOK_AGAIN_MS = 60;
const SHOWN_EVERY = 12;

export class Composite {
  done = 0;
  /** Frames without a picture; they are in no composite. */
  broken = 0;
  #canvases;
  #started = false;

  /**
   * @param {import("./types.js").ClipMessage} clip
   * @param {import("./frame-store.js").FrameStore} store
   * @param {AbortSignal} signal
   */
  constructor(clip, store, signal) {
    this.clip = clip;
    this.store = store;
    this.signal = signal;
    const { columns: width, rows: height } = clip;
    this.#canvases = { brightest: new OffscreenCanvas(width, height), unmoving: new OffscreenCanvas(width, height) };
  }

  get complete() {
    return this.done + this.broken === this.clip.frame_count;
  }

  /** @param {CompositeKind} kind @returns {Promise<ImageBitmap>} of the frames that are in it so far */
  bitmap(kind) {
    return createImageBitmap(this.#canvases[kind]);
  }

  /**
   * Put all frames together, as they arrive; asked again, it goes on.
   *
   * @param {() => void} changed  told now and then, and at the end
   */
  async make(changed) {
    if (this.#started) return;
    this.#started = true;
    for (let frameIndex = 0; frameIndex < this.clip.frame_count; frameIndex += 1) {
      await this.#add(frameIndex);
      if (this.signal.aborted) return;
      if (this.done % SHOWN_EVERY === 1 || this.complete) changed();
    }
  }

  /** @param {number} frameIndex */
  async #add(frameIndex) {
    const { store, signal } = this;
    let blob = store.loader.blob(frameIndex);
    while (!blob && store.broken(frameIndex) === undefined && !signal.aborted) {
      await pause(LOOK_AGAIN_MS, signal).catch(() => {});
      blob = store.loader.blob(frameIndex);
    }
    if (signal.aborted) return;
    try {
      if (!blob) throw new Error("no picture");
      const bitmap = await decodeImage(blob, this.clip);
      for (const kind of /** @type {CompositeKind[]} */ (["brightest", "unmoving"])) {
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#canvases[kind].getContext("2d", { alpha: false }));
        context.globalCompositeOperation = this.done === 0 ? "copy" : OPERATION[kind];
        context.drawImage(bitmap, 0, 0);
      }
      bitmap.close();
      this.done += 1;
    } catch {
      this.broken += 1;
    }
  }
}
