/** The line above the image: the way back, what case this is, and what must be known about it. */
import { h, icon, setText } from "./dom.js";

export class Header {
  #title = h("h1", { class: "case-title" });
  #badges = h("span", { class: "case-badges" });
  #text = h("span", { class: "notice-text" });
  #retry = h("button", { type: "button", class: "button notice-button" });
  #notice = h("div", { class: "notice", role: "status", hidden: true }, this.#text, this.#retry);
  #back = h("a", { class: "button back", href: "./" }, icon("back"), h("span", {}, "Library"));
  element;
  /** @type {(() => void) | null} */
  #action = null;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {() => void} openLibrary
   * @param {HTMLElement} saveState
   */
  constructor(scope, openLibrary, saveState) {
    this.element = h(
      "header",
      { class: "header" },
      this.#back,
      this.#title,
      this.#badges,
      saveState,
      this.#notice,
    );
    scope.listen(this.#back, "click", (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      openLibrary();
    });
    scope.listen(this.#retry, "click", () => this.#action?.());
  }

  /** @param {import("./types.js").CaseMessage} message */
  setCase({ title, slug, summary, source, status }) {
    setText(this.#title, title || slug);
    this.#title.title = summary;
    this.#badges.replaceChildren(
      ...(source === "synthetic"
        ? [h("span", { class: "badge synthetic", title: "Computed pictures; no patient" }, "SYNTHETIC")]
        : []),
      ...(status === "draft"
        ? [
            h(
              "span",
              { class: "badge draft", title: "Nobody has confirmed yet that no name, number or date is visible" },
              "DRAFT – pixels not confirmed",
            ),
          ]
        : []),
    );
  }

  /**
   * One sentence beside the title, and what can be done about it.
   *
   * @param {string} text  empty takes it away
   * @param {{ label: string, run: () => void } | null} [action]
   */
  notify(text, action = null) {
    this.#notice.hidden = !text;
    setText(this.#text, text);
    this.#notice.title = text;
    this.#retry.hidden = !action;
    setText(this.#retry, action?.label ?? "");
    this.#action = action?.run ?? null;
  }
}
