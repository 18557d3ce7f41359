/** The second clip beside the first: its frame, and what is said about it. It decides nothing. */
import { formatTime } from "./badges.js";
import { timeOfFrame } from "./clock.js";
import { button, h, setText } from "./dom.js";
import { Stage } from "./stage.js";

/** @typedef {import("./alignment.js").Alignment} Alignment */

/** @type {Record<Alignment, string>} */
const ALIGNMENTS = { frame: "by frame", time: "by time", phase: "by phase" };

export class ComparePane {
  #choice = h("select", { class: "compare-input", "aria-label": "Compare with" });
  #alignment = h(
    "select",
    { class: "compare-input", "aria-label": "Aligned" },
    ...Object.entries(ALIGNMENTS).map(([value, words]) => h("option", { value }, words)),
  );
  #lock = button("Locked: both move together", null, { text: "locked", class: "compare-button" });
  #swap = button("Change sides", null, { text: "swap", class: "compare-button" });
  #flip = button("Flip left and right", null, { text: "flip", class: "compare-button" });
  #picture = button("Both as one picture", null, { text: "picture", class: "compare-button" });
  #close = button("End comparing (C)", "close", { class: "compare-button" });
  #flipped = h("span", { class: "compare-mark", hidden: true }, "⇋ flipped left–right");
  #scale = h("span", { class: "compare-scale" });
  /** What the first clip is, above it. */
  first = h("div", { class: "compare-first" });
  #caption = h("output", { class: "compare-caption" });

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{
   *   choose: (index: number) => void,
   *   align: (alignment: Alignment) => void,
   *   lock: () => void,
   *   swap: () => void,
   *   flip: () => void,
   *   picture: () => void,
   *   close: () => void,
   * }} target
   */
  constructor(scope, target) {
    this.stage = new Stage(scope, () => {});
    this.stage.canvas.classList.add("compared");
    const head = h("div", { class: "compare-head" }, this.#choice, this.#alignment, this.#lock, this.#swap, this.#flip, this.#picture, this.#close);
    const foot = h("div", { class: "compare-foot" }, this.#caption, this.#scale);
    this.stage.element.append(this.#flipped);
    this.element = h("section", { class: "compare-pane", "aria-label": "The other clip" }, head, this.stage.element, foot);
    scope.listen(this.#choice, "change", () => target.choose(Number(this.#choice.value)));
    scope.listen(this.#alignment, "change", () => target.align(/** @type {Alignment} */ (this.#alignment.value)));
    for (const [item, run] of /** @type {const} */ ([
      [this.#lock, target.lock],
      [this.#swap, target.swap],
      [this.#flip, target.flip],
      [this.#picture, target.picture],
      [this.#close, target.close],
    ])) {
      scope.listen(item, "click", run);
    }
  }

  /** @param {string} words */
  setFirst(words) {
    setText(this.first, words);
  }

  /** @param {string[]} words @param {number} chosen */
  setChoices(words, chosen) {
    this.#choice.replaceChildren(...words.map((text, i) => h("option", { value: i }, text)));
    this.#choice.value = String(chosen);
  }

  /** @param {Alignment} chosen @param {Record<Alignment, string>} refusals  why one cannot be had */
  setAlignment(chosen, refusals) {
    for (const option of this.#alignment.options) {
      const why = refusals[/** @type {Alignment} */ (option.value)];
      option.disabled = why !== "";
      option.title = why;
      option.textContent = ALIGNMENTS[/** @type {Alignment} */ (option.value)] + (why ? " –" : "");
    }
    this.#alignment.value = chosen;
    this.#alignment.title = Object.values(refusals).filter(Boolean).join(". ");
  }

  /** @param {{ locked: boolean, flipped: boolean, mayLeave: boolean }} state */
  setState({ locked, flipped, mayLeave }) {
    setText(this.#lock, locked ? "locked" : "unlocked");
    this.#lock.title = locked ? "Both move together; press to move them one by one" : "Press to move both together from here on";
    this.#lock.setAttribute("aria-pressed", String(locked));
    this.#flip.setAttribute("aria-pressed", String(flipped));
    this.#flipped.hidden = !flipped;
    this.#picture.disabled = !mayLeave;
    this.stage.element.classList.toggle("flipped", flipped);
    this.stage.element.style.setProperty("--stage-width", `${this.stage.element.clientWidth}px`);
  }

  /** @param {string} words @param {boolean} warn */
  setScale(words, warn) {
    setText(this.#scale, words);
    this.#scale.classList.toggle("untrusted", warn);
  }

  /** @param {import("./types.js").ClipMessage} clip @param {number} frameIndex */
  setFrame(clip, frameIndex) {
    const time = formatTime(timeOfFrame(clip.clock, frameIndex));
    const side = [clip.stage, clip.view, clip.laterality].filter(Boolean).join(" · ");
    setText(this.#caption, [`${frameIndex + 1} / ${clip.frame_count}`, time, side].filter(Boolean).join("  "));
  }
}
