/**
 * What can be done with the figure that is selected: named, nudged, copied, prolonged, compared, hidden, removed.
 *
 * @typedef {import("./drawn.js").Drawn} Drawn
 * @typedef {import("./ruler.js").Point} Point
 * @typedef {import("./edits.js").Change} Change
 *
 * @typedef {object} FigureContext
 * @property {import("./edits.js").CaseDocument} document
 * @property {import("./overlay.js").Overlay} overlay
 * @property {() => { clip_id: string, frame_number: number } | null} here  the frame on the stage
 * @property {() => import("./drawn-changes.js").Means} means
 * @property {() => number} aspect      height of a pixel over its width, as shown
 * @property {(drawn: Drawn | null) => void} select
 * @property {(list: "measurements" | "findings", itemId: string, shapeId: string | null) => void} selectItem
 * @property {(itemId: string) => Change[]} attach
 * @property {(itemId: string) => import("./measure.js").Shown | null} valueOf
 * @property {import("./compare-dialog.js").CompareDialog} compareDialog
 * @property {(text: string) => void} notify
 * @property {(call: () => void) => void} later
 */
import { shapeAt } from "./annotation.js";
import { titleOf } from "./drawing-kinds.js";
import * as changes from "./drawn-changes.js";
import { handlesOf, movedBy, prolongedBetween, withHandle } from "./drawn-geometry.js";
import { isSame } from "./drawn.js";

/** One step of a key, in frame pixels. */
export const NUDGE_PX = 0.5;

export class SelectedFigure {
  /** The handle that the keys move. */
  #handle = 0;

  /** @param {FigureContext} context */
  constructor(context) {
    this.context = context;
    this.commands = {
      nextHandle: () => this.#nextHandle(),
      copyHere: () => this.#copy(),
      removeSelected: () => this.remove(null),
      removeKeyframe: () => this.remove(context.here()?.frame_number ?? null),
      prolong: () => this.#prolong(),
      compareWith: () => this.#compareWith(),
      atLeast: () => this.#atLeast(),
      toggleOccluded: () => this.#toggleOccluded(),
      showFromHere: () => this.#range("first"),
      showUntilHere: () => this.#range("last"),
    };
  }

  /** Another figure is selected. */
  reset() {
    this.#handle = 0;
  }

  /** @param {string} verb @param {(drawn: Drawn) => Change[]} make */
  #change(verb, make) {
    const { document, overlay } = this.context;
    const drawn = overlay.selected;
    if (drawn && document.editable) document.change(changes.labelOf(verb, document, drawn), make(drawn));
  }

  /** @param {Drawn} drawn @param {Point[]} points */
  move(drawn, points) {
    const { document, here, means } = this.context;
    const place = here();
    if (!place) return;
    const moved = changes.movedTo(document, drawn, points, place.frame_number, means());
    document.change(changes.labelOf("Move", document, drawn), moved);
  }

  /** @param {string} name */
  rename(name) {
    const { document, means } = this.context;
    this.#change("Name", (drawn) => {
      const item = document.get("measurements", drawn.itemId);
      const fields = drawn.shapeId ? { label: name } : { title: name || titleOf(item?.kind ?? "") };
      return changes.renamed(document, drawn, fields, means());
    });
  }

  #atLeast() {
    const { document, means } = this.context;
    this.#change("At least", (drawn) => {
      const item = document.get("measurements", drawn.itemId);
      return changes.renamed(document, drawn, { at_least: !item?.at_least }, means());
    });
  }

  /** @param {number} dx @param {number} dy  frame pixels; without a handle of its own chosen, an outline moves as a whole */
  nudge(dx, dy) {
    const { document, overlay, here, means, aspect } = this.context;
    this.#change("Nudge", (drawn) => {
      const place = here();
      const now = overlay.drawn.find((one) => isSame(one, drawn));
      if (!place || !now) return [];
      const handles = handlesOf(now.form, now.points);
      const handle = Math.min(this.#handle, handles.length - 1);
      const whole = (now.form === "outline" || now.form === "path") && this.#handle === 0;
      const [x, y] = handles[handle];
      const points = whole ? movedBy(now.points, dx, dy) : withHandle(now.form, now.points, handle, [x + dx, y + dy], aspect());
      return changes.movedTo(document, now, points, place.frame_number, means());
    });
  }

  /** The next handle for the keys; from the last on to the next figure. */
  #nextHandle() {
    const { overlay, select, later } = this.context;
    const { drawn, selected } = overlay;
    const at = drawn.findIndex((one) => isSame(one, selected));
    const count = at >= 0 ? handlesOf(drawn[at].form, drawn[at].points).length : 0;
    if (at >= 0 && this.#handle + 1 < count) this.#handle += 1;
    else if (drawn.length > 0) select(drawn[(at + 1) % drawn.length]);
    const now = overlay.selected;
    if (!now) return;
    overlay.cross = handlesOf(now.form, now.points)[this.#handle] ?? null;
    overlay.changed();
    later(() => {
      overlay.cross = null;
      overlay.changed();
    });
  }

  #copy() {
    const { document, overlay, here, means, attach, selectItem, notify } = this.context;
    const drawn = overlay.selected;
    const place = here();
    if (!drawn || !place || !document.editable) return;
    const copy = changes.copiedTo(document, drawn, place.clip_id, place.frame_number, means());
    if (!copy) return notify("This is bound to its own frames, or to another clip, and cannot be copied here.");
    const attached = drawn.shapeId ? [] : attach(copy.itemId);
    document.change(changes.labelOf("Copy", document, drawn), [...copy.changes, ...attached]);
    selectItem(drawn.list, copy.itemId, drawn.shapeId);
  }

  /** @param {number | null} keyframe  null: the whole figure */
  remove(keyframe) {
    const { document, overlay, select } = this.context;
    const drawn = overlay.selected;
    this.#change(keyframe === null ? "Delete" : "Remove a keyframe of", (one) => changes.removed(document, one, keyframe));
    if (drawn && keyframe === null && document.editable) select(null);
  }

  /** The two lines of a thickness on this frame, between which a fascicle runs. @param {Drawn} drawn @returns {[Point, Point][]} */
  layersBeside(drawn) {
    const layer = this.context.overlay.drawn.find(({ form, points }) => form === "layer" && points.length === 4);
    if (!layer || isSame(layer, drawn)) return [];
    const [a, b, c, d] = layer.points;
    return [[a, b], [c, d]];
  }

  #prolong() {
    const { document, here, means } = this.context;
    this.#change("Prolong", (drawn) => {
      const place = here();
      const [first, second] = this.layersBeside(drawn);
      const [a, b] = drawn.points;
      const points = first && prolongedBetween([a, b], first, second);
      if (!place || !points) return [];
      return changes.movedTo(document, drawn, points, place.frame_number, means()).map((change) =>
        change.item_id === drawn.itemId && change.item
          ? { ...change, item: { ...change.item, rule: "The part in view, prolonged in a straight line to both layers" } }
          : change,
      );
    });
  }

  #compareWith() {
    const { document, overlay, valueOf, compareDialog } = this.context;
    const drawn = overlay.selected;
    if (!drawn || drawn.shapeId || !document.editable) return;
    const choice = (/** @type {{ item_id: string, [name: string]: any }} */ { item_id, title }) => ({ item_id, words: `${title}, ${valueOf(item_id)?.text ?? "no number"}` });
    const first = document.get("measurements", drawn.itemId);
    const unit = valueOf(drawn.itemId)?.unit;
    if (!first || !unit) return;
    const others = document.items("measurements").filter((item) => item !== first && valueOf(item.item_id)?.unit === unit);
    compareDialog.open(choice(first), others.map(choice));
  }

  #toggleOccluded() {
    const { document, here } = this.context;
    this.#change("Hide", (drawn) => {
      const place = here();
      const shape = changes.shapeOf(document, drawn);
      const now = place && shape ? shapeAt(shape, place.frame_number) : null;
      return place && now ? changes.withOcclusion(document, drawn, place.frame_number, now.points, !now.occluded) : [];
    });
  }

  /** @param {"first" | "last"} end */
  #range(end) {
    const { document, here } = this.context;
    const place = here();
    if (!place) return;
    this.#change("Range of", (drawn) => (drawn.shapeId ? changes.withRange(document, drawn, end, place.frame_number) : []));
  }
}
