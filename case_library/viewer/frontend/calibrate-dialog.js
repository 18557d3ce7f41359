/** How long a drawn distance really is: the scale of a clip that has none of its own, stated by a person. */
import { button, h, setText } from "./dom.js";

export class CalibrateDialog {
  #what = h("p", { class: "sheet-text" });
  #length = h("input", { class: "sheet-input", type: "number", min: "0.1", step: "any", inputmode: "decimal", "aria-label": "Its length in millimetres" });
  #result = h("output", { class: "sheet-text" });
  #error = h("p", { class: "sheet-text sheet-error", role: "alert", hidden: true });
  #keep = button("Use this scale", null, { text: "Use this scale", class: "primary" });
  #close = button("Cancel", null, { text: "Cancel" });
  #px = 0;
  element = h(
    "dialog",
    { class: "sheet", "aria-label": "Calibrate" },
    h("h2", {}, "Calibrate on a known distance"),
    this.#what,
    h("label", { class: "sheet-row" }, h("span", {}, "It is (mm)"), this.#length),
    this.#result,
    h("p", { class: "sheet-text quiet" }, "The scale will be marked as stated by a person, wherever a number is shown or exported."),
    this.#error,
    h("div", { class: "sheet-foot" }, this.#close, this.#keep),
  );

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {(length_mm: number) => Promise<void>} keep  rejects with the reason
   */
  constructor(scope, keep) {
    scope.listen(this.#close, "click", () => this.element.close());
    scope.listen(this.#length, "input", () => this.#show());
    scope.listen(this.#length, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && !this.#keep.disabled) this.#keep.click();
    });
    scope.listen(this.#keep, "click", async () => {
      this.#keep.disabled = true;
      try {
        await keep(Number(this.#length.value));
        this.element.close();
      } catch (error) {
        this.#error.hidden = false;
        setText(this.#error, error instanceof Error ? error.message : "The scale was not saved");
      } finally {
        this.#show();
      }
    });
  }

  /** @param {number} px  length of what was drawn, in heights of a pixel */
  open(px) {
    this.#px = px;
    this.#error.hidden = true;
    this.#length.value = "";
    setText(this.#what, `You drew ${px.toFixed(1)} pixels, for example along the depth scale at the edge of the picture.`);
    this.#show();
    this.element.showModal();
    this.#length.focus();
  }

  #show() {
    const length_mm = Number(this.#length.value);
    const usable = length_mm > 0 && Number.isFinite(length_mm);
    this.#keep.disabled = !usable;
    setText(this.#result, usable ? `One pixel is ${Number((length_mm / this.#px).toPrecision(4))} mm.` : "");
  }
}
