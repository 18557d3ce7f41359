/**
 * A small picture of one frame, from bytes that are here already; nothing is fetched for it.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 */
import { h } from "./dom.js";

const WIDTH_PX = 168;
/** For bytes that are still on their way. */
const ASKED_AGAIN_MS = 400;

export class Thumbnail {
  element = h("canvas", { class: "thumbnail", hidden: true, "aria-hidden": "true" });
  /** @type {{ session: ClipSession, frameIndex: number, line: number[][] } | null} */
  #wanted = null;
  #busy = false;

  /** @param {ClipSession} session @param {number} frameIndex @param {number[][]} [line]  drawn on it, in image coordinates */
  show(session, frameIndex, line = []) {
    this.#wanted = { session, frameIndex, line };
    const { columns, rows, pixel_aspect } = session.clip;
    const height = Math.max(1, Math.round((WIDTH_PX * rows * pixel_aspect) / columns));
    if (this.element.width !== WIDTH_PX || this.element.height !== height) {
      this.element.width = WIDTH_PX;
      this.element.height = height;
    }
    if (!this.#busy) void this.#draw();
  }

  clear() {
    this.#wanted = null;
  }

  async #draw() {
    const wanted = this.#wanted;
    if (!wanted) return;
    const { session, frameIndex } = wanted;
    const decoded = session.store.get(frameIndex);
    const blob = session.store.loader.blob(frameIndex);
    if (decoded) this.#paint(decoded);
    else if (blob) {
      this.#busy = true;
      const bitmap = await createImageBitmap(blob, { resizeWidth: WIDTH_PX }).catch(() => null);
      this.#busy = false;
      if (bitmap) this.#paint(bitmap);
      bitmap?.close();
    } else {
      this.element.hidden = true;
      setTimeout(() => {
        if (this.#wanted === wanted && this.element.isConnected) void this.#draw();
      }, ASKED_AGAIN_MS);
    }
    // The pointer went on meanwhile.
    if (this.#wanted && this.#wanted !== wanted) void this.#draw();
  }

  /** @param {ImageBitmap} bitmap */
  #paint(bitmap) {
    const { width, height } = this.element;
    const context = this.element.getContext("2d");
    if (!context) return;
    context.drawImage(bitmap, 0, 0, width, height);
    this.element.hidden = false;
    const { session, line } = this.#wanted ?? { session: null, line: [] };
    if (!session || line.length < 2) return;
    const { columns, rows } = session.clip;
    // A dark halo under a light line shows on any tissue.
    for (const [colour, wide] of /** @type {const} */ ([
      ["#000", 4],
      ["#f0e442", 2],
    ])) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.beginPath();
      for (const [x, y] of line) context.lineTo((x * width) / columns, (y * height) / rows);
      context.stroke();
    }
  }
}
