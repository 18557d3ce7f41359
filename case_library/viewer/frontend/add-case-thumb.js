/** A small picture of a clip, black where its mask is: one exact frame, fetched with the clip's token. */
import { h } from "./dom.js";
import { ask, withRetry } from "./http.js";

const WIDTH_PX = 192;

export class Thumbs {
  /** By the address of the clip: its bytes, and so its picture, never change. @type {Map<string, Promise<ImageBitmap | null>>} */
  #pictures = new Map();
  /** One after the other: the worker makes them one after the other too. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {import("./scope.js").Scope} scope */
  constructor(scope) {
    this.scope = scope;
    scope.add(() => {
      for (const picture of this.#pictures.values()) void picture.then((bitmap) => bitmap?.close());
    });
  }

  /** @param {import("./types.js").DraftClipMessage} clip @returns {HTMLCanvasElement} */
  of(clip) {
    const height = Math.max(1, Math.round((WIDTH_PX * clip.rows * clip.pixel_aspect) / clip.columns));
    const canvas = h("canvas", { class: "thumb", width: WIDTH_PX, height, "aria-hidden": "true" });
    void this.#picture(clip).then((bitmap) => {
      const context = canvas.getContext("2d");
      if (!bitmap || !context) return;
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, 0, 0, WIDTH_PX, height);
      context.fillStyle = "#000";
      context.scale(WIDTH_PX / clip.columns, height / clip.rows);
      for (const rect of clip.mask?.rectangles ?? []) context.fillRect(rect.x, rect.y, rect.width, rect.height);
    });
    return canvas;
  }

  /** @param {import("./types.js").DraftClipMessage} clip */
  #picture(clip) {
    const known = this.#pictures.get(clip.url);
    if (known) return known;
    const picture = this.#last.then(() => this.#fetch(clip)).catch(() => null);
    this.#last = picture;
    this.#pictures.set(clip.url, picture);
    return picture;
  }

  /** @param {import("./types.js").DraftClipMessage} clip */
  async #fetch(clip) {
    const { signal } = this.scope;
    const number = Math.ceil(clip.frame_count / 2);
    const blob = await withRetry(async () => (await ask(`${clip.url}frames/${number}`, { token: clip.token, signal })).blob(), signal);
    return createImageBitmap(blob);
  }
}
