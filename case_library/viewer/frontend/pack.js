/**
 * A pack's index, and its segments cut into frames while they arrive.
 *
 * @typedef {import("./types.js").PackIndex} PackIndex
 */

/** What a server sent that is not what the format promises. */
export class PackError extends Error {}

/**
 * @param {unknown} value  parsed JSON
 * @param {number} frameCount  what the clip says
 * @returns {PackIndex}
 */
export function parseIndex(value, frameCount) {
  const index = /** @type {PackIndex} */ (value);
  if (typeof value !== "object" || value === null) throw new PackError("the list of frames is not readable");
  if (index.format !== 1) throw new PackError("the frames are in a newer format than this page knows: reload the page");
  if (!Array.isArray(index.segments)) throw new PackError("the list of frames is not readable");
  let next = 0;
  for (const { first, lengths } of index.segments) {
    if (first !== next || !Array.isArray(lengths) || lengths.length === 0) {
      throw new PackError(`the list of frames has a gap after frame ${next}`);
    }
    const isPlausible = (/** @type {number} */ length, /** @type {number} */ k) =>
      Number.isSafeInteger(length) && (length > 0 || (length === 0 && brokenIn(index, first + k) !== undefined));
    if (!lengths.every(isPlausible)) throw new PackError(`the list of frames has an empty frame after frame ${next}`);
    next += lengths.length;
  }
  if (next !== index.frame_count || next !== frameCount) {
    throw new PackError(`the list holds ${next} frames where the clip has ${frameCount}`);
  }
  return index;
}

/**
 * @param {PackIndex} index
 * @param {number} frameIndex
 * @returns {string | undefined} why this frame has no picture
 */
export function brokenIn(index, frameIndex) {
  return index.broken?.[frameIndex + 1];
}

/**
 * @param {PackIndex} index
 * @param {number} frameIndex
 * @returns {number} the segment that holds a frame
 */
export function segmentOf(index, frameIndex) {
  let low = 0;
  let high = index.segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (index.segments[middle].first <= frameIndex) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * All segments, the one that holds `frameIndex` first, then outwards; of two as far away, the later one.
 *
 * @param {PackIndex} index
 * @param {number} frameIndex
 * @returns {number[]}
 */
export function segmentsNearest(index, frameIndex) {
  const centre = segmentOf(index, frameIndex);
  return index.segments
    .map((_, segment) => segment)
    .sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre) || b - a);
}

/** Cuts one segment into its frames, however the network chops it. */
export class SegmentReader {
  #buffer;
  #filled = 0;
  #frame = 0;
  #offset = 0;

  /** @param {{ first: number, lengths: number[] }} segment */
  constructor({ first, lengths }) {
    this.first = first;
    this.lengths = lengths;
    this.#buffer = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  }

  /**
   * @param {Uint8Array} chunk
   * @returns {{ frameIndex: number, bytes: Uint8Array<ArrayBuffer> }[]} the frames that this chunk completed
   */
  push(chunk) {
    if (this.#filled + chunk.length > this.#buffer.length) {
      throw new PackError("more bytes arrived than the list of frames announces");
    }
    this.#buffer.set(chunk, this.#filled);
    this.#filled += chunk.length;
    const frames = [];
    while (this.#frame < this.lengths.length && this.#offset + this.lengths[this.#frame] <= this.#filled) {
      const end = this.#offset + this.lengths[this.#frame];
      frames.push({ frameIndex: this.first + this.#frame, bytes: this.#buffer.subarray(this.#offset, end) });
      this.#offset = end;
      this.#frame += 1;
    }
    return frames;
  }

  /** Throw where the segment ended early. */
  finish() {
    if (this.#filled < this.#buffer.length) throw new PackError("fewer bytes arrived than the list of frames announces");
  }
}
