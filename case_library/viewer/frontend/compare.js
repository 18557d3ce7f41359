/**
 * Two clips side by side at one scale, moved by one slider: that of the first. What is known of each stays its own.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./alignment.js").Alignment} Alignment
 * @typedef {import("./compare-choices.js").Choice} Choice
 */
import { alignedBy, refusalOf } from "./alignment.js";
import { ClipSession } from "./clip-session.js";
import { choicesFor, nameOf } from "./compare-choices.js";
import { ComparePane } from "./compare-pane.js";
import { DecodedFrames } from "./decoded-frames.js";
import { listenToGestures } from "./gestures.js";
import { Overlay } from "./overlay.js";
import { likewise } from "./view.js";

/** Of the second clip; the first has its own. */
const DECODED_LIMIT_BYTES = 96 * 2 ** 20;
const PIXELS_PER_FRAME = 6;

export class Compare {
  #decoded = new DecodedFrames(DECODED_LIMIT_BYTES);
  /** @type {Choice[]} */
  #choices = [];
  /** @type {Choice | null} */
  #choice = null;
  /** @type {ClipSession | null} */
  #session = null;
  /** @type {Alignment} */
  #alignment = "frame";
  #locked = true;
  /** Frames that were put beside each other. @type {[number, number]} */
  #beside = [0, 0];
  #flipped = false;
  #scrubOrigin = 0;
  #first = "";

  /**
   * @param {{
   *   root: HTMLElement,
   *   scope: import("./scope.js").Scope,
   *   stage: import("./stage.js").Stage,
   *   player: import("./player.js").Player,
   *   document: import("./edits.js").CaseDocument,
   *   drawnOn: (clipId: string, frameNumber: number) => import("./drawn.js").Drawn[],
   *   data: () => import("./types.js").ViewerData | null,
   *   notify: (text: string) => void,
   *   picture: () => void,
   *   changed: () => void,
   * }} parts
   */
  constructor(parts) {
    this.parts = parts;
    const { scope, stage } = parts;
    this.pane = new ComparePane(scope, {
      choose: (index) => this.#choose(this.#choices[index]),
      align: (alignment) => this.#align(alignment),
      lock: () => this.#setLocked(!this.#locked),
      swap: () => this.#swap(),
      flip: () => this.#flip(),
      picture: parts.picture,
      close: () => this.close(),
    });
    // Outside the page until it is wanted.
    this.elements = [this.pane.element, this.pane.first];
    this.overlay = new Overlay(this.pane.stage, (clipId, frameNumber) =>
      this.#choice?.slug === null && !this.#flipped ? parts.drawnOn(clipId, frameNumber) : [],
    );
    stage.listeners.add(() => this.#followStage());
    const resized = new ResizeObserver(() => this.#oneScale());
    for (const { element } of [stage, this.pane.stage]) resized.observe(element);
    scope.add(() => resized.disconnect());
    scope.add(() => this.#leave());
    this.#listenToPane();
  }

  get open() {
    return this.#session !== null;
  }

  toggle() {
    if (this.open) this.close();
    else this.#begin();
  }

  close() {
    this.#leave();
    for (const element of this.elements) element.remove();
    const { root, stage, changed } = this.parts;
    root.dataset.comparing = "no";
    delete root.dataset.swapped;
    stage.mostScale = Infinity;
    requestAnimationFrame(() => stage.fit());
    changed();
  }

  #begin() {
    const { player, data, notify, root, changed } = this.parts;
    const clip = player.current?.clip;
    const told = data();
    if (!clip || !told) return;
    this.#choices = choicesFor(clip, told.clips, told.linked ?? [], told.links ?? []);
    if (this.#choices.length === 0) return notify("There is no other clip in this case to compare with, and no linked case.");
    this.#first = clip.clip_id;
    this.pane.setFirst([nameOf(clip), clip.stage, clip.view, clip.laterality].filter(Boolean).join(" · "));
    root.dataset.comparing = "yes";
    this.parts.stage.element.after(...this.elements);
    this.#choose(this.#choices[0]);
    changed();
  }

  /** @param {Choice} choice */
  #choose(choice) {
    const { player } = this.parts;
    this.#leave();
    this.#choice = choice;
    const session = new ClipSession(choice.clip, this.#decoded, () => ({
      decoded: (frameIndex) => frameIndex === session.want && this.#paint(),
      loaded: () => {},
      building: (done, total) => this.pane.stage.painted || this.pane.stage.say(`Preparing this clip: ${done} of ${total} frames`),
      waiting: () => this.pane.stage.say("The case library does not answer. Trying again…"),
      failed: (error) => this.pane.stage.say(error.message),
    }));
    this.#session = session;
    this.#flipped = false;
    this.#locked = true;
    const phase = this.#refusal("phase") === "";
    this.#alignment = phase ? "phase" : this.#refusal("time") === "" ? "time" : "frame";
    this.#beside = [player.current?.playback.trim.first ?? 0, session.playback.trim.first];
    session.store.activate();
    this.#show();
    this.#follow();
  }

  #leave() {
    this.#session?.store.destroy();
    this.#session = null;
    this.#choice = null;
    this.#decoded.pin(null);
    this.pane.stage.blank();
  }

  // Aligning ----------------------------------------------------------------------------------------------------

  /** @param {Alignment} alignment */
  #refusal(alignment) {
    const [one, other] = [this.parts.player.current?.clip, this.#session?.clip];
    return one && other ? refusalOf(alignment, one, other, this.#phases(one, null), this.#phases(other, this.#choice)) : "";
  }

  /** @param {ClipMessage} clip @param {Choice | null} choice @returns {any[]} */
  #phases({ clip_id }, choice) {
    return choice?.phases ?? [...this.parts.document.items(`clips/${clip_id}/phases`)];
  }

  /** @param {Alignment} alignment */
  #align(alignment) {
    this.#alignment = alignment;
    this.#setLocked(true);
    this.#follow();
  }

  /** @param {boolean} locked */
  #setLocked(locked) {
    this.#locked = locked;
    if (locked) this.#beside = [this.parts.player.current?.want ?? 0, this.#session?.want ?? 0];
    this.#show();
  }

  /** The first clip has moved: the second goes along. */
  #follow() {
    const session = this.#session;
    const { stage, player } = this.parts;
    const { painted } = stage;
    if (!session || !painted || !player.current) return;
    if (this.#locked) {
      const [one, other] = [painted.clip, session.clip];
      const to = alignedBy(this.#alignment, one, other, this.#beside, this.#phases(one, null), this.#phases(other, this.#choice));
      session.seek(to(painted.frameIndex));
    }
    this.#paint();
  }

  #followStage() {
    const { stage, player } = this.parts;
    if (!this.open || !stage.painted) return;
    const { clip_id } = stage.painted.clip;
    // Another clip is open by now: it is compared with what suits it.
    if (clip_id !== this.#first && player.current?.clip.clip_id === clip_id) {
      this.close();
      return;
    }
    this.#follow();
    this.#likewise();
  }

  #paint() {
    const session = this.#session;
    const bitmap = session?.store.get(session.want);
    if (!session || !bitmap) return;
    const { stage } = this.pane;
    const first = stage.painted === null;
    if (stage.painted?.bitmap === bitmap && stage.painted.frameIndex === session.want) return;
    stage.paint({ clip: session.clip, frameIndex: session.want, bitmap, rendition: "light" });
    this.#decoded.pin(bitmap);
    this.pane.setFrame(session.clip, session.want);
    if (first) this.#oneScale();
  }

  // One scale ---------------------------------------------------------------------------------------------------

  #oneScale() {
    const { stage } = this.parts;
    const pane = this.pane.stage;
    if (!this.open || !stage.painted || !pane.painted) return;
    const [mm, otherMm] = [stage.painted.clip, pane.painted.clip].map(({ scale }) => (scale.trusted ? scale.mm_per_px : null));
    stage.mostScale = pane.mostScale = Infinity;
    if (mm && otherMm) {
      const perMm = Math.min(fitted(stage) / mm[0], fitted(pane) / otherMm[0]);
      [stage.mostScale, pane.mostScale] = [perMm * mm[0], perMm * otherMm[0]];
      this.pane.setScale("both at one scale", false);
    } else this.pane.setScale("not at one scale: a scale is not trusted", true);
    pane.fit();
    stage.fit();
    this.pane.setState({ locked: this.#locked, flipped: this.#flipped, mayLeave: this.#mayLeave });
  }

  #likewise() {
    const { stage } = this.parts;
    const pane = this.pane.stage;
    if (!stage.frame || !pane.frame || !pane.size.width) return;
    const view = likewise(stage.view, stage.frame, stage.size, pane.frame, pane.size);
    const { scaleX, left, top } = pane.view;
    if (Math.abs(view.scaleX - scaleX) + Math.abs(view.left - left) + Math.abs(view.top - top) > 1e-6) pane.follow(view);
  }

  // The hand ----------------------------------------------------------------------------------------------------

  get #mayLeave() {
    return this.parts.root.dataset.status !== "draft";
  }

  #swap() {
    const { dataset } = this.parts.root;
    if (dataset.swapped) delete dataset.swapped;
    else dataset.swapped = "yes";
  }

  #flip() {
    this.#flipped = !this.#flipped;
    this.overlay.changed();
    this.#show();
  }

  #show() {
    const chosen = this.#choices.findIndex((choice) => choice === this.#choice);
    this.pane.setChoices(this.#choices.map(({ words }) => words), chosen);
    this.pane.setAlignment(this.#alignment, { frame: "", time: this.#refusal("time"), phase: this.#refusal("phase") });
    this.pane.setState({ locked: this.#locked, flipped: this.#flipped, mayLeave: this.#mayLeave });
  }

  /** Whether the second clip belongs to another case. */
  get foreign() {
    return this.#choice?.slug !== null;
  }

  get flipped() {
    return this.#flipped;
  }

  /** Where both move together the pane moves the first clip; else its own. */
  #listenToPane() {
    const { player, stage, scope } = this.parts;
    const seek = (/** @type {number} */ frameIndex) => {
      if (this.#session?.seek(frameIndex)) this.#paint();
    };
    listenToGestures(this.pane.stage.element, scope, {
      zoomed: () => stage.zoomed,
      movable: () => true,
      scrubStart: () => {
        if (this.#locked) player.scrubStart();
        else this.#scrubOrigin = this.#session?.want ?? 0;
      },
      scrubBy: (frames) => (this.#locked ? player.scrubBy(frames) : seek(this.#scrubOrigin + frames)),
      scrubEnd: () => this.#locked && player.scrubEnd(),
      pixelsPerFrame: () => PIXELS_PER_FRAME,
      step: (frames) => (this.#locked ? player.step(frames) : seek((this.#session?.want ?? 0) + frames)),
      pan: (dx, dy) => stage.panBy(this.#flipped ? -dx : dx, dy),
      zoom: (factor) => stage.zoomBy(factor),
      doubleClick: () => (stage.zoomed ? stage.fit() : stage.zoomBy(2)),
    });
  }
}

/** @param {import("./stage.js").Stage} stage @returns {number} CSS pixels per frame pixel of the whole frame */
function fitted({ painted, size }) {
  if (!painted || !size.width) return Infinity;
  const { columns, rows, pixel_aspect } = painted.clip;
  return Math.min(size.width / columns, size.height / (rows * pixel_aspect));
}
