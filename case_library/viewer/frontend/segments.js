/** A row of buttons of which one is pressed. */
import { h } from "./dom.js";

export class Segments {
  element;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {string} label
   * @param {[string, string, string][]} choices  value, words, explanation
   * @param {(value: string) => void} chosen
   */
  constructor(scope, label, choices, chosen) {
    for (const [value, words, title] of choices) {
      const choice = h("button", { type: "button", class: "button segment", title, "aria-pressed": "false" }, words);
      scope.listen(choice, "click", () => {
        this.select(value);
        chosen(value);
      });
      this.#buttons.set(value, choice);
    }
    this.element = h("div", { class: "segments", role: "group", "aria-label": label }, ...this.#buttons.values());
  }

  /** @param {string} value  none of them is fine too */
  select(value) {
    for (const [own, choice] of this.#buttons) choice.setAttribute("aria-pressed", String(own === value));
  }
}
