/**
 * Pictures to keep: frames with what is drawn on them, a scale bar where the scale is trusted, and a line of words.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./drawn.js").Drawn} Drawn
 *
 * @typedef {object} Taken  one frame
 * @property {ClipMessage} clip
 * @property {number} frameIndex
 * @property {ImageBitmap} bitmap     exact
 * @property {Drawn[]} drawn
 * @property {string} [words]         above the frame number: "rest"
 * @property {boolean} [flipped]
 */
import { formatTime } from "./badges.js";
import { timeOfFrame } from "./clock.js";
import { nameOf } from "./compare-choices.js";
import { lookFor, paintFigure, paintWords } from "./overlay-paint.js";

const GAP_PX = 12;
const LEAST_HEIGHT_PX = 720;
const BACKGROUND = "#0f1114";

/**
 * @param {Taken[]} taken
 * @param {{ title: string, synthetic: boolean, columns?: number, cellHeight?: number }} options
 * @returns {OffscreenCanvas}
 */
export function compose(taken, { title, synthetic, columns = taken.length, cellHeight = LEAST_HEIGHT_PX }) {
  const scales = scalesOf(taken, cellHeight);
  const sizes = taken.map(({ clip }, i) => ({
    width: Math.round(clip.columns * scales[i]),
    height: Math.round(clip.rows * clip.pixel_aspect * scales[i]),
  }));
  const cell = { width: Math.max(...sizes.map(({ width }) => width)), height: Math.max(...sizes.map(({ height }) => height)) };
  const look = lookFor(cell.height);
  const line = Math.round(look.letters * 1.9);
  const across = Math.min(columns, taken.length);
  const down = Math.ceil(taken.length / across);
  const width = across * cell.width + (across + 1) * GAP_PX;
  const height = line + down * (cell.height + line) + GAP_PX;
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  context.fillStyle = BACKGROUND;
  context.fillRect(0, 0, width, height);
  const room = { width, height };
  const head = [title, synthetic ? "SYNTHETIC" : ""].filter(Boolean).join("  ·  ");
  paintWords(context, head, { at: [GAP_PX, line / 2], align: "left" }, "#e8eaed", look, room);
  taken.forEach((one, i) => {
    const left = GAP_PX + (i % across) * (cell.width + GAP_PX);
    const top = line + Math.floor(i / across) * (cell.height + line);
    paintFrame(context, one, { left, top, ...sizes[i] }, look);
    paintWords(context, captionOf(one), { at: [left, top + sizes[i].height + line / 2], align: "left" }, "#c9d1d9", { ...look, letters: look.letters * 0.82 }, room);
  });
  return canvas;
}

/** Pixels of the picture per frame pixel: all at one scale where all scales are trusted. @param {Taken[]} taken @param {number} cellHeight @returns {number[]} */
function scalesOf(taken, cellHeight) {
  const own = taken.map(({ clip }) => Math.max(1, cellHeight / (clip.rows * clip.pixel_aspect)));
  const mm = taken.map(({ clip }) => (clip.scale.trusted ? clip.scale.mm_per_px : null));
  if (mm.some((one) => one === null)) return own;
  const perMm = Math.min(...own.map((scale, i) => scale / /** @type {[number, number]} */ (mm[i])[0]));
  return mm.map((one) => perMm * /** @type {[number, number]} */ (one)[0]);
}

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {Taken} taken
 * @param {{ left: number, top: number, width: number, height: number }} place
 * @param {import("./overlay-paint.js").Look} look
 */
function paintFrame(context, { clip, bitmap, drawn, flipped = false }, { left, top, width, height }, look) {
  context.save();
  context.translate(left, top);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  context.imageSmoothingQuality = "high";
  if (flipped) {
    context.save();
    context.translate(width, 0);
    context.scale(-1, 1);
  }
  context.drawImage(bitmap, 0, 0, width, height);
  if (flipped) context.restore();
  const toPicture = (/** @type {import("./ruler.js").Point} */ [x, y]) => {
    const across = (x / clip.columns) * width;
    return /** @type {import("./ruler.js").Point} */ ([flipped ? width - across : across, (y / clip.rows) * height]);
  };
  for (const figure of drawn) {
    paintFigure(context, { ...figure, points: figure.points.map(toPicture), selected: false }, look, { width, height });
  }
  const { scale } = clip;
  if (scale.trusted && scale.mm_per_px) paintBar(context, scale.mm_per_px[0] * (clip.columns / width), { width, height }, look);
  if (flipped) paintWords(context, "⇋ flipped left–right", { at: [width - look.letters, look.letters], align: "right" }, "#E69F00", look, { width, height });
  context.restore();
}

/** @param {number} span_mm  of the picture @returns {number} a round length of about a sixth of it */
export function barLength(span_mm) {
  const wanted = span_mm / 6;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * (wanted / power >= 5 ? 5 : wanted / power >= 2 ? 2 : 1);
}

/** @param {OffscreenCanvasRenderingContext2D} context @param {number} mmPerPx @param {{ width: number, height: number }} room @param {import("./overlay-paint.js").Look} look */
function paintBar(context, mmPerPx, room, look) {
  const length_mm = barLength(room.width * mmPerPx);
  const length_px = length_mm / mmPerPx;
  const [x, y] = [look.letters, room.height - look.letters];
  const words = length_mm >= 10 ? `${length_mm / 10} cm` : `${length_mm} mm`;
  paintFigure(context, { form: "caliper", points: [[x, y], [x + length_px, y]], colour: "#fff", label: words }, look, room);
}

/** @param {Taken} taken */
function captionOf({ clip, frameIndex, words }) {
  const time = clip.clock.trusted ? formatTime(timeOfFrame(clip.clock, frameIndex)) : "";
  const stated = clip.scale.origin === "stated_by_user" ? "scale stated by a person" : "";
  const scale = clip.scale.trusted ? stated : "no trusted scale: lengths in pixels";
  return [words, nameOf(clip), `frame ${frameIndex + 1} of ${clip.frame_count}`, time, scale].filter(Boolean).join(" · ");
}

/** @param {OffscreenCanvas} canvas @param {string} name */
export async function savePicture(canvas, name) {
  saveBlob(await canvas.convertToBlob({ type: "image/png" }), name);
}

/** @param {Blob} blob @param {string} name */
export function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
