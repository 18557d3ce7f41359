/**
 * Step 2: when each frame was taken and how large a pixel is, as found in the file, and how to mend what is missing.
 *
 * @typedef {import("./types.js").DraftClipMessage} DraftClipMessage
 */
import { ClipList } from "./add-case-clips.js";
import { troublesOf } from "./add-case-files.js";
import { Thumbs } from "./add-case-thumb.js";
import { clockBadge, scaleBadge } from "./badges.js";
import { button, h, icon, setText, takesTyping } from "./dom.js";
import { FrameView } from "./frame-view.js";
import { ScaleLine } from "./scale-line.js";

const STATED = "stated_by_user";

export class ClockStep {
  title = "Clock and scale";
  #open = "";
  #list;
  #clock = new Finding("Clock");
  #scale = new Finding("Scale");
  #fps = h("input", { type: "number", class: "text-input short", min: 0.1, max: 1000, step: "any", placeholder: "25", "aria-label": "Frames per second" });
  #useFps = button("Use this rate", null, { text: "Use", class: "outlined small" });
  #forgetFps = button("Back to what the file says", null, { text: "Back to what the file says", class: "outlined small" });
  #fpsForm = h("form", { class: "mend" }, h("span", {}, "The frames were taken at"), this.#fps, h("span", {}, "per second"), this.#useFps);
  #draw = button("Draw on the depth scale", null, { text: "Draw on the depth scale…", class: "outlined small wide" });
  #length = h("input", { type: "number", class: "text-input short", min: 0.1, max: 500, step: "any", placeholder: "20", "aria-label": "Millimetres between the two points" });
  #useScale = button("Use this scale", null, { text: "Use", class: "outlined small" });
  #notScale = button("Leave the scale as it is", null, { text: "Cancel", class: "outlined small" });
  #forgetScale = button("Back to what the file says", null, { text: "Back to what the file says", class: "outlined small" });
  #scaleHelp = h("p", { class: "mend-help" });
  #scaleForm = h(
    "form",
    { class: "mend", hidden: true },
    this.#scaleHelp,
    h("span", {}, "They are"),
    this.#length,
    h("span", {}, "mm apart"),
    this.#useScale,
    this.#notScale,
  );
  #spread = h("label", { class: "tick" });
  #forAll = h("input", { type: "checkbox" });
  element;

  /**
   * @param {{ draft: import("./draft.js").Draft, scope: import("./scope.js").Scope }} context
   * @param {{ nameOf: (clip: DraftClipMessage) => string }} host
   */
  constructor({ draft, scope }, { nameOf }) {
    this.draft = draft;
    this.nameOf = nameOf;
    this.#list = new ClipList(scope, new Thumbs(scope), (clipId) => this.open(clipId));
    this.view = new FrameView(scope, { viewChanged: () => this.line?.place(), painted: () => this.line.place() });
    this.line = new ScaleLine(scope, this.view.stage, () => this.#lineChanged());
    this.#spread.append(this.#forAll, h("span", {}, "For every clip of the same size too"));
    this.#clock.element.append(this.#fpsForm, this.#forgetFps);
    this.#scale.element.append(this.#draw, this.#scaleForm, this.#forgetScale);
    this.element = h(
      "section",
      { class: "step step-clock" },
      this.#list.element,
      h("div", { class: "picture" }, this.view.element),
      h("aside", { class: "side" }, this.#clock.element, this.#scale.element, this.#spread),
    );
    const { element: stage } = this.view.stage;
    scope.listen(this.#fpsForm, "submit", (event) => {
      event.preventDefault();
      const fps = Number(this.#fps.value);
      if (fps > 0) this.#edit("clock", { fps });
      else this.#fps.focus();
    });
    scope.listen(this.#useFps, "click", () => this.#fpsForm.requestSubmit());
    scope.listen(this.#forgetFps, "click", () => this.#edit("clock", { fps: null }));
    scope.listen(this.#draw, "click", () => this.#measure(true));
    scope.listen(this.#notScale, "click", () => this.#measure(false));
    scope.listen(this.#forgetScale, "click", () => this.#edit("scale", { points: null }));
    scope.listen(this.#useScale, "click", () => this.#scaleForm.requestSubmit());
    scope.listen(this.#scaleForm, "submit", (event) => {
      event.preventDefault();
      this.#useLine();
    });
    scope.listen(this.element, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (takesTyping(event.composedPath()[0]) || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowLeft") this.view.step(event.shiftKey ? -10 : -1);
      else if (event.key === "ArrowRight") this.view.step(event.shiftKey ? 10 : 1);
      else if (event.key === "Escape") this.#measure(false);
      else return;
      event.preventDefault();
    });
    scope.listen(
      stage,
      "wheel",
      (/** @type {WheelEvent} */ event) => {
        event.preventDefault();
        if (event.ctrlKey || event.metaKey) this.view.stage.zoomBy(Math.exp(-event.deltaY * 0.01), this.view.stage.pointOf(event));
        else if (this.view.stage.zoomed) this.view.stage.panBy(-event.deltaX, -event.deltaY);
        else this.view.step(Math.sign(event.deltaY));
      },
      { passive: false },
    );
  }

  show() {
    const clip = this.clips.find((other) => other.clip_id === this.#open) ?? this.clips.find((other) => troublesOf(other).length > 0) ?? this.clips[0];
    if (clip) this.open(clip.clip_id);
  }

  hide() {
    this.#measure(false);
    this.view.close();
  }

  get clips() {
    return this.draft.doc?.clips ?? [];
  }

  missing() {
    const untrusted = this.clips.filter((clip) => troublesOf(clip).length > 0).length;
    if (untrusted === 0) return "";
    return untrusted === 1
      ? "One clip has no trusted clock or scale: no lengths or speeds there. You can go on."
      : `${untrusted} clips have no trusted clock or scale: no lengths or speeds there. You can go on.`;
  }

  done() {
    return this.missing() === "";
  }

  /** @param {string} clipId */
  open(clipId) {
    const clip = this.clips.find((other) => other.clip_id === clipId);
    if (!clip) return;
    if (clipId !== this.#open) this.#measure(false);
    this.#open = clipId;
    this.view.look = "frame";
    this.view.open(clip);
    this.update();
  }

  update() {
    if (this.element.hidden) return;
    const { clips } = this;
    this.#list.show(clips, this.#open, (clip) => {
      const good = troublesOf(clip).length === 0;
      return { name: this.nameOf(clip), good, words: good ? "✓ both trusted" : "not trusted" };
    });
    const clip = clips.find((other) => other.clip_id === this.#open);
    if (!clip) return;
    const [clock, scale] = [clockBadge(clip.clock), scaleBadge(clip.scale)];
    this.#clock.show(clock, clip.clock.why);
    this.#scale.show(scale, clip.scale.why);
    const still = clip.frame_count === 1;
    this.#fpsForm.hidden = still || (clip.clock.trusted && clip.clock.origin !== STATED);
    this.#forgetFps.hidden = clip.clock.origin !== STATED;
    this.#forgetScale.hidden = clip.scale.origin !== STATED;
    this.#draw.hidden = !this.#scaleForm.hidden || (clip.scale.trusted && clip.scale.origin !== STATED);
    if (!this.#fps.value && clip.clock.rate_fps !== null && clip.clock.origin !== "assumed") this.#fps.placeholder = String(Number(clip.clock.rate_fps.toFixed(2)));
    this.#spread.hidden = this.#alike(clip).length < 2 || (this.#fpsForm.hidden && this.#draw.hidden && this.#scaleForm.hidden);
  }

  /** @param {boolean} on */
  #measure(on) {
    this.#scaleForm.hidden = !on;
    this.line.setActive(on);
    this.update();
  }

  #lineChanged() {
    const [a, b] = this.line.points;
    const words = !a
      ? "Press on a mark of the depth scale in the picture."
      : !b
        ? "Press on a second mark, as far away as there is."
        : "Both points can be moved, with the arrow keys too.";
    setText(this.#scaleHelp, words);
    this.#useScale.disabled = !b;
  }

  #useLine() {
    const [a, b] = this.line.points;
    const length_mm = Number(this.#length.value);
    if (!a || !b) return;
    if (!(length_mm > 0)) {
      this.#length.focus();
      return;
    }
    this.#edit("scale", { points: [[a.x, a.y], [b.x, b.y]], length_mm });
    this.#measure(false);
  }

  /** @param {DraftClipMessage} clip */
  #alike(clip) {
    return this.clips.filter((other) => other.columns === clip.columns && other.rows === clip.rows);
  }

  /** @param {"clock" | "scale"} what @param {object} body */
  #edit(what, body) {
    const clip = this.clips.find((other) => other.clip_id === this.#open);
    if (!clip) return;
    const clips = this.#forAll.checked && !this.#spread.hidden ? this.#alike(clip) : [clip];
    for (const { clip_id, frame_count } of clips) {
      if (what === "scale" || frame_count > 1) void this.draft.edit("PUT", `/clips/${clip_id}/${what}`, body);
    }
  }
}

/** What was found about one of the two. */
class Finding {
  #icon = h("span", { class: "finding-icon" });
  #text = h("p", { class: "finding-text" });
  #why = h("p", { class: "finding-why" });
  element;

  /** @param {string} name */
  constructor(name) {
    this.element = h("section", { class: "finding" }, h("h2", {}, name), h("div", { class: "finding-line" }, this.#icon, this.#text), this.#why);
  }

  /** @param {import("./badges.js").Badge} badge @param {string} why */
  show({ text, trusted }, why) {
    this.element.classList.toggle("good", trusted);
    this.element.classList.toggle("amber", !trusted);
    this.#icon.replaceChildren(icon(trusted ? "check" : "warning"));
    setText(this.#text, text.replace(" – not trusted", ""));
    setText(this.#why, trusted ? why : `Not trusted: ${why}`);
  }
}
