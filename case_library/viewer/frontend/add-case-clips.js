/** The clips of the draft beside the picture: which one is open, and how it stands. */
import { h } from "./dom.js";

/** @typedef {import("./types.js").DraftClipMessage} DraftClipMessage */

export class ClipList {
  element = h("nav", { class: "clip-list", "aria-label": "Clips of this draft" });

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {import("./add-case-thumb.js").Thumbs} thumbs
   * @param {(clipId: string) => void} open
   */
  constructor(scope, thumbs, open) {
    this.thumbs = thumbs;
    scope.listen(this.element, "click", (event) => {
      const tile = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
      if (tile?.dataset.clipId) open(tile.dataset.clipId);
    });
  }

  #shape = "";

  /**
   * @param {DraftClipMessage[]} clips
   * @param {string} current
   * @param {(clip: DraftClipMessage) => { name: string, good: boolean, words: string }} describe
   */
  show(clips, current, describe) {
    this.element.hidden = clips.length < 2;
    const tiles = clips.map((clip) => ({ clip, ...describe(clip) }));
    const shape = JSON.stringify(tiles.map(({ clip, name, good, words }) => [clip.url, clip.clip_id, clip.mask, name, good, words]));
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.element.replaceChildren(
        ...tiles.map(({ clip, name, good, words }) =>
          h(
            "button",
            { type: "button", class: "clip-tile", "data-clip-id": clip.clip_id, title: name },
            this.thumbs.of(clip),
            h("span", { class: "clip-name" }, name),
            h("span", { class: `clip-state ${good ? "good" : "amber"}` }, words),
          ),
        ),
      );
    }
    for (const tile of this.element.querySelectorAll("button")) {
      const isCurrent = tile.dataset.clipId === current;
      tile.setAttribute("aria-current", String(isCurrent));
      if (isCurrent) tile.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
}
