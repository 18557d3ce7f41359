/**
 * The findings of the case, with what was measured for them, and what the patient said: the first page of the panel.
 *
 * @typedef {import("./edits.js").Item} Item
 * @typedef {import("./edits.js").Change} Change
 * @typedef {import("./measure.js").Shown} Shown
 *
 * @typedef {object} FindingsParts
 * @property {import("./edits.js").CaseDocument} document
 * @property {import("./selection.js").Selection} selection
 * @property {import("./term-picker.js").TermPicker} picker
 * @property {import("./vocabulary.js").Vocabulary} vocabulary
 * @property {() => import("./types.js").ClipMessage[]} clips
 * @property {(clipId: string) => import("./clip-session.js").ClipSession | undefined} session
 * @property {(itemId: string) => Shown | null} valueOf
 * @property {(itemId: string) => string} refusalOf
 * @property {() => { clip_id: string, first: number, last: number } | null} played  what is played now
 * @property {(clipId: string, frameIndex: number) => void} open  goes there
 * @property {() => void} show  brings this page to the front
 * @property {() => void} focus  gives the keys back
 */
import { button, h } from "./dom.js";
import { dynamicSign } from "./dynamic-sign.js";
import { frameAt, newItemId } from "./edits.js";
import { emptyFinding, extentOf, whereOf } from "./finding-fields.js";
import { findingEditor, gradeWords } from "./finding-editor.js";
import { keepingFocus } from "./keeping-focus.js";
import { measurementRow } from "./measurement-row.js";
import { markWords } from "./patient-marks.js";

export class FindingsPage {
  element = h("div", { class: "findings" });
  /** The finding whose editor is open. @type {string | null} */
  open = null;
  #drawnFor = "";

  /** @param {import("./scope.js").Scope} scope @param {FindingsParts} parts */
  constructor(scope, parts) {
    this.parts = parts;
    const { document, selection } = parts;
    scope.add(
      document.listen((lists) => {
        if ([...lists].some((name) => !name.endsWith("/phases"))) this.draw();
      }),
    );
    scope.add(selection.listen(() => this.#markSelected()));
  }

  /** Ask what it is and make a finding of it. @returns {Promise<string | null>} its item_id; null: it was called off */
  async add() {
    const { document, picker, played } = this.parts;
    if (!document.editable) return null;
    const term = await picker.ask("findings", "What is it?");
    if (!term) return null;
    /** @type {Item} */
    const item = { ...emptyFinding(), item_id: newItemId("finding"), term };
    const range = played();
    if (range) item.frames = [stretch(range)];
    this.open = item.item_id;
    document.put("findings", item, "Add a finding");
    this.parts.show();
    this.parts.selection.set({ list: "findings", item_id: item.item_id });
    this.draw();
    this.#rowOf(item.item_id)?.scrollIntoView({ block: "nearest" });
    return item.item_id;
  }

  /** @param {string} measurementId @returns {Change[]} that give a new measurement to the open finding */
  attach(measurementId) {
    const finding = this.parts.document.get("findings", this.open ?? undefined);
    if (!finding) return [];
    const measurements = [...(finding.measurements ?? []), measurementId];
    return [{ list: "findings", item_id: finding.item_id, item: { ...finding, measurements } }];
  }

  /** @returns {Promise<string | null>} the finding that a new shape belongs to */
  async forShape() {
    const { document, selection } = this.parts;
    const selected = selection.get();
    const id = this.open ?? (selected?.list === "findings" ? selected.item_id : null);
    return document.get("findings", id ?? undefined) ? id : this.add();
  }

  /** Numbers follow from the clips: they come after the document. */
  draw() {
    keepingFocus(this.element, () => this.element.replaceChildren(...this.#parts()));
    this.#markSelected();
  }

  /** @returns {Node[]} */
  #parts() {
    const { document, clips } = this.parts;
    const findings = document.items("findings");
    const owned = new Set(findings.flatMap((finding) => finding.measurements ?? []));
    const others = document.items("measurements").filter(({ item_id }) => !owned.has(item_id));
    const said = clips().flatMap((clip) =>
      document.items(`clips/${clip.clip_id}/patient_marks`).map((mark) => this.#mark(clip, mark)),
    );
    const add = button("Add a finding (F)", null, { class: "add", text: "+ Add a finding" });
    add.addEventListener("click", () => void this.add());
    const empty = findings.length === 0 && others.length === 0 && said.length === 0;
    return [
      ...(empty ? [h("p", { class: "quiet" }, document.editable ? "Nothing is described yet." : "Nothing is described in this case.")] : []),
      ...findings.map((finding) => this.#finding(finding)),
      ...(document.editable ? [add] : []),
      ...group("Measured", others.map((measurement) => this.#measurement(measurement))),
      ...group("The patient said", said),
    ];
  }

  /** @param {Item} finding */
  #finding(finding) {
    const { document } = this.parts;
    const isOpen = this.open === finding.item_id && document.editable;
    const head = h(
      "button",
      { type: "button", class: "finding-head", "data-key": `head.${finding.item_id}`, "aria-expanded": document.editable ? String(isOpen) : null },
      h("span", { class: "finding-term" }, `${finding.presence === "absent" ? "No " : ""}${finding.term.meaning}`),
      ...[doubt(finding), whereOf(finding), extentOf(finding)].filter(Boolean).map((words) => h("span", { class: "finding-line" }, words)),
      h("span", { class: "finding-line" }, this.#framesOf(finding)),
    );
    head.addEventListener("click", () => this.#choose(finding));
    const measurements = (finding.measurements ?? [])
      .map((/** @type {string} */ id) => document.get("measurements", id))
      .filter((/** @type {Item | undefined} */ item) => item !== undefined);
    const inSign = finding.dynamic_sign ? [finding.dynamic_sign.before, finding.dynamic_sign.after] : [];
    return h(
      "section",
      { class: "finding", "data-list": "findings", "data-item-id": finding.item_id },
      head,
      dynamicSign(finding, {
        ...this.parts,
        measurement: (id) => document.get("measurements", id),
        clipOf: (id) => this.parts.clips().find(({ clip_id }) => clip_id === id),
      }),
      ...measurements.filter((/** @type {Item} */ { item_id }) => !inSign.includes(item_id)).map((/** @type {Item} */ item) => this.#measurement(item)),
      ...(isOpen ? [] : (finding.grades ?? []).map(gradeWords)),
      ...(finding.text && !isOpen ? [h("p", { class: "finding-text" }, finding.text)] : []),
      ...(isOpen ? [this.#editor(finding)] : []),
    );
  }

  /** @param {Item} finding */
  #editor(finding) {
    const { document, picker, vocabulary, played, open } = this.parts;
    const id = finding.item_id;
    return findingEditor(finding, {
      change: (change, label, how) => {
        const now = document.get("findings", id);
        if (now) document.put("findings", change(now), label, how);
      },
      measurements: () => document.items("measurements"),
      ask: (kind, title) => picker.ask(kind, title),
      words: () => vocabulary.words,
      range: () => {
        const range = played();
        return range && stretch(range);
      },
      open,
      remove: () => {
        this.open = null;
        document.remove("findings", id, "Remove the finding");
      },
      done: () => {
        this.open = null;
        this.draw();
        this.parts.focus();
      },
    });
  }

  /** @param {Item} measurement */
  #measurement(measurement) {
    const { valueOf, refusalOf, selection, open } = this.parts;
    const row = measurementRow(/** @type {any} */ (measurement), { valueOf, refusalOf });
    const press = h(
      "button",
      { type: "button", class: "item-row", "data-list": "measurements", "data-item-id": measurement.item_id, "data-key": `row.${measurement.item_id}` },
      row,
    );
    press.addEventListener("click", () => {
      selection.set({ list: "measurements", item_id: measurement.item_id });
      const mark = measurement.marks?.[0];
      if (mark) open(mark.clip_id, mark.frame.frame_number - 1);
    });
    return press;
  }

  /** @param {import("./types.js").ClipMessage} clip @param {Item} mark */
  #mark(clip, mark) {
    const list = `clips/${clip.clip_id}/patient_marks`;
    const row = h(
      "button",
      { type: "button", class: "item-row", "data-list": list, "data-item-id": mark.item_id, "data-key": `mark.${mark.item_id}` },
      `${this.parts.clips().length > 1 ? `${clip.title || clip.clip_id}. ` : ""}${markWords(mark)}`,
    );
    row.addEventListener("click", () => {
      this.parts.selection.set({ list, item_id: mark.item_id });
      this.parts.open(clip.clip_id, mark.frame.frame_number - 1);
    });
    return row;
  }

  /** @param {Item} finding */
  #framesOf(finding) {
    const ranges = /** @type {any[]} */ (finding.frames ?? []);
    if (ranges.length === 0) return "no frames said";
    const several = this.parts.clips().length > 1;
    const number = (/** @type {string} */ id) => 1 + this.parts.clips().findIndex(({ clip_id }) => clip_id === id);
    return ranges
      .map(({ clip_id, first, last }) => {
        const frames = first.frame_number === last.frame_number ? `frame ${first.frame_number}` : `frames ${first.frame_number}–${last.frame_number}`;
        return several ? `clip ${number(clip_id)}, ${frames}` : frames;
      })
      .join("; ");
  }

  /** @param {Item} finding */
  #choose(finding) {
    const id = finding.item_id;
    this.parts.selection.set({ list: "findings", item_id: id });
    const where = finding.frames?.[0] ?? firstMark(this.parts.document, finding);
    if (where && this.open !== id) this.parts.open(where.clip_id, where.first.frame_number - 1);
    if (!this.parts.document.editable) return;
    this.open = this.open === id ? null : id;
    this.draw();
  }

  #markSelected() {
    const selected = this.parts.selection.get();
    for (const row of this.element.querySelectorAll("[data-item-id]")) {
      const is = row.getAttribute("data-list") === selected?.list && row.getAttribute("data-item-id") === selected?.item_id;
      row.classList.toggle("selected", is);
      if (is && this.#drawnFor !== selected?.item_id) row.scrollIntoView({ block: "nearest" });
    }
    this.#drawnFor = selected?.item_id ?? "";
  }

  /** @param {string} itemId */
  #rowOf(itemId) {
    return this.element.querySelector(`[data-item-id="${CSS.escape(itemId)}"]`);
  }
}

/** @param {Item} finding */
function doubt({ certainty, presence }) {
  if (presence === "undetermined") return "undetermined";
  return certainty && certainty !== "definite" ? certainty : "";
}

/** @param {{ clip_id: string, first: number, last: number }} range */
function stretch({ clip_id, first, last }) {
  return { clip_id, first: frameAt(first), last: frameAt(last) };
}

/** @param {import("./edits.js").CaseDocument} document @param {Item} finding */
function firstMark(document, finding) {
  const mark = document.get("measurements", finding.measurements?.[0])?.marks?.[0];
  return mark && { clip_id: mark.clip_id, first: mark.frame };
}

/** @param {string} title @param {Node[]} rows */
function group(title, rows) {
  return rows.length > 0 ? [h("h2", { class: "group-title" }, title), ...rows] : [];
}
