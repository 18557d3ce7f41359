/** One measurement in per cent of another: the reference and the formula are chosen by the user, and shown. */
import { button, h } from "./dom.js";

/** @typedef {{ item_id: string, words: string }} Choice */

const FORMULAS = [
  { kind: "difference", words: "Smaller by: 100 · (reference − this) / reference" },
  { kind: "ratio", words: "In per cent of: 100 · this / reference" },
  { kind: "asymmetry", words: "Asymmetry: 100 · |this − other| / the larger" },
];

export class CompareDialog {
  #what = h("p", { class: "sheet-text" });
  #reference = h("select", { class: "sheet-input", "aria-label": "Reference" });
  #formula = h("select", { class: "sheet-input", "aria-label": "Formula" }, ...FORMULAS.map(({ kind, words }) => h("option", { value: kind }, words)));
  #none = h("p", { class: "sheet-text quiet" }, "There is no other measurement of the same unit yet. Measure the other side first.");
  #add = button("Add", null, { text: "Add", class: "primary" });
  #close = button("Cancel", null, { text: "Cancel" });
  #first = "";
  element = h(
    "dialog",
    { class: "sheet", "aria-label": "Compare two measurements" },
    h("h2", {}, "Compare two measurements"),
    this.#what,
    this.#none,
    h("label", { class: "sheet-row" }, h("span", {}, "Reference"), this.#reference),
    h("label", { class: "sheet-row" }, h("span", {}, "Formula"), this.#formula),
    h("p", { class: "sheet-text quiet" }, "Healthy sides differ too: a difference alone is no finding."),
    h("div", { class: "sheet-foot" }, this.#close, this.#add),
  );

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {(firstId: string, referenceId: string, kind: string) => void} add
   */
  constructor(scope, add) {
    scope.listen(this.#close, "click", () => this.element.close());
    scope.listen(this.#add, "click", () => {
      this.element.close();
      add(this.#first, this.#reference.value, this.#formula.value);
    });
  }

  /** @param {Choice} first @param {Choice[]} others */
  open(first, others) {
    this.#first = first.item_id;
    this.#what.textContent = first.words;
    this.#reference.replaceChildren(...others.map(({ item_id, words }) => h("option", { value: item_id }, words)));
    this.#none.hidden = others.length > 0;
    for (const input of [this.#reference, this.#formula]) /** @type {HTMLElement} */ (input.parentElement).hidden = others.length === 0;
    this.#add.disabled = others.length === 0;
    this.element.showModal();
  }
}
