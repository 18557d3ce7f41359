/**
 * The grey values of a frame as the file stores them, for echo intensity: not those on the screen, which a window, a
 * brightness or the reduction to 8 bits has changed.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./measurement.js").Pixels} Pixels
 * @typedef {{ clip_id: string, frame: { frame_number: number } }} Place
 */
import { ask, withRetry } from "./http.js";

/** Frames that are kept: a hand goes between two or three. */
const MOST_FRAMES = 4;

export class StoredGrey {
  /** @type {Map<string, Pixels>} */
  #kept = new Map();

  /** @param {(clipId: string) => ClipMessage | undefined} clipOf @param {AbortSignal} signal */
  constructor(clipOf, signal) {
    this.clipOf = clipOf;
    this.signal = signal;
  }

  /** @param {Place} place @returns {Pixels | undefined} */
  get(place) {
    return this.#kept.get(this.#keyOf(place));
  }

  /** @param {Place} place @returns {Promise<Pixels>} */
  async fetch(place) {
    const kept = this.get(place);
    if (kept) return kept;
    const clip = this.clipOf(place.clip_id);
    if (!clip) throw new Error(`The case has no ${place.clip_id}`);
    const url = `${clip.url}grey/${place.frame.frame_number}`;
    const bytes = await withRetry(
      async () => (await ask(url, { token: clip.token, signal: this.signal })).arrayBuffer(),
      this.signal,
    );
    const pixels = greyOf(bytes, clip);
    this.#kept.set(this.#keyOf(place), pixels);
    if (this.#kept.size > MOST_FRAMES) this.#kept.delete(/** @type {string} */ (this.#kept.keys().next().value));
    return pixels;
  }

  /** @param {Place} place */
  #keyOf({ clip_id, frame }) {
    return `${this.clipOf(clip_id)?.url}${frame.frame_number}`;
  }
}

/**
 * @param {ArrayBuffer} bytes  one byte: samples of a pixel; one byte: bytes of a sample, negative where signed; then the
 *   samples row by row, little end first
 * @param {{ columns: number, rows: number }} size
 * @returns {Pixels}
 */
export function greyOf(bytes, { columns, rows }) {
  const view = new DataView(bytes);
  const samples = view.getUint8(0) === 3 ? 3 : 1;
  const width = view.getInt8(1);
  const body = bytes.slice(2);
  const values = width === 1 ? new Uint8Array(body) : width === -1 ? new Int8Array(body) : width === -2 ? new Int16Array(body) : new Uint16Array(body);
  if (values.length !== columns * rows * samples) throw new Error("The grey values of this frame came incomplete");
  return { values, samples, columns, rows };
}
