/**
 * Exact frames: the decoder's own pixels, one PNG at a time, for a frame that stands still.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 */
import { bytesOf } from "./decoded-frames.js";
import { decodeImage } from "./decode-image.js";
import { ask, withRetry } from "./http.js";

export class ExactFrames {
  /** Oldest first. @type {Map<string, ImageBitmap>} */
  #kept = new Map();
  #bytes = 0;
  /** @type {{ key: string, abort: AbortController } | null} */
  #pending = null;
  /** @type {ImageBitmap | null} */
  #pinned = null;

  /** @param {number} limitBytes */
  constructor(limitBytes) {
    this.limitBytes = limitBytes;
  }

  /**
   * @param {ClipMessage} clip
   * @param {number} frameIndex
   */
  get(clip, frameIndex) {
    return this.#kept.get(keyOf(clip, frameIndex));
  }

  /** Keep this bitmap whatever happens: it is on screen. @param {ImageBitmap | null} bitmap */
  pin(bitmap) {
    this.#pinned = bitmap;
  }

  /** @param {ClipMessage} clip @param {number} frameIndex */
  isPending(clip, frameIndex) {
    return this.#pending?.key === keyOf(clip, frameIndex);
  }

  /**
   * Bring one exact frame; a request for another frame that is still under way is given up.
   *
   * @param {ClipMessage} clip
   * @param {number} frameIndex
   * @returns {Promise<ImageBitmap | null>} null where it was given up
   */
  async fetch(clip, frameIndex) {
    const key = keyOf(clip, frameIndex);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    this.cancel();
    const abort = new AbortController();
    this.#pending = { key, abort };
    try {
      const { signal } = abort;
      const url = `${clip.url}frames/${frameIndex + 1}`;
      const blob = await withRetry(async () => {
        const response = await ask(url, { token: clip.token, signal, priority: "high" });
        return response.blob();
      }, signal);
      const bitmap = await decodeImage(blob, clip);
      if (signal.aborted) {
        bitmap.close();
        return null;
      }
      this.#keep(key, bitmap);
      return bitmap;
    } catch (error) {
      if (abort.signal.aborted) return null;
      throw error;
    } finally {
      if (this.#pending?.abort === abort) this.#pending = null;
    }
  }

  cancel() {
    this.#pending?.abort.abort();
    this.#pending = null;
  }

  destroy() {
    this.cancel();
    for (const bitmap of this.#kept.values()) bitmap.close();
    this.#kept.clear();
    this.#bytes = 0;
  }

  /** @param {string} key @param {ImageBitmap} bitmap */
  #keep(key, bitmap) {
    this.#kept.set(key, bitmap);
    this.#bytes += bytesOf(bitmap);
    for (const [oldKey, old] of this.#kept) {
      if (this.#bytes <= this.limitBytes) break;
      if (old === bitmap || old === this.#pinned) continue;
      this.#kept.delete(oldKey);
      this.#bytes -= bytesOf(old);
      old.close();
    }
  }
}

/** @param {ClipMessage} clip @param {number} frameIndex */
function keyOf(clip, frameIndex) {
  return `${clip.url}${frameIndex}`;
}
