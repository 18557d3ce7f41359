/** A round glass in the corner away from the hand: the frame's own pixels round the place that is being chosen. */
import { h } from "./dom.js";
import { levelsFilter } from "./levels.js";

const SIDE_PX = 168;
/** Times the size on the stage, and at least so many CSS pixels per frame pixel. */
const TIMES = 4;
const LEAST_PX = 5;

export class Magnifier {
  canvas = h("canvas", { class: "magnifier", hidden: true, "aria-hidden": "true" });
  #context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));

  /** @param {import("./stage.js").Stage} stage @param {import("./overlay.js").Overlay} overlay */
  constructor(stage, overlay) {
    this.stage = stage;
    this.overlay = overlay;
    stage.element.append(this.canvas);
  }

  /** @param {import("./ruler.js").Point | null} at  image coordinates; null puts it away */
  show(at) {
    const bitmap = this.stage.painted?.bitmap;
    this.canvas.hidden = !at || !bitmap;
    if (!at || !bitmap) return;
    const { size, placed } = this.stage;
    const side = Math.round(SIDE_PX * size.ratio);
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const scaleX = Math.max(placed.scaleX * TIMES, LEAST_PX) * size.ratio;
    const scaleY = (scaleX * placed.scaleY) / placed.scaleX;
    const context = this.#context;
    context.fillStyle = "#000";
    context.fillRect(0, 0, side, side);
    context.imageSmoothingEnabled = false;
    context.filter = levelsFilter(this.stage.levels) || "none";
    const [left, top] = [side / 2 - at[0] * scaleX, side / 2 - at[1] * scaleY];
    context.drawImage(bitmap, left, top, bitmap.width * scaleX, bitmap.height * scaleY);
    context.filter = "none";
    for (const [colour, width] of /** @type {const} */ ([["rgba(0, 0, 0, 0.8)", 3], ["#F0E442", 1]])) {
      context.strokeStyle = colour;
      context.lineWidth = width * size.ratio;
      context.beginPath();
      const gap = 5 * size.ratio;
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(side / 2 + dx * gap, side / 2 + dy * gap);
        context.lineTo(side / 2 + dx * side * 0.3, side / 2 + dy * side * 0.3);
      }
      context.stroke();
    }
    const [[x, y]] = this.overlay.toCanvas([at]);
    this.canvas.classList.toggle("right", x < size.width / 2);
    this.canvas.classList.toggle("low", y < size.height / 2 && x < SIDE_PX * 1.4);
  }
}
