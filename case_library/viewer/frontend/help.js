/** The list of keys, made from the one that the viewer obeys. */
import { button, h } from "./dom.js";
import { COMMANDS, GESTURES } from "./keys.js";

export class Help {
  #close = button("Close (Esc)", "close");
  #wishes = [
    "Play each clip as soon as it opens",
    "Go on to the next clip when one has been played",
    "Light beside the image, for bright rooms",
  ].map((words) => ({ words, input: h("input", { type: "checkbox" }) }));
  element = h(
    "dialog",
    { class: "help", "aria-label": "Keys" },
    h("header", { class: "help-head" }, h("h2", {}, "Keys"), this.#close),
    h("div", { class: "help-groups" }, ...groups(), gestures()),
    ...this.#wishes.map(({ words, input }) => h("label", { class: "help-option" }, input, words)),
  );

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{ wishes: { wanted: boolean, set: (on: boolean) => void }[], closed: () => void }} options
   */
  constructor(scope, { wishes, closed }) {
    this.#wishes.forEach(({ input }, k) => {
      input.checked = wishes[k].wanted;
      scope.listen(input, "change", () => wishes[k].set(input.checked));
    });
    scope.listen(this.#close, "click", () => this.element.close());
    scope.listen(this.element, "close", closed);
    scope.listen(this.element, "click", (event) => {
      // A click beside the box lands on the dialog element itself.
      if (event.target === this.element) this.element.close();
    });
  }

  toggle() {
    if (this.element.open) this.element.close();
    else this.element.showModal();
  }
}

function groups() {
  const names = [...new Set(COMMANDS.map((command) => command.group))];
  return names.map((name) =>
    list(
      name,
      // Keys that do the same with another number are one line.
      COMMANDS.filter((command) => command.group === name && command.shown),
    ),
  );
}

function gestures() {
  return list("Mouse and fingers", GESTURES);
}

/**
 * @param {string} name
 * @param {readonly { shown: string, help: string }[]} entries
 */
function list(name, entries) {
  return h(
    "section",
    { class: "help-group" },
    h("h3", {}, name),
    h("dl", {}, ...entries.map(({ shown, help }) => h("div", {}, h("dt", {}, h("kbd", {}, shown)), h("dd", {}, help)))),
  );
}
