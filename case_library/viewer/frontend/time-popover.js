/**
 * What a phase or a patient's mark is: a small form above the timeline.
 *
 * @typedef {import("./edits.js").Item} Item
 * @typedef {{ item: Item, list: string, frameCount: number }} Edited
 */
import { clamp } from "./clock.js";
import { button, h } from "./dom.js";
import { PHASE_KINDS, phaseName, rangeOf, withRange } from "./phases.js";

export class TimePopover {
  element = h("form", { class: "popover time-popover", "aria-label": "Phase or mark", hidden: true });
  /** @type {Edited | null} */
  #edited = null;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{ document: import("./edits.js").CaseDocument, closed: () => void }} target
   */
  constructor(scope, target) {
    this.target = target;
    scope.listen(this.element, "submit", (event) => {
      event.preventDefault();
      this.close();
    });
    scope.add(
      target.document.listen((lists) => {
        const edited = this.#edited;
        // Undone, or removed elsewhere: there is nothing left to ask about.
        if (edited && lists.has(edited.list) && !target.document.get(edited.list, edited.item.item_id)) this.close();
      }),
    );
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** @param {Edited} edited @param {{ quietly?: boolean }} [how]  quietly: the keys stay where they are */
  open(edited, { quietly = false } = {}) {
    this.#edited = edited;
    const isPhase = edited.list.endsWith("/phases");
    this.element.setAttribute("aria-label", isPhase ? "Phase" : "What the patient said");
    const remove = button("Remove (Delete)", null, { text: "Remove" });
    remove.addEventListener("click", () => {
      this.target.document.remove(edited.list, edited.item.item_id, isPhase ? "Remove the phase" : "Remove the mark");
      this.close();
    });
    const done = h("button", { type: "submit", class: "button primary" }, "Done");
    this.element.replaceChildren(
      ...(isPhase ? this.#phase(edited) : this.#mark(edited)),
      h("div", { class: "popover-foot" }, remove, done),
    );
    this.element.hidden = false;
    if (!quietly) /** @type {HTMLElement | null} */ (this.element.querySelector("[data-first]"))?.focus();
  }

  close() {
    if (!this.isOpen) return;
    const had = this.element.matches(":focus-within");
    this.element.hidden = true;
    this.#edited = null;
    if (had) this.target.closed();
  }

  /** @param {string} label @param {(item: Item) => Item} change @param {{ typing?: boolean }} [how] */
  #change(label, change, how) {
    const edited = this.#edited;
    const item = edited && this.target.document.get(edited.list, edited.item.item_id);
    if (edited && item) this.target.document.put(edited.list, change(item), label, how);
  }

  /** @param {Edited} edited */
  #phase({ item, frameCount }) {
    const kinds = Object.entries(PHASE_KINDS).map(([kind, { name, colour }]) => {
      const input = h("input", { type: "radio", name: "kind", value: kind, checked: kind === item.kind });
      if (kind === item.kind) input.dataset.first = "";
      input.addEventListener("change", () => this.#change("Say what the phase is", (now) => ({ ...now, kind })));
      const label = h("label", { class: "kind" }, input, h("span", { class: "kind-name" }, name));
      label.style.setProperty("--phase", colour);
      return label;
    });
    const frame = (/** @type {"first" | "last"} */ edge) => {
      const value = rangeOf(item)[edge] + 1;
      const input = h("input", { type: "number", min: 1, max: frameCount, value, "aria-label": `${edge} frame` });
      input.addEventListener("change", () =>
        this.#change("Move the edge of a phase", (now) => {
          const range = rangeOf(now);
          const asked = Math.round(Number(input.value) || 1) - 1;
          const low = edge === "first" ? 0 : range.first;
          const high = edge === "first" ? range.last : frameCount - 1;
          range[edge] = clamp(asked, low, high);
          input.value = String(range[edge] + 1);
          return withRange(now, range);
        }),
      );
      return input;
    };
    return [
      h("fieldset", { class: "kinds" }, h("legend", {}, "What is done here"), ...kinds),
      h("div", { class: "field-row" }, h("span", {}, "Frames"), frame("first"), h("span", {}, "to"), frame("last")),
      this.#text("Name", "name", item.name ?? "", phaseName({ ...item, name: "" })),
      this.#text("Effort", "effort", item.effort ?? "", "as stated: maximal, 50 %"),
    ];
  }

  /** @param {Edited} edited */
  #mark({ item }) {
    const scores = [null, ...Array.from({ length: 11 }, (_, score) => score)].map((score) => {
      const checked = (item.score ?? null) === score;
      const input = h("input", { type: "radio", name: "score", value: score ?? "", checked });
      input.addEventListener("change", () => this.#change("Say how much it hurts", (now) => ({ ...now, score })));
      return h("label", { class: "score" }, input, h("span", {}, score === null ? "–" : String(score)));
    });
    const words = this.#text("Words", "words", item.words ?? "", "there, that hurts");
    words.querySelector("input")?.setAttribute("data-first", "");
    return [
      h("p", { class: "popover-title" }, `The patient, at frame ${item.frame.frame_number}`),
      words,
      h("fieldset", { class: "scores" }, h("legend", {}, "0 none – 10 worst"), ...scores),
    ];
  }

  /** @param {string} label @param {string} field @param {string} value @param {string} placeholder */
  #text(label, field, value, placeholder) {
    const input = h("input", { type: "text", value, placeholder, maxlength: 200, autocomplete: "off" });
    input.addEventListener("input", () =>
      this.#change(`Write the ${field}`, (now) => ({ ...now, [field]: input.value.trim() }), { typing: true }),
    );
    return h("label", { class: "field" }, h("span", {}, label), input);
  }
}
