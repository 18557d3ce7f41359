/**
 * Which parts of a frame were on screen at full size, in tiles.
 *
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Size} Size
 */
import { clamp } from "./clock.js";
import { canvasToImage } from "./view.js";

const TILE_PX = 16;
/** A display whose pixels are a hair smaller than the frame's shows them all. */
const FULL_SIZE = 0.999;

export class SeenArea {
  #seen;
  #across;
  #down;
  #left;

  /** @param {{ columns: number, rows: number }} frame */
  constructor({ columns, rows }) {
    this.frame = { columns, rows };
    this.#across = Math.ceil(columns / TILE_PX);
    this.#down = Math.ceil(rows / TILE_PX);
    this.#seen = new Uint8Array(this.#across * this.#down);
    this.#left = this.#seen.length;
  }

  get whole() {
    return this.#left === 0;
  }

  /** @returns {number} 0–1 */
  get share() {
    return 1 - this.#left / this.#seen.length;
  }

  /**
   * Note what is on screen.
   *
   * @param {View} view
   * @param {Size} canvas  CSS pixels
   * @param {number} ratio  device pixels per CSS pixel
   */
  add(view, canvas, ratio) {
    if (view.scaleX * ratio < FULL_SIZE) return;
    const { columns, rows } = this.frame;
    const a = canvasToImage({ x: 0, y: 0 }, view);
    const b = canvasToImage({ x: canvas.width, y: canvas.height }, view);
    // Tiles that are on screen whole; those at the far edges are shorter.
    const [left, right] = tiles(a.x, b.x, columns, this.#across);
    const [top, bottom] = tiles(a.y, b.y, rows, this.#down);
    for (let y = top; y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) {
        const k = y * this.#across + x;
        if (this.#seen[k]) continue;
        this.#seen[k] = 1;
        this.#left -= 1;
      }
    }
  }
}

/** @param {number} from @param {number} to @param {number} size @param {number} count */
function tiles(from, to, size, count) {
  const first = clamp(Math.ceil((from - 0.5) / TILE_PX), 0, count);
  const last = to >= size - 0.5 ? count - 1 : Math.floor((to + 0.5) / TILE_PX) - 1;
  return [first, last];
}
