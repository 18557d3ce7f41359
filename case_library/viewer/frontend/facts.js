/** What the file says about the clip on screen: a page of the panel. */
import { h } from "./dom.js";

export class Facts {
  element = h("dl", { class: "facts-list" });

  /** @param {import("./types.js").ClipMessage} clip */
  setClip(clip) {
    this.element.replaceChildren(
      ...clip.facts.map(({ label, value, title }) =>
        h("div", { class: "fact", title }, h("dt", {}, label), h("dd", {}, value)),
      ),
    );
  }
}
