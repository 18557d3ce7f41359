/** The tools along the image's edge. */
import { button, h } from "./dom.js";
import { SHAPE_KINDS } from "./drawing-kinds.js";

/** @type {readonly { command: string, icon: string, label: string, edits?: boolean, gap?: boolean }[]} */
const BUTTONS = Object.freeze([
  { command: "toolSelect", icon: "select", label: "Select and scrub (Esc)", edits: true },
  { command: "toolLength", icon: "length", label: "Length (L)", edits: true },
  { command: "toolBent", icon: "bent", label: "Length along a bent line (Shift L)", edits: true },
  { command: "toolAngle", icon: "angle", label: "Angle, pennation (G)", edits: true },
  { command: "toolThickness", icon: "thickness", label: "Thickness between two lines (T)", edits: true },
  { command: "toolOutline", icon: "outline", label: "Area (A)", edits: true },
  { command: "toolEllipse", icon: "ellipse", label: "Ellipse (Shift A)", edits: true },
  { command: "toolVolume", icon: "volume", label: "Volume of three diameters (V)", edits: true },
  { command: "toolExcursion", icon: "excursion", label: "Excursion between two frames (Shift V)", edits: true },
  { command: "toolGrey", icon: "grey", label: "Echo intensity (Q)", edits: true },
  { command: "toggleShapes", icon: "shape", label: "Shapes (S)", edits: true },
  { command: "toggleHidden", icon: "hide", label: "Hide everything drawn (H)", gap: true },
  { command: "toggleCompare", icon: "compare", label: "Compare with another clip (C)" },
  { command: "toggleMore", icon: "more", label: "Pictures, table, calibration" },
]);

/** @type {readonly { command: string, label: string, edits?: boolean }[]} */
const MORE = Object.freeze([
  { command: "saveStill", label: "This frame as a picture" },
  { command: "exportDiptych", label: "Rest | peak as a picture" },
  { command: "saveContactSheet", label: "Sheet of key frames" },
  { command: "saveMeasurements", label: "Measurements as a table (CSV)" },
  { command: "saveFindings", label: "Findings as a table (CSV)" },
  { command: "calibrate", label: "Calibrate on a known distance", edits: true },
]);

export class ToolBar {
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #shapes = menu("Shapes", SHAPE_KINDS.map(({ tool, title }) => ({ command: tool, label: title })));
  #more = menu("More", MORE);
  element = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Tools", "aria-orientation": "vertical" });

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {(command: string) => void} run
   */
  constructor(scope, run) {
    for (const { command, icon, label, edits, gap } of BUTTONS) {
      const item = button(label, icon, { class: `tool${edits ? " edits" : ""}${gap ? " gap" : ""}` });
      this.#buttons.set(command, item);
      scope.listen(item, "click", () => run(command));
      this.element.append(item);
    }
    this.menus = [this.#shapes, this.#more];
    for (const { element } of this.menus) {
      this.element.append(element);
      scope.listen(element, "click", (/** @type {MouseEvent} */ event) => {
        const command = event.target instanceof Element && event.target.closest("button")?.dataset.command;
        if (!command) return;
        this.closeMenus();
        run(command);
      });
      scope.listen(element, "keydown", (/** @type {KeyboardEvent} */ event) => this.#walk(event, element));
    }
  }

  /** @param {boolean} editable @param {boolean} pictures  and tables may leave the library */
  allow(editable, pictures) {
    for (const { command, edits } of BUTTONS) /** @type {HTMLButtonElement} */ (this.#buttons.get(command)).hidden = Boolean(edits) && !editable;
    for (const { command, edits } of MORE) {
      const item = /** @type {HTMLButtonElement} */ (this.#more.element.querySelector(`[data-command="${command}"]`));
      item.disabled = !edits && !pictures;
      item.title = item.disabled ? "Nothing leaves a draft before its pixels are confirmed" : "";
      item.hidden = Boolean(edits) && !editable;
    }
  }

  /** @param {string | null} tool @param {{ hidden: boolean, comparing: boolean }} state */
  show(tool, { hidden, comparing }) {
    for (const [command, item] of this.#buttons) {
      const name = command === "toolSelect" ? null : command.replace(/^tool/, "").toLowerCase();
      const pressed = command.startsWith("tool") && name === tool;
      const on = command === "toggleHidden" ? hidden : command === "toggleCompare" ? comparing : pressed;
      const shape = command === "toggleShapes" && (tool?.startsWith("shape-") ?? false);
      item.setAttribute("aria-pressed", String(on || shape));
    }
  }

  /** @param {"shapes" | "more"} name */
  toggleMenu(name) {
    const { element } = name === "shapes" ? this.#shapes : this.#more;
    const open = element.hidden;
    this.closeMenus();
    element.hidden = !open;
    const opener = this.#buttons.get(name === "shapes" ? "toggleShapes" : "toggleMore");
    opener?.setAttribute("aria-expanded", String(open));
    if (!open || !opener) return;
    element.style.setProperty("--at", `${opener.offsetTop}px`);
    /** @type {HTMLButtonElement | null} */ (element.querySelector("button:not([hidden], :disabled)"))?.focus();
  }

  /** @returns {boolean} whether one was open */
  closeMenus() {
    const open = this.menus.some(({ element }) => !element.hidden);
    for (const { element } of this.menus) element.hidden = true;
    for (const item of this.#buttons.values()) item.removeAttribute("aria-expanded");
    return open;
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} element */
  #walk(event, element) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const items = [.../** @type {NodeListOf<HTMLButtonElement>} */ (element.querySelectorAll("button:not([hidden], :disabled)"))];
    const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    items.at((at + step) % items.length)?.focus();
  }
}

/** @param {string} label @param {readonly { command: string, label: string }[]} entries */
function menu(label, entries) {
  const items = entries.map(({ command, label: text }) => {
    const item = button(text, null, { class: "menu-item", text });
    item.dataset.command = command;
    item.setAttribute("role", "menuitem");
    return item;
  });
  return { element: h("div", { class: "tool-menu", role: "menu", "aria-label": label, hidden: true }, ...items) };
}
