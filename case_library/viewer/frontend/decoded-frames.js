/**
 * Decoded frames of all clips under one limit in bytes.
 *
 * What is given up first: frames of clips that are not on screen, then the frame that will be needed last.
 */
const BYTES_PER_PIXEL = 4;

/** @typedef {{ cost: (frameIndex: number) => number }} Owner  how late a frame is needed: larger goes first */

export class DecodedFrames {
  #bytes = 0;
  /** @type {Map<Owner, Map<number, ImageBitmap>>} */
  #frames = new Map();
  /** @type {ImageBitmap | null} */
  #pinned = null;
  /** @type {Owner | null} */
  #active = null;

  /** @param {number} limitBytes */
  constructor(limitBytes) {
    this.limitBytes = limitBytes;
  }

  get bytes() {
    return this.#bytes;
  }

  /**
   * @param {Owner} owner
   * @param {number} frameIndex
   * @returns {ImageBitmap | undefined}
   */
  get(owner, frameIndex) {
    return this.#frames.get(owner)?.get(frameIndex);
  }

  /** @param {Owner} owner */
  indices(owner) {
    return this.#frames.get(owner)?.keys() ?? [][Symbol.iterator]();
  }

  /** Keep this bitmap whatever happens: it is on screen. @param {ImageBitmap | null} bitmap */
  pin(bitmap) {
    this.#pinned = bitmap;
  }

  /** The owner on screen: its frames are given up last. @param {Owner} owner */
  activate(owner) {
    const frames = this.#frames.get(owner) ?? new Map();
    this.#frames.delete(owner);
    this.#frames.set(owner, frames);
    this.#active = owner;
  }

  /**
   * Whether a frame that costs this much would be kept.
   *
   * @param {Owner} owner
   * @param {number} cost
   * @param {number} bytes
   */
  admits(owner, cost, bytes) {
    if (this.#bytes + bytes <= this.limitBytes) return true;
    const victim = this.#victim();
    return victim !== null && (victim.owner !== owner || victim.cost > cost);
  }

  /**
   * @param {Owner} owner
   * @param {number} frameIndex
   * @param {ImageBitmap} bitmap
   */
  put(owner, frameIndex, bitmap) {
    const frames = this.#frames.get(owner) ?? new Map();
    this.#frames.set(owner, frames);
    this.#drop(owner, frameIndex);
    frames.set(frameIndex, bitmap);
    this.#bytes += bytesOf(bitmap);
    while (this.#bytes > this.limitBytes) {
      const victim = this.#victim();
      if (!victim) break;
      this.#drop(victim.owner, victim.frameIndex);
    }
  }

  /** @param {Owner} owner */
  dropAll(owner) {
    for (const frameIndex of [...(this.#frames.get(owner)?.keys() ?? [])]) this.#drop(owner, frameIndex);
    this.#frames.delete(owner);
    if (this.#active === owner) this.#active = null;
  }

  /** @returns {{ owner: Owner, frameIndex: number, cost: number } | null} */
  #victim() {
    // A Map remembers the order of insertion: the owner that was on screen longest ago comes first.
    for (const owner of this.#frames.keys()) {
      const victim = owner === this.#active ? null : this.#costliest(owner);
      if (victim) return victim;
    }
    return this.#active && this.#costliest(this.#active);
  }

  /** @param {Owner} owner */
  #costliest(owner) {
    let victim = null;
    for (const [frameIndex, bitmap] of this.#frames.get(owner) ?? []) {
      if (bitmap === this.#pinned) continue;
      const cost = owner.cost(frameIndex);
      if (!victim || cost > victim.cost) victim = { owner, frameIndex, cost };
    }
    return victim;
  }

  /**
   * @param {Owner} owner
   * @param {number} frameIndex
   */
  #drop(owner, frameIndex) {
    const frames = this.#frames.get(owner);
    const bitmap = frames?.get(frameIndex);
    if (!frames || !bitmap) return;
    frames.delete(frameIndex);
    this.#bytes -= bytesOf(bitmap);
    bitmap.close();
  }
}

/** @param {{ width: number, height: number }} size */
export function bytesOf({ width, height }) {
  return width * height * BYTES_PER_PIXEL;
}
