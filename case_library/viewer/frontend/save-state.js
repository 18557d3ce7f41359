/** Whether the case is saved, in words; with what can be done where it is not. */
import { button, h, setText } from "./dom.js";

/** @type {Record<import("./autosave.js").SaveState["kind"], { text: string, title: string, action: string }>} */
const WORDS = {
  saved: { text: "saved ✓", title: "Every change is in the library.", action: "" },
  saving: { text: "saving…", title: "The last change is on its way into the library.", action: "" },
  unsaved: { text: "not saved yet", title: "Saved as soon as your hands rest.", action: "" },
  failed: { text: "not saved", title: "Your changes are kept in this tab.", action: "Try again" },
  conflict: { text: "changed elsewhere", title: "Somebody else has changed this case too.", action: "Merge…" },
  shown: { text: "", title: "", action: "" },
};

export class SaveState {
  #words = h("span", { class: "save-words" });
  #action = button("", null, { class: "save-action", text: "Merge…" });
  element = h("span", { class: "save-state", role: "status", "aria-live": "polite" }, this.#words, this.#action);
  /** @type {import("./autosave.js").SaveState["kind"]} */
  #kind = "saved";

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{ retry: () => void, merge: () => void }} actions
   */
  constructor(scope, { retry, merge }) {
    scope.listen(this.#action, "click", () => (this.#kind === "conflict" ? merge() : retry()));
    this.show({ kind: "shown" });
  }

  /** @param {import("./autosave.js").SaveState} state */
  show({ kind, why }) {
    const { text, title, action } = WORDS[kind];
    this.#kind = kind;
    this.element.dataset.state = kind;
    setText(this.#words, why ? `${text}: ${why}` : text);
    this.#words.title = why ? `${why}. ${title}` : title;
    this.#action.hidden = !action;
    this.#action.title = action;
    setText(/** @type {Element} */ (this.#action.firstElementChild), action);
  }
}
