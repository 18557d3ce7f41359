/**
 * Two people have changed one case: what each of them did, and for what both changed, whose version is kept.
 *
 * @typedef {import("./autosave.js").Autosave} Autosave
 * @typedef {import("./edits.js").Change} Change
 * @typedef {import("./edits.js").Conflict} Conflict
 */
import { button, h } from "./dom.js";
import { newItemId } from "./edits.js";
import { wordsOf } from "./item-words.js";

/** @typedef {"mine" | "theirs" | "both"} Choice */

export class MergeDialog {
  element = h("dialog", { class: "dialog merge", "aria-label": "Changed elsewhere" });
  /** @type {Map<Conflict, Choice>} */
  #choices = new Map();

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {() => Autosave} autosave
   * @param {() => void} closed
   */
  constructor(scope, autosave, closed) {
    this.autosave = autosave;
    this.scope = scope;
    scope.listen(this.element, "close", closed);
  }

  open() {
    const { meeting } = this.autosave();
    if (!meeting) return;
    const { conflicts, theirs, mine } = meeting;
    this.#choices = new Map(conflicts.map((conflict) => [conflict, /** @type {Choice} */ ("mine")]));
    const merge = button("Merge and save", null, { class: "primary", text: "Merge and save" });
    const later = button("Decide later", null, { text: "Decide later" });
    merge.addEventListener("click", () => {
      this.element.close();
      this.autosave().resolve([...this.#choices].flatMap(([conflict, choice]) => outcome(conflict, choice)));
    });
    later.addEventListener("click", () => this.element.close());
    const inBoth = (/** @type {Change} */ change) => conflicts.some((other) => other.item_id === change.item_id);
    this.element.replaceChildren(
      h("h2", {}, "This case was changed elsewhere too"),
      h("p", {}, "Nothing is lost: the other version is in the library, yours is in this tab until you decide."),
      ...section("Changed there, taken over", theirs.filter((change) => !inBoth(change)).map(wordsOfChange)),
      ...section("Changed by you, kept", mine.filter((change) => !inBoth(change)).map(wordsOfChange)),
      ...(conflicts.length > 0 ? [h("h3", {}, "Changed by both: whose is it to be?")] : []),
      ...conflicts.map((conflict, k) => this.#question(conflict, k)),
      h("div", { class: "dialog-foot" }, later, merge),
    );
    this.element.showModal();
  }

  /** @param {Conflict} conflict @param {number} k */
  #question(conflict, k) {
    const either = /** @type {NonNullable<Conflict["mine"]>} */ (conflict.mine ?? conflict.theirs);
    const options = /** @type {[Choice, string][]} */ ([
      ["mine", conflict.mine ? "Mine" : "Mine: remove it"],
      ["theirs", conflict.theirs ? "Theirs" : "Theirs: remove it"],
      ...(conflict.mine && conflict.theirs ? [["both", "Both, mine as another one"]] : []),
    ]);
    const fieldset = h("fieldset", { class: "merge-question" }, h("legend", {}, wordsOf(conflict.list, either)));
    for (const [choice, words] of options) {
      const input = h("input", { type: "radio", name: `merge-${k}`, value: choice, checked: choice === "mine" });
      input.addEventListener("change", () => this.#choices.set(conflict, choice));
      fieldset.append(h("label", {}, input, words));
    }
    fieldset.append(h("ul", { class: "merge-fields" }, ...fieldsThatDiffer(conflict).map((line) => h("li", {}, line))));
    return fieldset;
  }
}

/** @param {Conflict} conflict @param {Choice} choice @returns {Change[]} what differs from one's own version */
function outcome({ list, item_id, mine, theirs }, choice) {
  if (choice === "mine") return [];
  const taken = { list, item_id, item: theirs };
  if (choice === "theirs" || !mine) return [taken];
  const copy = newItemId(item_id.split("-")[0]);
  return [taken, { list, item_id: copy, item: { ...mine, item_id: copy } }];
}

/** @param {Conflict} conflict @returns {string[]} `score: mine 7, theirs 5` */
function fieldsThatDiffer({ mine, theirs }) {
  if (!mine || !theirs) return [];
  const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
  const shown = (/** @type {unknown} */ value) => {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value ?? "–");
    return text.length > 60 ? `${text.slice(0, 57)}…` : text;
  };
  return [...names]
    .filter((name) => JSON.stringify(mine[name] ?? null) !== JSON.stringify(theirs[name] ?? null))
    .map((name) => `${name.replaceAll("_", " ")}: mine ${plain(shown, mine[name])}, theirs ${plain(shown, theirs[name])}`);
}

/** @param {(value: unknown) => string} shown @param {any} value @returns {string} */
function plain(shown, value) {
  if (value && typeof value === "object" && "frame_number" in value) return `frame ${value.frame_number}`;
  if (value && typeof value === "object" && "meaning" in value) return value.meaning;
  if (Array.isArray(value)) return `${value.length} entries`;
  return shown(value);
}

/** @param {Change} change */
function wordsOfChange({ list, item_id, item }) {
  return item ? wordsOf(list, item) : `Removed: ${item_id}`;
}

/** @param {string} title @param {string[]} lines */
function section(title, lines) {
  return lines.length > 0 ? [h("h3", {}, title), h("ul", {}, ...lines.map((line) => h("li", {}, line)))] : [];
}
