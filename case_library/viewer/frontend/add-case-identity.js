/**
 * Step 3: what shows who the patient is goes black. All frames in one picture, or any one; rectangles to draw, move and
 * remove; before and after at full size; and the word of whoever has looked.
 *
 * @typedef {import("./types.js").DraftClipMessage} DraftClipMessage
 * @typedef {import("./types.js").MaskRectangle} MaskRectangle
 */
import { ClipList } from "./add-case-clips.js";
import { Thumbs } from "./add-case-thumb.js";
import { button, h, setText, takesTyping } from "./dom.js";
import { FrameView } from "./frame-view.js";
import { MaskEditor } from "./mask-editor.js";
import { coverage } from "./mask-rects.js";
import { readPreference, writePreference } from "./preferences.js";
import { SeenArea } from "./seen-area.js";
import { Segments } from "./segments.js";
import { Suggestions } from "./suggestions.js";

const NAME_PREFERENCE = "editor-name";
/** @type {Record<string, string>} */
const ORIGINS = {
  outside_regions: "outside the image",
  static_text: "never moves",
  moving_text: "text that changes",
  read_text: "text",
  remembered: "as for this scanner before",
  drawn: "drawn",
  given: "given at import",
};
export const CONFIRM_WORDS = "I looked at every clip: no name, number or date is visible";

export class IdentityStep {
  title = "Identity";
  /** @type {(clip: DraftClipMessage) => string} */
  nameOf = (clip) => clip.clip_id;
  #open = "";
  /** Clips whose pictures were on screen in this page. @type {Set<string>} */
  #seen = new Set();
  /** What was on screen at full size, of each clip. @type {Map<string, SeenArea>} */
  #areas = new Map();
  /** The rectangles before each change, of the clip that is open. @type {MaskRectangle[][]} */
  #undo = [];
  /** Those that the hand left last. @type {MaskRectangle[]} */
  #last = [];
  #boxes = h("ol", { class: "box-list" });
  #note = h("p", { class: "mask-note", hidden: true });
  #searching = h("p", { class: "searching", role: "status", hidden: true });
  #share = h("p", { class: "quiet mask-share" });
  #new = button("A new box, in the middle (N)", null, { text: "New box", class: "outlined small" });
  #undoButton = button("Take the last change back (Ctrl Z)", null, { text: "Undo", class: "outlined small" });
  #suggest = button("Look for text in all frames once more", null, { text: "Suggest", class: "outlined small" });
  #spread = button("Use these boxes", null, { text: "Use for the others", class: "outlined small wide" });
  #looked = h("p", { class: "looked", role: "status" });
  #tick = h("input", { type: "checkbox", id: "looked-at-all" });
  #name = h("input", { type: "text", class: "text-input", maxlength: 100, placeholder: "Your name", "aria-label": "Your name", autocomplete: "off" });
  #full = button("Each pixel of the frame on one of the screen", null, { text: "100 %", class: "segment" });
  #fit = button("The whole frame", null, { text: "Fit", class: "segment" });
  element;

  /** @param {{ api: import("./add-case-api.js").Api, draft: import("./draft.js").Draft, scope: import("./scope.js").Scope, changed: () => void }} context */
  constructor({ api, draft, scope, changed }) {
    this.draft = draft;
    this.suggestions = new Suggestions(api, draft, scope, () => {
      this.update();
      changed();
    });
    this.scope = scope;
    this.changed = changed;
    this.#list = new ClipList(scope, new Thumbs(scope), (clipId) => this.open(clipId));
    this.view = new FrameView(scope, { viewChanged: () => this.#viewChanged(), painted: () => this.#painted() });
    this.view.stage.element.tabIndex = 0;
    this.editor = new MaskEditor(scope, this.view.stage, {
      changed: (rects) => this.#commit(rects),
      selected: (index) => this.#select(index),
      step: (frames) => this.view.step(frames),
    });
    this.#frames = new Segments(
      scope,
      "Which frames",
      [
        ["brightest", "All, brightest", "The brightest value that each pixel ever had: text that changes shows here"],
        ["unmoving", "All, unmoving", "The darkest value that each pixel ever had: what stands still shows here"],
        ["first", "First", "The first frame"],
        ["middle", "Middle", "The middle frame"],
        ["last", "Last", "The last frame"],
      ],
      (which) => this.#look(which),
    );
    this.#mask = new Segments(
      scope,
      "Boxes",
      [
        ["boxes", "Boxes", "Draw, move and remove boxes"],
        ["before", "Before", "The picture as it was read"],
        ["after", "After", "The picture as it will be published"],
      ],
      (look) => this.#setLook(/** @type {import("./mask-editor.js").MaskLook} */ (look)),
    );
    this.#name.value = readPreference(NAME_PREFERENCE) ?? "";
    this.element = h(
      "section",
      { class: "step step-identity" },
      this.#list.element,
      h(
        "div",
        { class: "picture" },
        this.view.element,
        h(
          "div",
          { class: "picture-tools" },
          this.#frames.element,
          this.#mask.element,
          h("div", { class: "segments", role: "group", "aria-label": "Size" }, this.#fit, this.#full),
        ),
      ),
      h(
        "aside",
        { class: "side" },
        h("h2", {}, "What goes black"),
        h("p", { class: "quiet side-help" }, "Drag over a name, number or date. Boxes go black in every frame when you publish."),
        this.#searching,
        this.#note,
        this.#boxes,
        this.#share,
        h("div", { class: "side-buttons" }, this.#new, this.#suggest, this.#undoButton),
        this.#spread,
        h("hr"),
        this.#looked,
        h("label", { class: "tick", for: "looked-at-all" }, this.#tick, h("span", {}, CONFIRM_WORDS)),
        h("label", { class: "field" }, h("span", { class: "field-name" }, "Your name, kept with the case"), this.#name),
      ),
    );
    this.#setLook("boxes");
    this.#listen();
  }

  show() {
    this.update();
    const { clips } = this;
    const current = clips.find((clip) => clip.clip_id === this.#open) ?? clips[0];
    if (current) this.open(current.clip_id);
  }

  hide() {
    this.view.close();
  }

  get clips() {
    return this.draft.doc?.clips ?? [];
  }

  /** Whether the person has said so, of what is there now. */
  get confirmed() {
    return this.#tick.checked && this.by !== "" && this.#unseen.length === 0;
  }

  get by() {
    return this.#name.value.trim();
  }

  missing() {
    const unseen = this.#unseen.length;
    if (unseen > 0) return unseen === 1 ? "One clip has not been looked at." : `${unseen} clips have not been looked at.`;
    const obstacle = this.draft.doc?.obstacles[0];
    if (obstacle) return this.#obstacleWords(obstacle);
    if (!this.#tick.checked) return "Tick the box when you have looked at every clip.";
    return this.by === "" ? "Give your name: it is kept with the case." : "";
  }

  /** @param {{ clip_id: string, sentence: string }} obstacle */
  #obstacleWords({ clip_id, sentence }) {
    const clip = this.clips.find((other) => other.clip_id === clip_id);
    if (!clip) return sentence;
    return `${this.nameOf(clip)}: nothing of it goes black, so look at all of it at 100 % first.`;
  }

  done() {
    return this.missing() === "";
  }

  /** @param {string} clipId */
  open(clipId) {
    const clip = this.clips.find((other) => other.clip_id === clipId);
    if (!clip) return;
    if (clipId !== this.#open) this.#undo = [];
    this.#open = clipId;
    this.view.look = clip.frame_count > 1 ? "brightest" : "frame";
    this.view.open(clip);
    this.#frames.element.hidden = clip.frame_count === 1;
    this.#frames.select(clip.frame_count > 1 ? "brightest" : "");
    this.#setRects(clip.mask?.rectangles ?? []);
    this.update();
  }

  update() {
    const { clips } = this;
    this.suggestions.update();
    // The tick was about the boxes that there were.
    if (this.#tick.checked && this.#masks() !== this.#tickedFor) this.#tick.checked = false;
    for (const id of [...this.#seen]) if (!clips.some((clip) => clip.clip_id === id)) this.#seen.delete(id);
    if (this.element.hidden) return;
    const clip = this.#clip;
    this.#list.show(clips, this.#open, (other) => ({ name: this.nameOf(other), ...this.#stateOf(other) }));
    if (!clip) return;
    const rects = clip.mask?.rectangles ?? [];
    // While an edit is on its way, what the hand did last is the truth.
    if (this.draft.state !== "saving" && JSON.stringify(rects) !== JSON.stringify(this.editor.rects)) this.#setRects(rects);
    this.#showBoxes();
    this.#showSuggesting();
    const alike = this.#alike(clip);
    this.#spread.hidden = alike.length === 0;
    const words = alike.length === 1 ? "Use for the other clip of this size" : `Use for the other ${alike.length} clips of this size`;
    setText(/** @type {Element} */ (this.#spread.firstElementChild), words);
    this.#showLooked();
    this.#tick.disabled = this.#unseen.length > 0;
    this.#tick.parentElement?.classList.toggle("disabled", this.#tick.disabled);
  }

  #tickedFor = "";
  #list;
  #frames;
  #mask;

  get #clip() {
    return this.clips.find((clip) => clip.clip_id === this.#open) ?? null;
  }

  #masks() {
    return JSON.stringify(this.clips.map(({ clip_id, mask }) => [clip_id, mask?.rectangles.map(({ x, y, width, height }) => [x, y, width, height])]));
  }

  get #unseen() {
    return this.clips.filter((clip) => !this.#seen.has(clip.clip_id));
  }

  /** @param {DraftClipMessage} clip */
  #stateOf(clip) {
    const count = clip.mask?.rectangles.length ?? 0;
    const boxes = count === 1 ? "1 box" : `${count} boxes`;
    const seen = this.#seen.has(clip.clip_id);
    return { good: seen, words: seen ? `✓ ${boxes}` : `${boxes}, not looked at` };
  }

  /** @param {DraftClipMessage} clip */
  #alike(clip) {
    return this.clips.filter((other) => other !== clip && other.columns === clip.columns && other.rows === clip.rows);
  }

  #listen() {
    const { scope } = this;
    scope.listen(this.#new, "click", () => this.#addBox());
    scope.listen(this.#undoButton, "click", () => this.#takeBack());
    scope.listen(this.#suggest, "click", () => this.#clip && this.suggestions.ask(this.#clip));
    scope.listen(this.#spread, "click", () => void this.#useForOthers());
    scope.listen(this.#full, "click", () => this.view.fullSize());
    scope.listen(this.#fit, "click", () => this.view.stage.fit());
    scope.listen(this.#tick, "change", () => {
      this.#tickedFor = this.#masks();
      this.changed();
    });
    scope.listen(this.#name, "input", () => this.changed());
    scope.listen(this.#name, "change", () => writePreference(NAME_PREFERENCE, this.by));
    scope.listen(this.#boxes, "click", (event) => {
      const target = /** @type {Element} */ (event.target);
      const row = /** @type {HTMLElement | null} */ (target.closest("li"));
      if (!row) return;
      if (target.closest(".remove")) this.editor.remove(Number(row.dataset.index));
      else this.editor.select(Number(row.dataset.index), { focus: true });
    });
    scope.listen(this.element, "keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (takesTyping(event.composedPath()[0])) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") this.#takeBack();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "n" || event.key === "N") this.#addBox();
    else if (event.key === "ArrowLeft") this.view.step(event.shiftKey ? -10 : -1);
    else if (event.key === "ArrowRight") this.view.step(event.shiftKey ? 10 : 1);
    else if (event.key === "Home") this.view.seek(0);
    else if (event.key === "End") this.view.seek(Infinity);
    else return;
    event.preventDefault();
  }

  #addBox() {
    this.#setLook("boxes");
    this.editor.addInMiddle();
  }

  /** @param {string} which */
  #look(which) {
    const clip = this.#clip;
    if (!clip) return;
    if (which === "brightest" || which === "unmoving") this.view.showComposite(which);
    else this.view.seek({ first: 0, middle: clip.frame_count >> 1, last: clip.frame_count - 1 }[which] ?? 0);
  }

  /** @param {import("./mask-editor.js").MaskLook} look */
  #setLook(look) {
    this.editor.setLook(look);
    this.#mask.select(look);
    this.element.dataset.look = look;
  }

  #viewChanged() {
    this.editor?.place();
    const whole = this.view.stage.zoom <= 1.001;
    this.#fit.setAttribute("aria-pressed", String(whole));
    this.#full.setAttribute("aria-pressed", String(this.view.isFullSize && !whole));
    this.#noteSeen();
  }

  /** Every pixel was on screen, one to one or larger: the draft shall know. */
  #noteSeen() {
    const clip = this.#clip;
    if (!clip || clip.viewed || this.view.clip?.clip_id !== clip.clip_id) return;
    let area = this.#areas.get(clip.url);
    if (!area) this.#areas.set(clip.url, (area = new SeenArea(clip)));
    const before = area.share;
    this.view.noteSeen(area);
    if (area.share === before) return;
    this.#showLooked();
    if (!area.whole) return;
    clip.viewed = true;
    void this.draft.edit("PUT", `/clips/${clip.clip_id}/viewed`, {});
  }

  #showLooked() {
    const { clips } = this;
    const clip = this.#clip;
    const seen = clips.length - this.#unseen.length;
    const all = clips.length === 1 ? "" : `${seen} of ${clips.length} clips looked at. `;
    const area = clip && this.#areas.get(clip.url);
    const needed = clip && !clip.viewed && this.draft.doc?.obstacles.some(({ clip_id }) => clip_id === clip.clip_id);
    const share = needed ? `This one has no box: look at all of it at 100 % (${Math.floor(100 * (area?.share ?? 0))} % seen).` : "";
    setText(this.#looked, all + share);
  }

  #painted() {
    const clip = this.#clip;
    if (!clip) return;
    this.editor.place();
    const { look, frameIndex } = this.view;
    const middle = clip.frame_count >> 1;
    const place = frameIndex === 0 ? "first" : frameIndex === clip.frame_count - 1 ? "last" : frameIndex === middle ? "middle" : "";
    this.#frames.select(look === "frame" ? place : look);
    this.#noteSeen();
    if (!this.#seen.has(clip.clip_id)) {
      this.#seen.add(clip.clip_id);
      this.update();
      this.changed();
    }
  }

  /** @param {MaskRectangle[]} rects @param {{ undone?: boolean }} [options] */
  #commit(rects, { undone = false } = {}) {
    const clip = this.#clip;
    if (!clip) return;
    if (!undone) this.#undo.push(this.#last);
    this.#last = rects;
    this.#showBoxes();
    void this.#save(clip, rects);
  }

  /** @param {DraftClipMessage} clip @param {MaskRectangle[]} rectangles */
  #save(clip, rectangles) {
    clip.mask = { rectangles, note: clip.mask?.note ?? "" };
    return this.draft.edit("PUT", `/clips/${clip.clip_id}/mask`, clip.mask);
  }

  /** @param {MaskRectangle[]} rects */
  #setRects(rects) {
    this.#last = rects;
    this.editor.setRects(rects);
  }

  #takeBack() {
    const before = this.#undo.pop();
    if (!before) return;
    this.#setRects(before);
    this.#commit(before, { undone: true });
  }

  async #useForOthers() {
    const clip = this.#clip;
    if (!clip) return;
    const rects = this.editor.rects;
    await Promise.all(this.#alike(clip).map((other) => this.#save(other, rects)));
  }

  /** How far the looking for text is. */
  #showSuggesting() {
    const { now, trouble } = this.suggestions;
    const clip = this.#clip;
    const waiting = clip !== null && this.suggestions.isWaiting(clip.clip_id);
    this.#suggest.disabled = waiting;
    this.#searching.hidden = !waiting;
    const percent = now?.clipId === clip?.clip_id ? ` ${Math.floor(100 * (now?.share ?? 0))} %` : "";
    setText(this.#searching, `Looking for text in every frame…${percent}`);
    const note = trouble || (clip?.mask?.note ?? "");
    this.#note.hidden = note === "" || waiting;
    setText(this.#note, note);
  }

  /** @param {number} index */
  #select(index) {
    [...this.#boxes.children].forEach((row, k) => row.classList.toggle("selected", k === index));
  }

  #showBoxes() {
    const clip = this.#clip;
    if (!clip) return;
    const { rects } = this.editor;
    this.#undoButton.disabled = this.#undo.length === 0;
    this.#boxes.replaceChildren(
      ...rects.map((rect, k) =>
        h(
          "li",
          { class: "box-row", "data-index": k, title: rect.why },
          h("button", { type: "button", class: "box-name" }, h("span", { class: "box-number" }, String(k + 1)), h("span", {}, ORIGINS[rect.origin] ?? rect.origin), h("span", { class: "quiet" }, `${rect.width} × ${rect.height}`)),
          button(`Remove box ${k + 1}`, "close", { class: "remove" }),
        ),
      ),
    );
    const percent = 100 * coverage(rects, clip);
    setText(this.#share, rects.length === 0 ? "No box yet: nothing goes black." : `${percent < 1 ? "Under 1" : Math.round(percent)} % of the picture goes black.`);
  }
}
