/**
 * A video or an animation that waits in the list: how long it is, how large it will be, and which part of it comes in.
 *
 * @typedef {import("./uploads.js").Asked} Asked
 * @typedef {import("./uploads.js").Choice} Choice
 * @typedef {import("./uploads.js").Offer} Offer
 */
import { button, h, icon, setText } from "./dom.js";
import { sizeText } from "./uploads.js";

let made = 0;

/**
 * What two fields say; seconds, or frame numbers of a clip without times. NaN is an empty field.
 *
 * @param {Offer} offer
 * @param {number} from
 * @param {number} to
 * @returns {{ part: Omit<Choice, "compact">, share: number, trouble: string }} share: of the frames, about
 */
export function partOf({ frame_count, duration_s }, from, to) {
  const [first, last] = duration_s === null ? [1, frame_count] : [0, duration_s];
  const [start, stop] = [Number.isNaN(from) ? first : from, Number.isNaN(to) ? last : to];
  let trouble = "";
  if (start > last) trouble = duration_s === null ? `Its last frame is ${last}.` : `It ends at ${last.toFixed(2)} s.`;
  else if (stop < start) trouble = "The part ends before it begins.";
  else if (start < first || (duration_s === null && !(Number.isInteger(start) && Number.isInteger(stop)))) {
    trouble = duration_s === null ? "Frame numbers begin at 1 and are whole." : "The first frame is at 0 s.";
  }
  const length = Math.min(stop, last) - start;
  const frames = duration_s === null ? length + 1 : (frame_count * length) / duration_s;
  const begin = start > first ? start : null;
  const end = stop < last ? stop : null;
  const part = duration_s === null ? { from_frame: begin, to_frame: end } : { from_s: begin, to_s: end };
  return { part, share: Math.min(frame_count, Math.max(1, frames)) / frame_count, trouble };
}

/**
 * @param {Asked} asked
 * @param {{ bring: (choice: Choice) => void, remove: () => void }} host
 * @returns {HTMLElement}
 */
export function askedRow({ item, offer, reason }, { bring, remove }) {
  const unit = offer.duration_s === null ? "frame" : "seconds";
  const last = offer.duration_s === null ? String(offer.frame_count) : offer.duration_s.toFixed(2);
  const [from, to] = ["From", "To"].map((word, k) =>
    h("input", {
      type: "number", class: "text-input short", min: offer.duration_s === null ? 1 : 0, step: offer.duration_s === null ? 1 : "any",
      placeholder: k === 0 ? (offer.duration_s === null ? "1" : "0") : last, "aria-label": `${word}, ${unit}, of ${item.name}`,
    }),
  );
  const group = `stored-${(made += 1)}`;
  const kinds = [
    { name: "Lossless", bytes: offer.lossless_bytes, compact: false },
    { name: "Compact", bytes: offer.compact_bytes, compact: true },
  ]
    .filter(({ bytes }) => bytes !== null)
    .map((kind, k) => ({ ...kind, size: h("span", { class: "quiet" }), input: h("input", { type: "radio", name: group, checked: k === 0 }) }));
  const trouble = h("p", { class: "state amber", role: "status" });
  const take = button(`Bring in ${item.name}`, null, { text: "Bring it in", class: "primary small" });
  const drop = button(`Remove ${item.name}`, null, { text: "Remove", class: "outlined small" });

  const chosen = () => partOf(offer, from.valueAsNumber, to.valueAsNumber);
  const show = () => {
    const { share, trouble: said } = chosen();
    const words = from.validity.badInput || to.validity.badInput ? "This is not a number." : said;
    for (const { size, bytes } of kinds) setText(size, bytes === null ? "" : `about ${sizeText(Math.round(bytes * share))}`);
    setText(trouble, words);
    trouble.hidden = !words;
    take.disabled = words !== "";
  };
  const go = () => {
    if (take.disabled) return;
    take.disabled = drop.disabled = true;
    bring({ ...chosen().part, compact: kinds.some(({ compact, input }) => compact && input.checked) });
  };
  for (const input of [from, to]) {
    input.addEventListener("input", show);
    input.addEventListener("keydown", ({ key }) => key === "Enter" && go());
  }
  take.addEventListener("click", go);
  drop.addEventListener("click", () => {
    take.disabled = drop.disabled = true;
    remove();
  });
  show();
  return h(
    "li",
    { class: "file-row asked" },
    h("div", { class: "thumb none" }, icon("play")),
    h(
      "div",
      { class: "file-text" },
      h("span", { class: "file-name", title: item.name }, item.name),
      h("span", { class: "file-facts" }, offerText(offer)),
      h("span", { class: "file-facts" }, "Choose a part and how it is stored"),
    ),
    h(
      "div",
      { class: "file-state asking" },
      reason ? h("p", { class: "state red" }, h("span", {}, `Not taken: ${reason.replace(/\.$/, "")}.`)) : null,
      h("div", { class: "part" }, h("span", {}, offer.duration_s === null ? "From frame" : "From"), from, h("span", {}, "to"), to, h("span", {}, offer.duration_s === null ? "" : "s"), h("span", { class: "quiet" }, "empty: the whole")),
      trouble,
      h("div", { class: "stored", role: "radiogroup", "aria-label": `How ${item.name} is stored` }, ...kinds.map(({ name, size, input }) => h("label", { class: "tick" }, input, h("span", {}, `${name} `, size)))),
      h("div", { class: "asking-buttons" }, take, drop),
    ),
  );
}

/** @param {Offer} offer @returns {string} `900 frames · 29.97 s` */
export function offerText({ frame_count, duration_s }) {
  return duration_s === null ? `${frame_count} frames · it says no times` : `${frame_count} frames · ${duration_s.toFixed(2)} s`;
}
