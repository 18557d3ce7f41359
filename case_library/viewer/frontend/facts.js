/** What the file says about the clip on screen, beside it. */
import { button, h } from "./dom.js";

export class Facts {
  #list = h("dl", { class: "facts-list" });
  #close = button("Close (D)", "close", { class: "facts-close" });
  element = h(
    "aside",
    { class: "facts", "aria-label": "What the file says" },
    h("header", { class: "facts-head" }, h("h2", {}, "What the file says"), this.#close),
    this.#list,
  );

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {() => void} close
   */
  constructor(scope, close) {
    scope.listen(this.#close, "click", close);
  }

  /** @param {import("./types.js").ClipMessage} clip */
  setClip(clip) {
    this.#list.replaceChildren(
      ...clip.facts.map(({ label, value, title }) =>
        h("div", { class: "fact", title }, h("dt", {}, label), h("dd", {}, value)),
      ),
    );
  }
}
