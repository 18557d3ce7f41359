/** Two sliders for the eye: brightness and contrast of the display. */
import { button, h, setText } from "./dom.js";
import { AS_STORED, LEVELS_RANGE } from "./levels.js";

export class LevelsPopover {
  #sliders = { brightness: slider("Brightness"), contrast: slider("Contrast") };
  #reset = button("As stored", null, { text: "As stored" });
  element = h(
    "div",
    { class: "popover levels", role: "dialog", "aria-label": "Brightness and contrast", hidden: true },
    this.#sliders.brightness.row,
    this.#sliders.contrast.row,
    h("div", { class: "popover-foot" }, h("span", { class: "quiet" }, "Display only"), this.#reset),
  );

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {(levels: import("./levels.js").Levels) => void} changed
   */
  constructor(scope, changed) {
    const read = () => ({
      brightness: Number(this.#sliders.brightness.input.value),
      contrast: Number(this.#sliders.contrast.input.value),
    });
    for (const { input } of Object.values(this.#sliders)) {
      scope.listen(input, "input", () => {
        this.set(read());
        changed(read());
      });
    }
    scope.listen(this.#reset, "click", () => {
      this.set(AS_STORED);
      changed({ ...AS_STORED });
    });
    this.set(AS_STORED);
  }

  /** @param {import("./levels.js").Levels} levels */
  set(levels) {
    for (const name of /** @type {const} */ (["brightness", "contrast"])) {
      this.#sliders[name].input.value = String(levels[name]);
      setText(this.#sliders[name].output, `${levels[name]} %`);
    }
  }
}

/** @param {string} label */
function slider(label) {
  const { min, max, step } = LEVELS_RANGE;
  const input = h("input", { type: "range", min, max, step, "aria-label": label });
  const output = h("output", {});
  return { input, output, row: h("label", { class: "slider-row" }, h("span", {}, label), input, output) };
}
