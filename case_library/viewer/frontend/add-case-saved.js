/** Whether the draft is saved, and what can be done where it is not. */
import { button, h, setText } from "./dom.js";

const WORDS = /** @type {const} */ ({
  none: "",
  saved: "Draft saved ✓",
  saving: "Saving…",
  failed: "Not saved",
  stale: "Changed in another window",
  gone: "No longer a draft",
});

export class SaveState {
  #text = h("span", { class: "saved-text" });
  #mine = button("Save my change on top of it", null, { text: "Keep mine", class: "outlined small" });
  #theirs = button("Give my change up", null, { text: "Take theirs", class: "outlined small" });
  #again = button("Try to save again", null, { text: "Try again", class: "outlined small" });
  element = h("div", { class: "saved", role: "status" }, this.#text, this.#mine, this.#theirs, this.#again);

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {import("./draft.js").Draft} draft
   */
  constructor(scope, draft) {
    this.draft = draft;
    const quietly = (/** @type {Promise<unknown>} */ work) => void work.catch(() => {});
    scope.listen(this.#mine, "click", () => quietly(draft.keepMine()));
    scope.listen(this.#theirs, "click", () => quietly(draft.takeTheirs()));
    scope.listen(this.#again, "click", () => quietly(draft.keepMine()));
    this.update();
  }

  update() {
    const { state, why } = this.draft;
    setText(this.#text, WORDS[state]);
    this.element.dataset.state = state;
    this.element.title = why;
    this.#mine.hidden = this.#theirs.hidden = state !== "stale";
    this.#again.hidden = state !== "failed";
  }
}
