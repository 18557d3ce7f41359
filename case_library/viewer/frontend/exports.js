/**
 * What leaves the viewer: pictures of frames and tables of the case. Nothing of a draft does.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./pictures.js").Taken} Taken
 * @typedef {{ clipId: string, frameNumber: number, words?: string }} Place
 */
import { firstFrame } from "./annotation.js";
import { ExactFrames } from "./exact-frames.js";
import { ask } from "./http.js";
import { compose, saveBlob, savePicture } from "./pictures.js";

const SHEET_COLUMNS = 4;
const SHEET_CELL_PX = 320;
const MOST_KEY_FRAMES = 24;
const EXACT_LIMIT_BYTES = 32 * 2 ** 20;

export class Exports {
  #exact = new ExactFrames(EXACT_LIMIT_BYTES);

  /**
   * @param {{
   *   root: HTMLElement,
   *   scope: import("./scope.js").Scope,
   *   stage: import("./stage.js").Stage,
   *   document: import("./edits.js").CaseDocument,
   *   selection: { get: () => { list: string, item_id: string } | null },
   *   compare: import("./compare.js").Compare,
   *   drawnOn: (clipId: string, frameNumber: number) => import("./drawn.js").Drawn[],
   *   data: () => import("./types.js").ViewerData | null,
   *   notify: (text: string) => void,
   * }} parts
   */
  constructor(parts) {
    this.parts = parts;
    parts.scope.add(() => this.#exact.destroy());
    this.commands = {
      saveStill: () => void this.#still(),
      exportDiptych: () => void this.#diptych(),
      saveContactSheet: () => void this.#contactSheet(),
      saveComparison: () => void this.#comparison(),
      saveMeasurements: () => void this.#table("measurements"),
      saveFindings: () => void this.#table("findings"),
    };
  }

  async #still() {
    const { painted } = this.parts.stage;
    if (!painted?.bitmap) return;
    const place = { clipId: painted.clip.clip_id, frameNumber: painted.frameIndex + 1 };
    await this.#save([place], `${place.clipId}-frame-${place.frameNumber}`, {});
  }

  /** Rest and peak of the dynamic sign of the finding that is selected, or of the first that has one. */
  async #diptych() {
    const { document, selection, notify } = this.parts;
    const selected = selection.get();
    const findings = [...document.items("findings")].sort(
      (a, b) => Number(b.item_id === selected?.item_id) - Number(a.item_id === selected?.item_id),
    );
    const sign = findings.find(({ dynamic_sign }) => dynamic_sign)?.dynamic_sign;
    const marks = [sign?.before, sign?.after].map((id) => document.get("measurements", id)?.marks?.[0]);
    if (!marks[0] || !marks[1]) {
      notify("No finding of this case has a dynamic sign yet: give one its measurement at rest and at the peak.");
      return;
    }
    const places = marks.map((mark, i) => ({ clipId: mark.clip_id, frameNumber: mark.frame.frame_number, words: i === 0 ? "rest" : "peak" }));
    await this.#save(places, "rest-peak", {});
  }

  /** Every frame of the open clip on which something was measured or drawn, and where its phases begin. */
  async #contactSheet() {
    const { stage, document } = this.parts;
    const clip = stage.painted?.clip;
    if (!clip) return;
    const places = keyFrames(document, clip).map((frameNumber) => ({ clipId: clip.clip_id, frameNumber }));
    await this.#save(places, `${clip.clip_id}-key-frames`, { columns: SHEET_COLUMNS, cellHeight: SHEET_CELL_PX });
  }

  async #comparison() {
    const { compare, stage } = this.parts;
    const [one, other] = [stage.painted, compare.pane.stage.painted];
    if (!one || !other || !this.#mayLeave()) return;
    const first = await this.#take(one.clip, one.frameIndex, {});
    const second = await this.#take(other.clip, other.frameIndex, { flipped: compare.flipped, foreign: compare.foreign });
    if (first && second) await this.#write([first, second], "comparison", {});
  }

  /** @param {Place[]} places @param {string} name @param {{ columns?: number, cellHeight?: number }} layout */
  async #save(places, name, layout) {
    if (!this.#mayLeave()) return;
    const clips = this.parts.data()?.clips ?? [];
    const taken = [];
    for (const { clipId, frameNumber, words } of places) {
      const clip = clips.find(({ clip_id }) => clip_id === clipId);
      const one = clip && (await this.#take(clip, frameNumber - 1, { words }));
      if (one) taken.push(one);
    }
    if (taken.length > 0) await this.#write(taken, name, layout);
  }

  /** @param {ClipMessage} clip @param {number} frameIndex @param {{ words?: string, flipped?: boolean, foreign?: boolean }} options @returns {Promise<Taken | null>} */
  async #take(clip, frameIndex, { words, flipped = false, foreign = false }) {
    try {
      const bitmap = await this.#exact.fetch(clip, frameIndex);
      const drawn = foreign ? [] : this.parts.drawnOn(clip.clip_id, frameIndex + 1);
      return bitmap && { clip, frameIndex, bitmap, drawn, words, flipped };
    } catch (error) {
      this.parts.notify(`Frame ${frameIndex + 1} could not be had: ${error instanceof Error ? error.message : "no answer"}`);
      return null;
    }
  }

  /** @param {Taken[]} taken @param {string} name @param {{ columns?: number, cellHeight?: number }} layout */
  async #write(taken, name, layout) {
    const told = this.parts.data();
    if (!told) return;
    const { title, slug, source } = told.case;
    const canvas = compose(taken, { title: title || slug, synthetic: source === "synthetic", ...layout });
    await savePicture(canvas, `${slug}-${name}.png`);
  }

  /** @param {"measurements" | "findings"} name */
  async #table(name) {
    const told = this.parts.data();
    if (!told?.tables || !this.#mayLeave()) return;
    try {
      const response = await ask(`${told.tables.url}${name}.csv`, { token: told.tables.token, signal: this.parts.scope.signal, priority: "high" });
      saveBlob(await response.blob(), `${told.case.slug}-${name}.csv`);
    } catch (error) {
      this.parts.notify(error instanceof Error ? error.message : "The table could not be had");
    }
  }

  #mayLeave() {
    const draft = this.parts.data()?.case.status === "draft";
    if (draft) this.parts.notify("Nothing leaves a draft before a person has confirmed its pixels.");
    return !draft;
  }
}

/**
 * @param {{ items: (list: string) => readonly any[] }} document
 * @param {{ clip_id: string, frame_count: number }} clip
 * @returns {number[]} frame numbers: measured, drawn, begin of a phase; else first, middle and last
 */
export function keyFrames(document, { clip_id, frame_count }) {
  const numbers = new Set();
  for (const { marks = [] } of document.items("measurements")) {
    for (const mark of marks) if (mark.clip_id === clip_id) numbers.add(mark.frame.frame_number);
  }
  for (const { shapes = [] } of document.items("findings")) {
    for (const shape of shapes.filter((/** @type {any} */ one) => one.clip_id === clip_id)) {
      numbers.add(firstFrame(shape));
      for (const { frame } of shape.keyframes) numbers.add(frame.frame_number);
    }
  }
  for (const phase of document.items(`clips/${clip_id}/phases`)) numbers.add(phase.first.frame_number);
  if (numbers.size === 0) for (const number of [1, (frame_count + 1) >> 1, frame_count]) numbers.add(number);
  const sorted = [...numbers].filter((number) => number <= frame_count).sort((a, b) => a - b);
  if (sorted.length <= MOST_KEY_FRAMES) return sorted;
  return Array.from({ length: MOST_KEY_FRAMES }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (MOST_KEY_FRAMES - 1))]);
}
