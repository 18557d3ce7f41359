/**
 * One case of the library as a card.
 *
 * @typedef {import("./types.js").GalleryCase} GalleryCase
 */
import { h } from "./dom.js";

/**
 * @param {GalleryCase} entry
 * @returns {HTMLElement} a link, or for a folder that cannot be read, the reason and what helps
 */
export function card(entry) {
  if (entry.building !== null) return buildingCard(entry, entry.building);
  return entry.problem === null ? caseCard(entry) : problemCard(entry, entry.problem);
}

/** @param {GalleryCase} entry */
function caseCard(entry) {
  const badges = [
    entry.source === "synthetic" ? syntheticBadge() : null,
    entry.status === "draft"
      ? h("span", { class: "badge draft", title: "Nobody has confirmed yet that no name, number or date is visible" }, "DRAFT")
      : null,
  ];
  return h(
    "a",
    { class: "card", href: entry.href, "data-slug": entry.slug },
    h(
      "span",
      { class: "card-picture" },
      h("span", { class: "card-blank" }, entry.status === "draft" ? "No poster until the pixels are confirmed" : ""),
      h("img", { alt: "", hidden: true, draggable: "false" }),
    ),
    h(
      "span",
      { class: "card-text" },
      h("span", { class: "card-title" }, entry.title || entry.slug),
      h("span", { class: "card-summary" }, entry.summary),
      h("span", { class: "card-foot" }, h("span", {}, contents(entry)), h("span", { class: "card-badges" }, ...badges)),
    ),
  );
}

function syntheticBadge() {
  return h("span", { class: "badge", title: "Computed pictures; no patient" }, "SYNTHETIC");
}

/** @param {GalleryCase} entry @param {string} building */
function buildingCard(entry, building) {
  return h(
    "article",
    { class: "card building", tabindex: 0, "data-slug": entry.slug },
    h("span", { class: "card-picture" }, h("span", { class: "card-blank" }, building)),
    h(
      "span",
      { class: "card-text" },
      h("span", { class: "card-title" }, entry.title || entry.slug),
      h("span", { class: "card-summary" }, entry.summary),
      entry.remedy ? h("span", { class: "card-remedy" }, entry.remedy) : null,
      h("span", { class: "card-foot" }, h("span", {}, ""), h("span", { class: "card-badges" }, syntheticBadge())),
    ),
  );
}

/** @param {GalleryCase} entry @param {string} problem */
function problemCard(entry, problem) {
  return h(
    "article",
    { class: "card problem", tabindex: 0, "data-slug": entry.slug },
    h("span", { class: "card-picture" }, h("span", { class: "card-blank" }, "This case cannot be read")),
    h(
      "span",
      { class: "card-text" },
      h("span", { class: "card-title" }, entry.title || entry.slug),
      h("span", { class: "card-problem" }, problem),
      entry.remedy ? h("span", { class: "card-remedy" }, entry.remedy) : null,
    ),
  );
}

/**
 * @param {{ clip_count: number, frame_count_max: number, moving: boolean }} entry
 * @returns {string} `1 clip · 120 frames`
 */
export function contents({ clip_count, frame_count_max, moving }) {
  if (clip_count === 0) return "no clips yet";
  if (!moving) return clip_count === 1 ? "1 still" : `${clip_count} stills`;
  const clips = clip_count === 1 ? "1 clip" : `${clip_count} clips`;
  return `${clips} · ${clip_count === 1 ? "" : "up to "}${frame_count_max} frames`;
}
