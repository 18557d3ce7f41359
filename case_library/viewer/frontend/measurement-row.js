/** A measurement in the panel: what, how much, and by which scale. */
import { h } from "./dom.js";
import { titleOf } from "./drawing-kinds.js";
import { formatCircumference } from "./measure.js";

/** @type {Record<string, string>} */
const FORMULAS = {
  ratio: "100 · first / reference",
  difference: "100 · (reference − first) / reference",
  asymmetry: "100 · |first − second| / the larger",
};

/**
 * @param {import("./measure.js").Measurement} measurement
 * @param {{
 *   valueOf: (itemId: string) => import("./measure.js").Shown | null,
 *   refusalOf?: (itemId: string) => string,
 * }} numbers
 * @returns {HTMLElement}
 */
export function measurementRow(measurement, { valueOf, refusalOf }) {
  const shown = valueOf(measurement.item_id);
  const why = shown?.why ?? refusalOf?.(measurement.item_id) ?? "These points have no number";
  const around = shown ? formatCircumference(shown.measured) : "";
  const frames = [...new Set((measurement.marks ?? []).map(({ frame }) => frame.frame_number))];
  const where = frames.length > 0 ? `frame ${frames.join(", ")}` : FORMULAS[measurement.kind];
  return h(
    "div",
    { class: `measurement-row${shown?.trusted ? "" : " untrusted"}`, title: why },
    h("span", { class: "measurement-title" }, measurement.title || titleOf(measurement.kind)),
    h("span", { class: "measurement-value" }, shown?.text ?? "no number"),
    h("span", { class: "measurement-where" }, [where, around && `round it ${around}`].filter(Boolean).join(" · ")),
    h("span", { class: "measurement-scale" }, why),
  );
}
