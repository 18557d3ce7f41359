/**
 * Measuring and drawing on the open case: the tools, what they make, and what is said about it.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./drawn.js").Drawn} Drawn
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./edits.js").Change} Change
 * @typedef {{ list: string, item_id: string } | null} Selected
 *
 * @typedef {object} ToolParts
 * @property {HTMLElement} root
 * @property {import("./scope.js").Scope} scope
 * @property {import("./edits.js").CaseDocument} document
 * @property {import("./stage.js").Stage} stage
 * @property {{ get: () => Selected, set: (selected: Selected) => void, listen: (call: () => void) => unknown }} selection
 * @property {{ attach: (itemId: string) => Change[], forShape: () => Promise<string | null> }} findings
 * @property {() => ClipMessage[]} clips
 * @property {(text: string) => void} notify
 * @property {(command: string) => void} run
 */
import { CompareDialog } from "./compare-dialog.js";
import { Drawing } from "./drawing.js";
import { kindOfTool, MEASUREMENT_KINDS, SHAPE_KINDS } from "./drawing-kinds.js";
import * as changes from "./drawn-changes.js";
import { DrawnIndex, isSame } from "./drawn.js";
import { Hand } from "./hand.js";
import { Magnifier } from "./magnifier.js";
import { refusalOf, valueOf } from "./measure.js";
import { Overlay } from "./overlay.js";
import { NUDGE_PX, SelectedFigure } from "./selected-figure.js";
import { StoredGrey } from "./stored-grey.js";
import { ToolBar } from "./tool-bar.js";
import { ToolHint } from "./tool-hint.js";
import { numberUnderWay, wordsOfMeasurement, wordsOfShape } from "./tool-words.js";

/** How long the cross shows which handle the keys have. */
const CROSS_MS = 900;

export class Tools {
  #index = new DrawnIndex();
  /** @type {Drawing | null} */
  #drawing = null;
  /** What the next finished length does instead of being kept. @type {((mark: import("./drawing.js").DrawnMark) => void) | null} */
  #instead = null;

  /** @param {ToolParts} parts */
  constructor(parts) {
    this.parts = parts;
    const { scope, stage, document, run } = parts;
    this.grey = new StoredGrey((id) => parts.clips().find(({ clip_id }) => clip_id === id), scope.signal);
    this.overlay = new Overlay(stage, (clipId, frameNumber) => this.#index.on(clipId, frameNumber));
    this.magnifier = new Magnifier(stage, this.overlay);
    this.bar = new ToolBar(scope, run);
    this.hint = new ToolHint(scope, {
      run,
      rename: (name) => {
        this.figure.rename(name);
        parts.root.focus({ preventScroll: true });
      },
    });
    this.compareDialog = new CompareDialog(scope, (first, other, kind) => this.#addComparison(first, other, kind));
    stage.element.append(this.hint.element);
    this.element = this.bar.element;
    this.dialogs = [this.compareDialog.element];
    this.hand = new Hand(scope, this.overlay, stage, {
      drawing: () => this.#drawing,
      editable: () => document.editable,
      selected: () => this.overlay.selected,
      select: (drawn) => this.select(drawn),
      redraw: () => this.#redraw(),
      begin: (drawn) => document.begin(changes.labelOf("Move", document, drawn)),
      move: (drawn, points) => this.figure.move(drawn, points),
      end: () => void this.#end(),
      cancel: () => document.cancel(),
      look: (at) => this.magnifier.show(at),
    });
    this.figure = new SelectedFigure({
      document,
      overlay: this.overlay,
      here: () => this.#here,
      means: () => this.#means,
      aspect: () => this.hand.aspect,
      select: (drawn) => this.select(drawn),
      selectItem: (list, itemId, shapeId) => this.#selectItem(list, itemId, shapeId),
      attach: (itemId) => parts.findings.attach(itemId),
      valueOf: (itemId) => this.valueOf(itemId),
      compareDialog: this.compareDialog,
      notify: parts.notify,
      later: (call) => scope.after(CROSS_MS, call),
    });
    scope.add(/** @type {() => void} */ (document.listen(() => this.changed())));
    parts.selection.listen(() => this.#followSelection());
    const followFrame = () => this.#followFrame();
    stage.listeners.add(followFrame);
    this.commands = this.#makeCommands();
    this.changed();
  }

  /** The case, or what is known of its clips, is another one: all numbers anew. */
  changed() {
    const { document } = this.parts;
    this.#index.rebuild(document, (item) => this.valueOf(item.item_id));
    this.bar.allow(document.editable, this.#mayLeave);
    if (!document.editable) this.#drawing = null;
    this.#followSelection();
    this.overlay.changed();
    this.#say();
  }

  /** Whether a dialog has the keys for itself. */
  get modal() {
    return this.dialogs.some(({ open }) => open);
  }

  /** Whether pictures may leave the library. */
  get #mayLeave() {
    return this.parts.root.dataset.status !== "draft";
  }

  /** @param {string} itemId */
  valueOf(itemId) {
    return valueOf(this.parts.document, this.parts.clips(), itemId, (mark) => this.grey.get(mark));
  }

  /** @param {string} itemId */
  refusalOf(itemId) {
    return refusalOf(this.parts.document, this.parts.clips(), itemId, (mark) => this.grey.get(mark));
  }

  /** @param {string} clipId @param {number} frameNumber @returns {Drawn[]} */
  drawnOn(clipId, frameNumber) {
    return this.#index.on(clipId, frameNumber);
  }

  get #means() {
    return { clips: this.parts.clips(), grey: (/** @type {any} */ mark) => this.grey.get(mark) };
  }

  /** The frame on the stage. */
  get #here() {
    const { painted } = this.parts.stage;
    return painted && { clip_id: painted.clip.clip_id, frame_number: painted.frameIndex + 1 };
  }

  // Drawing -----------------------------------------------------------------------------------------------------

  /** @param {string | null} tool @param {(mark: import("./drawing.js").DrawnMark) => void} [instead] */
  use(tool, instead) {
    const kind = tool === null ? undefined : kindOfTool(tool);
    this.#instead = instead ?? null;
    this.bar.closeMenus();
    this.overlay.cross = null;
    this.magnifier.show(null);
    this.overlay.hidden = this.overlay.hidden && !kind;
    this.#drawing = kind && this.parts.document.editable ? new Drawing(kind, (marks) => void this.#finished(kind, marks)) : null;
    const here = this.#here;
    if (here) this.#drawing?.at(here);
    if (this.#drawing) this.select(null);
    this.#redraw();
  }

  /** The clip has another scale: its measurements say their numbers anew. @param {string} clipId */
  remeasure(clipId) {
    const { document } = this.parts;
    document.change("Calibrate", changes.remeasured(document, clipId, this.#means));
  }

  get tool() {
    return this.#drawing?.kind.tool ?? null;
  }

  /** @param {import("./drawing-kinds.js").DrawingKind} kind @param {import("./drawing.js").DrawnMark[]} marks */
  async #finished(kind, marks) {
    const { document, findings, notify } = this.parts;
    const instead = this.#instead;
    this.use(null);
    if (instead) return instead(marks[0]);
    if (kind.list === "shapes") {
      const findingId = await findings.forShape();
      if (!findingId) return;
      const shape = changes.newShape(kind, marks[0], "");
      document.change(kind.title, [changes.withShape(document, findingId, shape)]);
      this.#selectItem("findings", findingId, shape.item_id);
      if (kind.kind === "label") this.hint.focusName();
      return;
    }
    if (kind.kind === "echo_intensity") await this.#bringGrey(marks[0].clip_id, marks[0].frame_number);
    const change = changes.newMeasurement(document, kind, marks, this.#means);
    document.change(kind.title, [change, ...findings.attach(change.item_id)]);
    this.#selectItem("measurements", change.item_id, null);
    const refusal = this.refusalOf(change.item_id);
    if (refusal) notify(refusal);
  }

  /** @param {string} clip_id @param {number} frame_number */
  async #bringGrey(clip_id, frame_number) {
    try {
      await this.grey.fetch({ clip_id, frame: { frame_number } });
    } catch (error) {
      this.parts.notify(error instanceof Error ? error.message : "The grey values of this frame could not be had");
    }
  }

  #redraw() {
    const drawing = this.#drawing;
    const here = this.#here;
    this.overlay.previews = [];
    if (drawing && here) {
      const { form } = drawing.kind;
      for (const mark of drawing.marks) {
        const isHere = mark.clip_id === here.clip_id && mark.frame_number === here.frame_number;
        if (isHere || form === "point") this.overlay.previews.push({ form, points: mark.points });
      }
      if (drawing.preview.length > 0) this.overlay.previews.push({ form, points: drawing.preview });
    }
    this.overlay.changed();
    this.#say();
  }

  // Changing ----------------------------------------------------------------------------------------------------

  async #end() {
    const { document } = this.parts;
    const drawn = this.overlay.selected;
    const item = drawn && !drawn.shapeId ? document.get("measurements", drawn.itemId) : null;
    if (drawn && item?.kind === "echo_intensity") {
      const [mark] = item.marks;
      await this.#bringGrey(mark.clip_id, mark.frame.frame_number);
      if (document.busy) this.figure.move(drawn, mark.points);
    }
    document.end();
  }

  /** @param {string} firstId @param {string} otherId @param {string} kind */
  #addComparison(firstId, otherId, kind) {
    const { document, findings, notify } = this.parts;
    const [first, other] = [document.get("measurements", firstId), document.get("measurements", otherId)];
    if (!first || !other) return;
    const change = changes.newComparison(document, /** @type {any} */ (first), /** @type {any} */ (other), kind, this.#means);
    document.change("Comparison", [change, ...findings.attach(change.item_id)]);
    this.parts.selection.set({ list: "measurements", item_id: change.item_id });
    const refusal = this.refusalOf(change.item_id);
    if (refusal) notify(refusal);
  }

  // Selecting ---------------------------------------------------------------------------------------------------

  /** @param {Drawn | null} drawn */
  select(drawn) {
    const { selection } = this.parts;
    this.figure.reset();
    this.overlay.selected = drawn;
    const before = selection.get();
    const next = drawn && { list: drawn.list, item_id: drawn.itemId };
    if (before?.item_id !== next?.item_id) selection.set(next);
    this.overlay.changed();
    this.#say();
  }

  /** @param {"measurements" | "findings"} list @param {string} itemId @param {string | null} shapeId */
  #selectItem(list, itemId, shapeId) {
    const drawn = this.overlay.drawn.find((one) => one.list === list && one.itemId === itemId && one.shapeId === shapeId);
    if (drawn) this.select(drawn);
    else this.parts.selection.set({ list, item_id: itemId });
  }

  /** What the panel has selected, or what became of it, on this frame. */
  #followSelection() {
    const selected = this.parts.selection.get();
    const before = this.overlay.selected;
    const { drawn } = this.overlay;
    const mine = drawn.filter(({ list, itemId }) => selected && list === selected.list && itemId === selected.item_id);
    const next = mine.find((one) => isSame(one, before)) ?? mine[0] ?? null;
    if (next === before) return;
    this.overlay.selected = next ?? (selected && before?.itemId === selected.item_id ? before : null);
    this.overlay.changed();
    this.#say();
  }

  #lastFrame = "";
  #followFrame() {
    const here = this.#here;
    const key = here ? `${here.clip_id}/${here.frame_number}` : "";
    if (key === this.#lastFrame) return;
    this.#lastFrame = key;
    if (this.#drawing) {
      if (here) this.#drawing.at(here);
      this.#redraw();
    } else if (this.parts.selection.get()) this.#followSelection();
  }

  // Words -------------------------------------------------------------------------------------------------------

  #say() {
    const tool = this.#drawing?.kind.tool ?? null;
    this.bar.show(tool, { hidden: this.overlay.hidden, comparing: this.parts.root.dataset.comparing === "yes" });
    this.parts.root.classList.toggle("drawing", tool !== null);
    if (this.#drawing) {
      const { text, refused } = numberUnderWay(this.#drawing, this.#here, this.parts.clips());
      this.hint.ask(this.#instead ? "Draw along a distance that is known, the longer the better" : this.#drawing.prompt, text, refused);
    } else if (this.overlay.selected) this.#tell(this.overlay.selected);
    else this.hint.hide();
  }

  /** @param {Drawn} drawn */
  #tell(drawn) {
    const { document } = this.parts;
    const away = !this.overlay.drawn.some((one) => isSame(one, drawn));
    const words = drawn.shapeId
      ? wordsOfShape(document, drawn, this.#here)
      : wordsOfMeasurement(document, drawn, {
          value: this.valueOf(drawn.itemId),
          refusal: this.refusalOf(drawn.itemId),
          away,
          betweenLayers: this.figure.layersBeside(drawn).length === 2,
        });
    if (words) this.hint.tell(words);
    else this.hint.hide();
  }

  // Commands ----------------------------------------------------------------------------------------------------

  /** @returns {Record<string, () => void>} */
  #makeCommands() {
    const tools = Object.fromEntries(
      MEASUREMENT_KINDS.map(({ tool }) => [`tool${tool[0].toUpperCase()}${tool.slice(1)}`, () => this.use(this.tool === tool ? null : tool)]),
    );
    const shapes = Object.fromEntries(SHAPE_KINDS.map(({ tool }) => [tool, () => this.use(tool)]));
    const nudges = Object.fromEntries(
      /** @type {const} */ ([["Left", -1, 0], ["Right", 1, 0], ["Up", 0, -1], ["Down", 0, 1]]).flatMap(([name, x, y]) => [
        [`nudge${name}`, () => this.#nudge(x * NUDGE_PX, y * NUDGE_PX)],
        [`nudge${name}Far`, () => this.#nudge(x * NUDGE_PX * 10, y * NUDGE_PX * 10)],
      ]),
    );
    return {
      ...tools,
      ...shapes,
      ...nudges,
      toolSelect: () => this.use(null),
      toggleShapes: () => this.parts.document.editable && this.bar.toggleMenu("shapes"),
      toggleMore: () => this.bar.toggleMenu("more"),
      toggleHidden: () => this.#hide(),
      finishDrawing: () => this.#enter(),
      undoPoint: () => this.#back(),
      ...this.figure.commands,
    };
  }

  /** Escape: what is open closes, then what is begun, then what is selected. */
  escape() {
    if (this.bar.closeMenus()) return;
    if (this.#drawing?.begun) {
      while (this.#drawing.back());
      this.#redraw();
    } else if (this.#drawing) this.use(null);
    else this.select(null);
  }

  #hide() {
    this.overlay.hidden = !this.overlay.hidden;
    this.overlay.changed();
    this.#say();
  }

  /** Enter: a point under the keyboard's cross, else the end of an outline. */
  #enter() {
    const drawing = this.#drawing;
    if (!drawing) return;
    const { cross } = this.overlay;
    if (cross && !drawing.points.some(([x, y]) => x === cross[0] && y === cross[1])) {
      const px = this.parts.stage.placed.scaleX;
      drawing.press(cross, px);
      if (this.#drawing === drawing) drawing.release(cross, drawing.points.length % 2 === 1 && drawing.floating !== null);
    } else drawing.finish();
    this.#redraw();
  }

  #back() {
    if (this.#drawing) {
      this.#drawing.back();
      this.#redraw();
    } else this.figure.remove(null);
  }

  /** @param {number} dx @param {number} dy  frame pixels */
  #nudge(dx, dy) {
    const { stage } = this.parts;
    if (this.#drawing) {
      const { columns = 0, rows = 0 } = stage.painted?.clip ?? {};
      const [x, y] = this.overlay.cross ?? [columns / 2 - dx, rows / 2 - dy];
      const cross = /** @type {Point} */ ([Math.min(columns, Math.max(0, x + dx)), Math.min(rows, Math.max(0, y + dy))]);
      this.overlay.cross = cross;
      this.#drawing.move(cross, stage.placed.scaleX);
      this.magnifier.show(cross);
      this.#redraw();
      return;
    }
    this.figure.nudge(dx, dy);
  }
}
