/** The line at the foot of the image: what the tool asks for, or what is selected and what can be done with it. */
import { button, h, setText } from "./dom.js";

/**
 * @typedef {object} SelectedWords
 * @property {string} name          title or label
 * @property {boolean} namable
 * @property {string} value
 * @property {string} why
 * @property {boolean} trusted
 * @property {boolean} editable
 * @property {string[]} actions     commands of the buttons that make sense now
 */

/** @type {Record<string, string>} */
const ACTIONS = {
  copyHere: "Copy to this frame",
  prolong: "Prolong to both layers",
  compareWith: "% of…",
  atLeast: "At least",
  toggleOccluded: "Hidden here",
  showFromHere: "From here",
  showUntilHere: "Until here",
  removeKeyframe: "Remove keyframe",
  removeSelected: "Delete",
};

export class ToolHint {
  #text = h("span", { class: "hint-text", role: "status" });
  #value = h("output", { class: "hint-value" });
  #why = h("span", { class: "hint-why" });
  #name = h("input", { class: "hint-name", type: "text", maxlength: 200, "aria-label": "Name", placeholder: "Name" });
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #actions = h("span", { class: "hint-actions" });
  element = h("div", { class: "tool-hint", hidden: true }, this.#text, this.#name, this.#value, this.#actions, this.#why);

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{ run: (command: string) => void, rename: (name: string) => void }} target
   */
  constructor(scope, { run, rename }) {
    for (const [command, label] of Object.entries(ACTIONS)) {
      const item = button(label, null, { text: label, class: "hint-button" });
      this.#buttons.set(command, item);
      this.#actions.append(item);
      scope.listen(item, "click", () => run(command));
    }
    scope.listen(this.#name, "change", () => rename(this.#name.value.trim()));
    scope.listen(this.#name, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") this.#name.blur();
    });
    // The hand on this line is not on the image.
    scope.listen(this.element, "pointerdown", (event) => event.stopPropagation());
    scope.listen(this.element, "dblclick", (event) => event.stopPropagation());
  }

  hide() {
    this.element.hidden = true;
  }

  /** @param {string} prompt @param {string} value @param {boolean} refused  the value says why there is none */
  ask(prompt, value, refused) {
    this.element.hidden = false;
    this.#name.hidden = this.#actions.hidden = this.#why.hidden = true;
    this.#text.hidden = false;
    setText(this.#text, prompt);
    this.#showValue(value, refused);
  }

  /** @param {SelectedWords} words */
  tell({ name, namable, value, why, trusted, editable, actions }) {
    this.element.hidden = false;
    this.#text.hidden = namable && editable;
    this.#name.hidden = !namable || !editable;
    this.#actions.hidden = !editable || actions.length === 0;
    this.#why.hidden = !why;
    setText(this.#text, name);
    if (this.#name !== document.activeElement) this.#name.value = name;
    setText(this.#why, why);
    for (const [command, item] of this.#buttons) item.hidden = !actions.includes(command);
    this.#showValue(value, !trusted);
  }

  focusName() {
    this.#name.focus();
    this.#name.select();
  }

  /** @param {string} value @param {boolean} amber */
  #showValue(value, amber) {
    this.#value.hidden = !value;
    this.#value.classList.toggle("untrusted", amber);
    setText(this.#value, value);
  }
}
