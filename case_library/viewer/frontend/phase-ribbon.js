/**
 * The phases of the clip as named stretches above the strip: drawn by a drag, adjusted at their edges, looped by a click.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 * @typedef {import("./edits.js").Item} Item
 */
import { frameAt, newItemId } from "./edits.js";
import { h } from "./dom.js";
import { capture } from "./gestures.js";
import { PHASE_KINDS, dragged, inOrder, phaseName, rangeOf, rowsOf } from "./phases.js";
import { frameAtX } from "./scrub-strip.js";

/** A press that moves less than this is a click. */
const SLOP_PX = 5;

export class PhaseRibbon {
  element = h("div", { class: "ribbon", role: "group", "aria-label": "Phases" });
  #ghost = h("div", { class: "phase-ghost", hidden: true });
  #empty = h("span", { class: "ribbon-hint" }, "phases: drag here to name a stretch");
  /** @type {ClipSession | null} */
  #session = null;
  /** @type {((event: PointerEvent) => void) | null} */
  #move = null;
  /** @type {((event: PointerEvent) => void) | null} */
  #up = null;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{
   *   document: import("./edits.js").CaseDocument,
   *   selection: import("./selection.js").Selection,
   *   seek: (frameIndex: number) => void,
   *   loop: (range: import("./clock.js").FrameRange) => void,
   *   edit: (phase: Item, list: string) => void,
   * }} target
   */
  constructor(scope, target) {
    this.target = target;
    const { element } = this;
    scope.listen(element, "pointerdown", (/** @type {PointerEvent} */ event) => this.#down(event));
    scope.listen(element, "pointermove", (/** @type {PointerEvent} */ event) => this.#move?.(event));
    scope.listen(element, "pointerup", (/** @type {PointerEvent} */ event) => this.#end(event));
    for (const type of ["pointercancel", "lostpointercapture"]) scope.listen(element, type, () => this.#cancel());
    scope.listen(element, "dblclick", (event) => this.#edit(event));
    scope.listen(element, "contextmenu", (event) => {
      if (this.#edit(event)) event.preventDefault();
    });
    scope.listen(element, "keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    // A click by the keyboard has no pointer behind it.
    scope.listen(element, "click", (/** @type {MouseEvent} */ event) => {
      const phase = this.#phaseOf(event.target);
      if (event.detail === 0 && phase) this.#choose(phase);
    });
    scope.add(target.document.listen((lists) => lists.has(this.#list) && this.#draw()));
    scope.add(target.selection.listen(() => this.#markSelected()));
  }

  /** @param {ClipSession} session */
  setClip(session) {
    this.#session = session;
    this.#draw();
  }

  /** @returns {Item[]} in the order of time: the first goes by the key 1 */
  get phases() {
    return inOrder(this.target.document.items(this.#list));
  }

  /** Make a phase of these frames and ask what it is. @param {import("./clock.js").FrameRange} range */
  create({ first, last }) {
    const { document } = this.target;
    if (!this.#session || !document.editable) return;
    const kind = this.phases.some((phase) => phase.kind === "rest") ? "contraction" : "rest";
    const phase = { item_id: newItemId("phase"), kind, first: frameAt(first), last: frameAt(last) };
    document.put(this.#list, phase, "Name a stretch");
    this.target.selection.set({ list: this.#list, item_id: phase.item_id });
    this.target.edit(phase, this.#list);
  }

  get #list() {
    return `clips/${this.#session?.clip.clip_id}/phases`;
  }

  #draw() {
    const session = this.#session;
    if (!session) return;
    const focused = /** @type {Element | null} */ (this.element.querySelector(":focus"))?.getAttribute("data-item-id");
    const { frame_count } = session.clip;
    const placed = rowsOf(this.target.document.items(this.#list));
    const rows = 1 + Math.max(0, ...placed.map(({ row }) => row));
    const buttons = placed.map(({ phase, row }, k) => this.#button(phase, k + 1, { row, rows, frameCount: frame_count }));
    this.#empty.hidden = placed.length > 0 || !this.target.document.editable;
    this.element.replaceChildren(...buttons, this.#ghost, this.#empty);
    this.#markSelected();
    if (focused) buttons.find((button) => button.dataset.itemId === focused)?.focus({ preventScroll: true });
  }

  /** @param {Item} phase @param {number} number @param {{ row: number, rows: number, frameCount: number }} place */
  #button(phase, number, { row, rows, frameCount }) {
    const { first, last } = rangeOf(phase);
    const name = phaseName(phase);
    const frames = `frames ${first + 1}–${last + 1}`;
    const effort = phase.effort ? `, effort: ${phase.effort}` : "";
    const button = h(
      "button",
      {
        type: "button",
        class: "phase",
        "data-item-id": phase.item_id,
        "data-kind": phase.kind,
        title: `${number <= 9 ? `${number}: ` : ""}${name}, ${frames}${effort}. Click loops it; double click edits it.`,
        "aria-label": `Phase ${number}: ${name}, ${frames}${effort}`,
      },
      h("span", { class: "phase-name" }, number <= 9 ? h("b", {}, String(number)) : null, name),
    );
    if (this.target.document.editable) {
      button.append(...["first", "last"].map((edge) => h("span", { class: `phase-edge ${edge}`, "data-edge": edge })));
    }
    button.style.cssText = `left: ${(100 * first) / frameCount}%; right: ${100 - (100 * (last + 1)) / frameCount}%;
      top: ${(100 * row) / rows}%; bottom: ${100 - (100 * (row + 1)) / rows}%;
      --phase: ${(PHASE_KINDS[phase.kind] ?? PHASE_KINDS.other).colour}`;
    return button;
  }

  #markSelected() {
    const selected = this.target.selection.get();
    for (const button of this.element.querySelectorAll("button")) {
      const is = selected?.list === this.#list && selected.item_id === button.dataset.itemId;
      button.classList.toggle("selected", is);
    }
  }

  /** @param {EventTarget | null} target @returns {Item | undefined} */
  #phaseOf(target) {
    const button = target instanceof Element ? target.closest("button") : null;
    return button ? this.target.document.get(this.#list, button.dataset.itemId) : undefined;
  }

  /** @param {{ clientX: number }} event */
  #frameUnder(event) {
    const box = this.element.getBoundingClientRect();
    return frameAtX(event.clientX - box.left, box.width, this.#session?.clip.frame_count ?? 1);
  }

  /** @param {Item} phase */
  #choose(phase) {
    this.target.selection.set({ list: this.#list, item_id: phase.item_id });
    this.target.loop(rangeOf(phase));
  }

  /** @param {Event} event */
  #edit(event) {
    const phase = this.#phaseOf(event.target);
    if (!phase || !this.target.document.editable) return false;
    this.target.selection.set({ list: this.#list, item_id: phase.item_id });
    this.target.edit(phase, this.#list);
    return true;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const phase = this.#phaseOf(event.target);
    if (!phase) return;
    if (event.key === "Enter") this.#edit(event);
    else if (event.key === "Delete" && this.target.document.editable) {
      this.target.document.remove(this.#list, phase.item_id, "Remove the phase");
    } else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0 || !this.#session) return;
    const phase = this.#phaseOf(event.target);
    const edge = event.target instanceof HTMLElement ? event.target.dataset.edge : undefined;
    if (phase && edge) this.#beginEdge(event, phase, /** @type {"first" | "last"} */ (edge));
    else if (phase) this.#beginClick(event, phase);
    else if (this.target.document.editable) this.#beginDrawing(event);
    else return;
    capture(this.element, event.pointerId);
    event.preventDefault();
  }

  /** @param {PointerEvent} down @param {Item} phase @param {"first" | "last"} edge */
  #beginEdge(down, phase, edge) {
    const { document } = this.target;
    const list = this.#list;
    const from = this.#frameUnder(down);
    const count = this.#session?.clip.frame_count ?? 1;
    document.begin("Move the edge of a phase");
    this.#move = (event) => {
      const moved = dragged(phase, edge, this.#frameUnder(event) - from, count);
      document.put(list, moved, "Move the edge of a phase");
      this.target.seek(rangeOf(moved)[edge]);
    };
    this.#up = () => document.end();
  }

  /** @param {PointerEvent} down @param {Item} phase */
  #beginClick(down, phase) {
    this.#up = (event) => {
      if (Math.abs(event.clientX - down.clientX) < SLOP_PX) this.#choose(phase);
    };
  }

  /** @param {PointerEvent} down */
  #beginDrawing(down) {
    const from = this.#frameUnder(down);
    const count = this.#session?.clip.frame_count ?? 1;
    const range = (/** @type {PointerEvent} */ event) => {
      const to = this.#frameUnder(event);
      return { first: Math.min(from, to), last: Math.max(from, to) };
    };
    const far = (/** @type {PointerEvent} */ event) => Math.abs(event.clientX - down.clientX) >= SLOP_PX;
    this.#move = (event) => {
      const { first, last } = range(event);
      this.#ghost.hidden = !far(event);
      this.#ghost.style.left = `${(100 * first) / count}%`;
      this.#ghost.style.right = `${100 - (100 * (last + 1)) / count}%`;
      if (far(event)) this.target.seek(this.#frameUnder(event));
    };
    this.#up = (event) => {
      if (far(event)) this.create(range(event));
      else this.target.seek(from);
    };
  }

  /** @param {PointerEvent} event */
  #end(event) {
    const up = this.#up;
    this.#move = null;
    this.#up = null;
    this.#ghost.hidden = true;
    up?.(event);
  }

  #cancel() {
    if (!this.#up) return;
    this.#move = null;
    this.#up = null;
    this.#ghost.hidden = true;
    this.target.document.cancel();
  }
}
