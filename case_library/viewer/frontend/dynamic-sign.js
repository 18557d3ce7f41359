/**
 * How a finding changes: two measurements, each on its own frame, what lies between them, and the two pictures.
 *
 * @typedef {import("./edits.js").Item} Item
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 * @typedef {import("./measure.js").Shown} Shown
 */
import { timeOfFrame } from "./clock.js";
import { h } from "./dom.js";
import { Thumbnail } from "./thumbnail.js";

/**
 * @param {Shown | null} before
 * @param {Shown | null} after
 * @returns {string} `+14.0 mm`; empty where the two cannot be compared
 */
export function differenceWords(before, after) {
  if (!before || !after || before.unit !== after.unit) return "";
  const by = after.value - before.value;
  const digits = /\.(\d+)/.exec(after.text)?.[1].length ?? 0;
  const unit = after.text.replace(/^[^\d]*[\d.,\s]+/u, "").trim();
  return `${by < 0 ? "−" : "+"}${Math.abs(by).toFixed(digits)} ${unit}`;
}

/**
 * @param {Item | undefined} before  a measurement
 * @param {Item | undefined} after
 * @param {(clipId: string) => import("./types.js").ClipMessage | undefined} clipOf
 * @returns {string} `2.000 s later`, or frames where the clock is not trusted; empty where they are of two clips
 */
export function timeBetween(before, after, clipOf) {
  const [a, b] = [before?.marks?.[0], after?.marks?.[0]];
  if (!a || !b || a.clip_id !== b.clip_id) return "";
  const frames = b.frame.frame_number - a.frame.frame_number;
  const clip = clipOf(a.clip_id);
  const order = frames < 0 ? "earlier" : "later";
  if (!clip?.clock.trusted) return `${Math.abs(frames)} frames ${order}; the clock is not trusted`;
  const [from, to] = [a, b].map(({ frame }) => timeOfFrame(clip.clock, frame.frame_number - 1) ?? 0);
  return `${Math.abs(to - from).toFixed(2)} s ${order}`;
}

/**
 * The sign as people read it: `2.0 mm (frame 1) → 16.0 mm (frame 61)`.
 *
 * @param {Item} finding
 * @param {{
 *   measurement: (itemId: string) => Item | undefined,
 *   valueOf: (itemId: string) => Shown | null,
 *   clipOf: (clipId: string) => import("./types.js").ClipMessage | undefined,
 *   session: (clipId: string) => ClipSession | undefined,
 *   open: (clipId: string, frameIndex: number) => void,
 * }} parts
 * @returns {HTMLElement | null}
 */
export function dynamicSign(finding, { measurement, valueOf, clipOf, session, open }) {
  const sign = finding.dynamic_sign;
  if (!sign) return null;
  const [before, after] = [sign.before, sign.after].map((id) => measurement(id));
  const [from, to] = [sign.before, sign.after].map((id) => valueOf(id));
  const value = (/** @type {Shown | null} */ shown) =>
    h("span", { class: `sign-value${shown?.trusted === false ? " untrusted" : ""}`, title: shown?.why }, shown?.text ?? "–");
  const picture = (/** @type {Item | undefined} */ item, /** @type {string} */ words) => {
    const mark = item?.marks?.[0];
    const shown = mark && session(mark.clip_id);
    if (!mark || !shown) return null;
    const thumbnail = new Thumbnail();
    thumbnail.show(shown, mark.frame.frame_number - 1, mark.points);
    const label = `${words}: frame ${mark.frame.frame_number}`;
    const button = h("button", { type: "button", class: "sign-picture", title: `Go to ${label}` }, thumbnail.element, label);
    button.addEventListener("click", () => open(mark.clip_id, mark.frame.frame_number - 1));
    return button;
  };
  const notes = [differenceWords(from, to), timeBetween(before, after, clipOf), sign.effort && `effort: ${sign.effort}`];
  return h(
    "div",
    { class: "sign" },
    h("div", { class: "sign-values" }, value(from), h("span", { class: "quiet" }, "→"), value(to)),
    h("div", { class: "quiet" }, notes.filter(Boolean).join(" · ")),
    h("div", { class: "sign-pictures" }, picture(before, "before"), picture(after, "after")),
  );
}
