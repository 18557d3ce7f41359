/**
 * One finding, opened for editing. Nothing in it is chosen by the software.
 *
 * @typedef {import("./edits.js").Item} Item
 * @typedef {import("./finding-fields.js").Choice} Choice
 * @typedef {import("./vocabulary.js").Scale} Scale
 *
 * @typedef {object} EditorParts
 * @property {(change: (now: Item) => Item, label: string, how?: { typing?: boolean }) => void} change
 * @property {() => readonly Item[]} measurements
 * @property {(kind: "findings" | "structures", title: string) => Promise<import("./vocabulary.js").Term | null>} ask
 * @property {() => Promise<import("./vocabulary.js").Words>} words
 * @property {() => { clip_id: string, first: Item["first"], last: Item["last"] } | null} range  what is played now
 * @property {(clipId: string, frameIndex: number) => void} open
 * @property {() => void} remove
 * @property {() => void} done
 */
import { button, h } from "./dom.js";
import { CERTAINTY_FIELDS, EXTENT_FIELDS, SITE_FIELDS, at, having } from "./finding-fields.js";

/**
 * @param {Item} finding
 * @param {EditorParts} parts
 * @returns {HTMLElement}
 */
export function findingEditor(finding, parts) {
  const { change, ask } = parts;
  const term = textButton("Another term…", async () => {
    const chosen = await ask("findings", "What is it?");
    if (chosen) change((now) => ({ ...now, term: chosen }), "Choose the term");
  });
  const structure = textButton(finding.site?.structure?.meaning ?? "Choose…", async () => {
    const chosen = await ask("structures", "Where is it?");
    if (chosen) change((now) => having(now, "site.structure", chosen), "Choose the structure");
  });
  const remove = textButton("Remove this finding", parts.remove);
  const done = button("Done", null, { class: "primary", text: "Done" });
  done.addEventListener("click", parts.done);
  return h(
    "div",
    { class: "editor" },
    row("Term", term),
    ...CERTAINTY_FIELDS.map((field) => select(finding, field, parts)),
    row("Structure", structure),
    ...SITE_FIELDS.map((field) => select(finding, field, parts)),
    text(finding, "site.level_text", "Place", "at 50 % of the thigh", parts),
    section(
      "extent",
      "Extent",
      ...EXTENT_FIELDS.map((field) => select(finding, field, parts)),
      percent(finding, parts),
    ),
    section("frames", `Frames (${(finding.frames ?? []).length})`, ...frames(finding, parts)),
    section("sign", "Dynamic sign", ...sign(finding, parts)),
    section("measurements", `Measurements (${(finding.measurements ?? []).length})`, ...attached(finding, parts)),
    section("grades", `Grades (${(finding.grades ?? []).length})`, ...grades(finding, parts)),
    section("shapes", `Shapes (${(finding.shapes ?? []).length})`, ...shapes(finding, parts)),
    note(finding, parts),
    h("div", { class: "popover-foot" }, remove, done),
  );
}

/** @param {string} words @param {() => void} press */
function textButton(words, press) {
  const element = button(words, null, { class: "text-button", text: words });
  element.addEventListener("click", press);
  return element;
}

/** @param {string} label @param {HTMLElement} element */
function row(label, element) {
  return h("div", { class: "field" }, h("span", {}, label), element);
}

/** Stays open when the panel is drawn anew. @param {string} name @param {string} title @param {(Node | null)[]} children */
function section(name, title, ...children) {
  return h("details", { class: "editor-section", "data-section": name }, h("summary", {}, title), ...children);
}

/** @param {Item} finding @param {Choice} choice @param {EditorParts} parts */
function select(finding, { path, label, options }, { change }) {
  const value = at(finding, path) ?? "";
  const required = path === "presence" || path === "certainty";
  const element = h(
    "select",
    { "data-key": path, "aria-label": label },
    ...(required ? [] : [h("option", { value: "" }, "not said")]),
    ...Object.entries(options).map(([key, words]) => h("option", { value: key, selected: key === value }, words)),
  );
  element.addEventListener("change", () =>
    change((now) => having(now, path, element.value || null), `Say: ${label.toLowerCase()}`),
  );
  return h("label", { class: "field" }, h("span", {}, label), element);
}

/** @param {Item} finding @param {string} path @param {string} label @param {string} placeholder @param {EditorParts} parts */
function text(finding, path, label, placeholder, { change }) {
  const input = h("input", { type: "text", value: at(finding, path) ?? "", placeholder, maxlength: 200, "data-key": path, "aria-label": label });
  input.addEventListener("input", () => change((now) => having(now, path, input.value), `Write: ${label}`, { typing: true }));
  return h("label", { class: "field" }, h("span", {}, label), input);
}

/** @param {Item} finding @param {EditorParts} parts */
function note(finding, { change }) {
  const area = h("textarea", { rows: 3, maxlength: 4000, placeholder: "In your words", "data-key": "text" });
  area.value = finding.text ?? "";
  area.addEventListener("input", () => change((now) => ({ ...now, text: area.value }), "Write about the finding", { typing: true }));
  return h("label", { class: "field field-tall" }, h("span", {}, "Text"), area);
}

/** @param {Item} finding @param {EditorParts} parts */
function percent(finding, { change }) {
  const value = at(finding, "extent.cross_section_percent");
  const input = h("input", { type: "number", min: 0, max: 100, step: 1, value: value ?? "", "data-key": "percent", "aria-label": "Share of the cross-section" });
  // Not "change": that comes when the hand is on its way to another field, which must not be drawn anew under it.
  input.addEventListener("input", () => {
    const number = input.value === "" ? null : Math.min(100, Math.max(0, Number(input.value)));
    const label = "Say how much of the cross-section";
    change((now) => having(now, "extent.cross_section_percent", number), label, { typing: true });
  });
  return h("label", { class: "field" }, h("span", {}, "Section"), input, h("span", { class: "quiet" }, "% of it, measured"));
}

/** @param {Item} finding @param {EditorParts} parts */
function frames(finding, { change, range, open }) {
  const ranges = /** @type {any[]} */ (finding.frames ?? []);
  const lines = ranges.map((stretch, k) => {
    const { clip_id, first, last } = stretch;
    const go = textButton(`${clip_id.replace("-", " ")}: ${first.frame_number}–${last.frame_number}`, () =>
      open(clip_id, first.frame_number - 1),
    );
    const away = button("Remove these frames", "close", { class: "small" });
    away.addEventListener("click", () =>
      change((now) => ({ ...now, frames: now.frames.toSpliced(k, 1) }), "Remove frames of the finding"),
    );
    return h("div", { class: "line" }, go, away);
  });
  const add = textButton("Add the frames that are played now ([ ])", () => {
    const played = range();
    if (played) change((now) => ({ ...now, frames: [...(now.frames ?? []), played] }), "Say on which frames it is seen");
  });
  return [...lines, add];
}

/** @param {Item} finding @param {EditorParts} parts */
function sign(finding, { change, measurements }) {
  const all = measurements().filter((item) => (item.marks ?? []).length > 0);
  if (all.length < 2) return [h("p", { class: "quiet" }, "Measure the same thing on two frames first: at rest, and at the greatest change.")];
  const now = finding.dynamic_sign;
  const pick = (/** @type {"before" | "after"} */ side, /** @type {string} */ label) => {
    const element = h(
      "select",
      { "data-key": `sign.${side}`, "aria-label": label },
      h("option", { value: "" }, "none"),
      ...all.map((item) => {
        const words = `${item.title}, frame ${item.marks[0].frame.frame_number}`;
        return h("option", { value: item.item_id, selected: now?.[side] === item.item_id }, words);
      }),
    );
    element.addEventListener("change", () =>
      change((item) => withSign(item, side, element.value, all), "Say how the finding changes"),
    );
    return h("label", { class: "field" }, h("span", {}, label), element);
  };
  const effort = h("input", { type: "text", value: now?.effort ?? "", placeholder: "as stated", "data-key": "sign.effort" });
  effort.disabled = !now;
  effort.addEventListener("input", () =>
    change((item) => having(item, "dynamic_sign.effort", effort.value), "Write the effort", { typing: true }),
  );
  return [pick("before", "Before"), pick("after", "After"), h("label", { class: "field" }, h("span", {}, "Effort"), effort)];
}

/** @param {Item} finding @param {"before" | "after"} side @param {string} chosen @param {Item[]} all @returns {Item} */
function withSign(finding, side, chosen, all) {
  if (!chosen) return { ...finding, dynamic_sign: null };
  const own = (finding.measurements ?? []).filter((/** @type {string} */ id) => all.some(({ item_id }) => item_id === id));
  const other = [...own, ...all.map(({ item_id }) => item_id)].find((id) => id !== chosen);
  const base = finding.dynamic_sign ?? { before: other, after: other, effort: "" };
  const dynamic_sign = { ...base, [side]: chosen };
  const both = [dynamic_sign.before, dynamic_sign.after];
  return { ...finding, dynamic_sign, measurements: [...new Set([...(finding.measurements ?? []), ...both])] };
}

/** @param {Item} finding @param {EditorParts} parts */
function attached(finding, { change, measurements }) {
  const ids = /** @type {string[]} */ (finding.measurements ?? []);
  const all = measurements();
  const lines = ids.map((id) => {
    const away = button("It does not belong here", "close", { class: "small" });
    away.addEventListener("click", () => change((now) => without(now, id), "Take a measurement from the finding"));
    return h("div", { class: "line" }, all.find(({ item_id }) => item_id === id)?.title ?? id, away);
  });
  const others = all.filter(({ item_id }) => !ids.includes(item_id));
  const add = h(
    "select",
    { "data-key": "attach", "aria-label": "Add a measurement" },
    h("option", { value: "" }, others.length > 0 ? "Add a measurement…" : "no other measurement"),
    ...others.map((item) => h("option", { value: item.item_id }, item.title)),
  );
  add.addEventListener("change", () =>
    change((now) => ({ ...now, measurements: [...(now.measurements ?? []), add.value] }), "Give the finding a measurement"),
  );
  return [...lines, h("div", { class: "field" }, add)];
}

/** @param {Item} finding @param {string} id @returns {Item} */
function without(finding, id) {
  const { dynamic_sign: now } = finding;
  const used = now && (now.before === id || now.after === id);
  const measurements = finding.measurements.filter((/** @type {string} */ other) => other !== id);
  return { ...finding, measurements, dynamic_sign: used ? null : now };
}

/** @param {Item} finding @param {EditorParts} parts */
function shapes(finding, { change, open }) {
  const lines = /** @type {any[]} */ (finding.shapes ?? []).map((shape) => {
    const numbers = shape.keyframes.map((/** @type {any} */ keyframe) => keyframe.frame.frame_number);
    const go = textButton(`${shape.label || shape.kind}, keyframes ${numbers.join(", ")}`, () =>
      open(shape.clip_id, numbers[0] - 1),
    );
    const away = button("Remove the shape", "close", { class: "small" });
    away.addEventListener("click", () =>
      change((now) => ({ ...now, shapes: now.shapes.filter((/** @type {any} */ other) => other.item_id !== shape.item_id) }), "Remove the shape"),
    );
    return h("div", { class: "line" }, go, away);
  });
  return [...lines, h("p", { class: "quiet" }, "Draw on the image with the tools at its edge (S).")];
}

/** @param {Item} finding @param {EditorParts} parts */
function grades(finding, { change, words }) {
  const given = /** @type {any[]} */ (finding.grades ?? []).map((grade, k) => {
    const away = button("Remove the grade", "close", { class: "small" });
    away.addEventListener("click", () => change((now) => ({ ...now, grades: now.grades.toSpliced(k, 1) }), "Remove the grade"));
    return h("div", { class: "line" }, gradeWords(grade), away);
  });
  const place = h("div", {});
  const begin = textButton("Grade it yourself…", async () => {
    const all = await words().catch(() => null);
    if (all) place.replaceChildren(...scaleChoice(finding, all, change));
  });
  place.append(begin);
  return [...given, place];
}

/** @param {any} grade @returns {HTMLElement} level, rule and source: never the level alone */
export function gradeWords(grade) {
  return h(
    "div",
    { class: "grade" },
    h("b", {}, `${grade.scale.meaning}: ${grade.level}`),
    h("p", {}, grade.rule || "The rule of this level was not seen."),
    h("p", { class: "quiet" }, [grade.modality && `made for ${grade.modality}`, grade.source, grade.note].filter(Boolean).join(" · ")),
  );
}

/** @param {Item} finding @param {import("./vocabulary.js").Words} words @param {EditorParts["change"]} change */
function scaleChoice(finding, words, change) {
  const own = words.findings.find((entry) => entry.term.code === finding.term.code)?.scales ?? [];
  const scales = words.scales.toSorted((a, b) => Number(own.includes(b.key)) - Number(own.includes(a.key)));
  const element = h(
    "select",
    { "aria-label": "Scale", "data-key": "scale" },
    h("option", { value: "" }, "Which scale?"),
    ...scales.map((scale, k) => h("option", { value: k }, `${scale.term.meaning}${own.includes(scale.key) ? "" : " (made for something else)"}`)),
  );
  const levels = h("div", { class: "levels-list" });
  element.addEventListener("change", () => {
    const scale = scales[Number(element.value)];
    levels.replaceChildren(...(element.value === "" ? [] : levelButtons(scale, change)));
  });
  return [h("div", { class: "field" }, element), levels];
}

/** @param {Scale} scale @param {EditorParts["change"]} change */
function levelButtons(scale, change) {
  const warning = scale.for_ultrasound ? "" : `Made for ${scale.modality}: it is not read off ultrasound.`;
  const buttons = scale.levels.map(({ level, label, definition }) => {
    const element = h(
      "button",
      { type: "button", class: "level" },
      h("b", {}, [level, label].filter(Boolean).join(" – ")),
      h("span", {}, definition || "The rule of this level was not seen."),
    );
    element.addEventListener("click", () => {
      const { term, modality, source, notes } = scale;
      const grade = { scale: term, level, rule: definition, modality, source, note: notes };
      change((now) => ({ ...now, grades: [...(now.grades ?? []), grade] }), "Grade the finding");
    });
    return element;
  });
  return [warning ? h("p", { class: "amber" }, warning) : null, ...buttons, h("p", { class: "quiet" }, `Source: ${scale.source}`)].filter(
    (child) => child !== null,
  );
}
