/**
 * A scale stated by a person, on a distance that is known: drawn, told in millimetres, and saved with the case.
 *
 * @typedef {import("./types.js").ViewerData} ViewerData
 * @typedef {import("./drawing.js").DrawnMark} DrawnMark
 */
import { CalibrateDialog } from "./calibrate-dialog.js";
import { change } from "./http.js";

export class Calibrating {
  /** @type {DrawnMark | null} */
  #mark = null;

  /**
   * @param {{
   *   scope: import("./scope.js").Scope,
   *   stage: import("./stage.js").Stage,
   *   document: import("./edits.js").CaseDocument,
   *   data: () => ViewerData | null,
   *   update: (data: ViewerData) => void,
   *   draw: (done: (mark: DrawnMark) => void) => void,
   *   recorded: (clipId: string) => void,
   *   notify: (text: string) => void,
   * }} parts  draw: let the user draw a line; recorded: the clip's measurements shall say their numbers anew
   */
  constructor(parts) {
    this.parts = parts;
    this.dialog = new CalibrateDialog(parts.scope, (length_mm) => this.#keep(length_mm));
    this.commands = { calibrate: () => this.#begin() };
  }

  #begin() {
    const { stage, document, draw, notify } = this.parts;
    const clip = stage.painted?.clip;
    if (!clip || !document.editable) return;
    if (clip.scale.trusted && clip.scale.origin !== "stated_by_user") {
      notify("The scale that this clip's file brings along can be trusted and is kept.");
      return;
    }
    draw((mark) => {
      this.#mark = mark;
      const [[x0, y0], [x1, y1]] = mark.points;
      this.dialog.open(Math.hypot((x1 - x0) / clip.pixel_aspect, y1 - y0));
    });
  }

  /** @param {number} length_mm */
  async #keep(length_mm) {
    const { data, document, update, recorded } = this.parts;
    const told = data();
    const mark = this.#mark;
    if (!mark || !told?.edit.save_url || !told.edit.token) throw new Error("This library is open for reading only");
    const body = { clip_id: mark.clip_id, points_px: mark.points, length_mm, based_on: document.revision };
    const { revision, clip } = await change(`${told.edit.save_url}/scale`, told.edit.token, body);
    document.revision = revision;
    const clips = told.clips.map((one) => (one.clip_id === mark.clip_id ? { ...one, ...clip } : one));
    update({ ...told, edit: { ...told.edit, revision, lists: this.#lists(told) }, clips });
    recorded(mark.clip_id);
  }

  /** What is being edited stays. @param {ViewerData} told */
  #lists(told) {
    return Object.fromEntries(Object.keys(told.edit.lists).map((name) => [name, [...this.parts.document.items(name)]]));
  }
}
