/**
 * What the patient said at which moment, on the strip: a mark is set by one key while the clip plays.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 * @typedef {import("./edits.js").Item} Item
 */
import { frameAt, newItemId } from "./edits.js";
import { h } from "./dom.js";
import { shareOfFrame } from "./scrub-strip.js";

export class PatientMarks {
  element = h("div", { class: "marks", role: "group", "aria-label": "What the patient said" });
  /** @type {ClipSession | null} */
  #session = null;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{
   *   document: import("./edits.js").CaseDocument,
   *   selection: import("./selection.js").Selection,
   *   seek: (frameIndex: number) => void,
   *   edit: (mark: Item, list: string, how?: { quietly: boolean }) => void,
   * }} target
   */
  constructor(scope, target) {
    this.target = target;
    scope.listen(this.element, "click", (event) => {
      const mark = this.#markOf(event.target);
      if (!mark) return;
      target.selection.set({ list: this.#list, item_id: mark.item_id });
      target.seek(mark.frame.frame_number - 1);
      target.edit(mark, this.#list);
    });
    scope.listen(this.element, "keydown", (/** @type {KeyboardEvent} */ event) => {
      const mark = this.#markOf(event.target);
      if (event.key !== "Delete" || !mark || !target.document.editable) return;
      target.document.remove(this.#list, mark.item_id, "Remove the mark");
      event.preventDefault();
    });
    scope.add(target.document.listen((lists) => lists.has(this.#list) && this.#draw()));
  }

  /** @param {ClipSession} session */
  setClip(session) {
    this.#session = session;
    this.#draw();
  }

  /**
   * The patient says "there" now.
   *
   * @param {number} frameIndex  on screen
   * @param {boolean} quietly  while the clip goes on playing, nothing takes the keys away
   */
  place(frameIndex, quietly) {
    const { document, selection, edit } = this.target;
    if (!document.editable || !this.#session) return;
    const mark = { item_id: newItemId("mark"), frame: frameAt(frameIndex), score: null, words: "" };
    document.put(this.#list, mark, "Mark what the patient said");
    selection.set({ list: this.#list, item_id: mark.item_id });
    edit(mark, this.#list, { quietly });
  }

  get #list() {
    return `clips/${this.#session?.clip.clip_id}/patient_marks`;
  }

  /** @param {EventTarget | null} target @returns {Item | undefined} */
  #markOf(target) {
    const button = target instanceof Element ? target.closest("button") : null;
    return button ? this.target.document.get(this.#list, button.dataset.itemId) : undefined;
  }

  #draw() {
    const count = this.#session?.clip.frame_count ?? 1;
    this.element.replaceChildren(
      ...this.target.document.items(this.#list).map((mark) => {
        const words = markWords(mark);
        const button = h(
          "button",
          { type: "button", class: "mark", "data-item-id": mark.item_id, title: words, "aria-label": words },
          mark.score === null || mark.score === undefined ? "!" : String(mark.score),
        );
        button.style.left = `${100 * shareOfFrame(mark.frame.frame_number - 1, count)}%`;
        return button;
      }),
    );
  }
}

/** @param {Item} mark @returns {string} `Frame 61: “there, that hurts”, 7 of 10` */
export function markWords(mark) {
  const score = mark.score === null || mark.score === undefined ? "" : `, ${mark.score} of 10`;
  return `Frame ${mark.frame.frame_number}: ${mark.words ? `“${mark.words}”` : "the patient’s mark"}${score}`;
}
