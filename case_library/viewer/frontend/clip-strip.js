/**
 * The clips of the case, one tile each.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 */
import { h } from "./dom.js";
import { PHASE_KINDS, rangeOf } from "./phases.js";

export class ClipStrip {
  element = h("nav", { class: "clips", "aria-label": "Clips of this case" });
  /** @type {Map<string, HTMLButtonElement>} */
  #tiles = new Map();
  /** @type {Map<string, number>} */
  #frameCounts = new Map();
  #shape = "";

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {import("./posters.js").Posters} posters
   * @param {import("./edits.js").CaseDocument} document
   * @param {(clipId: string) => void} open
   */
  constructor(scope, posters, document, open) {
    this.posters = posters;
    this.document = document;
    scope.add(document.listen((lists) => [...lists].some((name) => name.endsWith("/phases")) && this.#showPhases()));
    scope.listen(this.element, "click", (event) => {
      const tile = /** @type {Element} */ (event.target).closest("button");
      if (tile?.dataset.clipId) open(tile.dataset.clipId);
    });
  }

  /** @param {ClipMessage[]} clips */
  setClips(clips) {
    const shape = JSON.stringify(clips.map((clip) => [clip.clip_id, clip.title, clip.url, clip.has_poster]));
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#tiles.clear();
    this.element.hidden = clips.length < 2;
    this.element.replaceChildren(...clips.map((clip, k) => this.#tile(clip, k + 1)));
    this.#frameCounts = new Map(clips.map((clip) => [clip.clip_id, clip.frame_count]));
    this.#showPhases();
    // Only an element in the page can come into sight.
    for (const clip of clips) {
      const image = this.#tiles.get(clip.clip_id)?.querySelector("img");
      if (clip.has_poster && image) this.posters.show(image, { url: `${clip.url}poster`, token: clip.token });
    }
  }

  /** @param {string} clipId */
  setCurrent(clipId) {
    for (const [id, tile] of this.#tiles) {
      const current = id === clipId;
      tile.setAttribute("aria-current", String(current));
      if (current) tile.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /**
   * A clip without a poster borrows a frame that was shown.
   *
   * @param {ClipMessage} clip
   * @param {ImageBitmap} bitmap
   */
  borrowPoster(clip, bitmap) {
    const picture = this.#tiles.get(clip.clip_id)?.querySelector(".tile-picture");
    if (!picture || this.element.hidden || clip.has_poster || picture.querySelector("canvas")) return;
    const width = 144;
    const height = Math.max(1, Math.round((width * clip.rows * clip.pixel_aspect) / clip.columns));
    const canvas = h("canvas", { width, height });
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
    picture.append(canvas);
  }

  /** A film strip: each tile says what is done when. */
  #showPhases() {
    for (const [clipId, tile] of this.#tiles) {
      const count = this.#frameCounts.get(clipId) ?? 1;
      const stretches = this.document.items(`clips/${clipId}/phases`).map((phase) => {
        const { first, last } = rangeOf(phase);
        const stretch = h("span", { class: "tile-phase" });
        stretch.style.cssText = `left: ${(100 * first) / count}%; width: ${(100 * (last - first + 1)) / count}%;
          --phase: ${(PHASE_KINDS[phase.kind] ?? PHASE_KINDS.other).colour}`;
        return stretch;
      });
      tile.querySelector(".tile-phases")?.replaceChildren(...stretches);
    }
  }

  /** @param {ClipMessage} clip @param {number} number */
  #tile(clip, number) {
    const title = clip.title || `Clip ${number}`;
    const frames = clip.frame_count === 1 ? "still" : `${clip.frame_count} frames`;
    const tile = h(
      "button",
      { type: "button", class: "tile", "data-clip-id": clip.clip_id, title: `${title}, ${frames}` },
      h(
        "span",
        { class: "tile-picture" },
        h("span", { class: "tile-number" }, String(number)),
        h("img", { alt: "", hidden: true, draggable: "false" }),
      ),
      h("span", { class: "tile-phases", "aria-hidden": "true" }),
      h("span", { class: "tile-title" }, clip.title ? `${number} ${clip.title}` : title),
      h("span", { class: "tile-frames" }, frames),
    );
    this.#tiles.set(clip.clip_id, tile);
    return tile;
  }
}
