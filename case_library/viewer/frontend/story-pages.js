/**
 * What is told about the case and not edited here: its story, what it teaches, where it comes from.
 *
 * @typedef {Record<string, any>} Part
 * @typedef {object} Story
 * @property {Part} history
 * @property {Part[]} timeline
 * @property {string} diagnosis
 * @property {Part | null} proof
 * @property {Part[]} differential
 * @property {Part[]} mimics
 * @property {Part[]} pitfalls
 * @property {Part[]} teaching_points
 * @property {Part[]} outcome
 * @property {Part[]} references
 */
import { h } from "./dom.js";

const HISTORY = [
  ["activity", "Activity"],
  ["complaint", "Complaint"],
  ["mechanism", "How it happened"],
  ["thought", "What was thought"],
  ["done", "What was done"],
  ["missed", "What was missed"],
  ["examination", "Examination"],
];

export class StoryPages {
  history = h("div", { class: "story" });
  teaching = h("div", { class: "story" });
  sources = h("div", { class: "story" });

  /** @param {Story} story @returns {Record<"history" | "teaching" | "sources", boolean>} which page says something */
  show(story) {
    this.history.replaceChildren(...historyOf(story));
    this.teaching.replaceChildren(...teachingOf(story));
    this.sources.replaceChildren(...story.references.map(reference));
    const says = (/** @type {HTMLElement} */ page) => page.childElementCount > 0;
    return { history: says(this.history), teaching: says(this.teaching), sources: says(this.sources) };
  }
}

/** @param {Story} story */
function historyOf({ history, timeline }) {
  const age = history.age_decade === null ? "" : history.age_decade >= 90 ? "90 or older" : `in the ${history.age_decade}s`;
  const lines = [["Age", age], ...HISTORY.map(([field, name]) => [name, history[field]])].filter(([, words]) => words);
  const events = timeline.map(({ day, until_day, kind, text }) =>
    h("li", {}, h("b", {}, dayWords(day, until_day)), ` ${kind.replaceAll("_", " ")}${text ? `: ${text}` : ""}`),
  );
  return [
    ...(lines.length > 0 ? [h("dl", {}, ...lines.map(([name, words]) => fact(name, words)))] : []),
    ...titled("Timeline", events.length > 0 ? [h("ol", { class: "days" }, ...events)] : []),
  ];
}

/** @param {number | null} day @param {number | null} until */
function dayWords(day, until) {
  if (day === null) return "Some day:";
  return until === null || until === day ? `Day ${day}:` : `Days ${day}–${until}:`;
}

/** @param {Story} story */
function teachingOf(story) {
  const { diagnosis, proof, differential, mimics, pitfalls, teaching_points, outcome } = story;
  return [
    ...titled("Held to be", diagnosis ? [h("p", {}, diagnosis)] : []),
    ...titled("How it is known", proof ? [h("p", {}, [proof.kind.replaceAll("_", " "), proof.text].filter(Boolean).join(": "))] : []),
    ...titled("Teaching points", teaching_points.map(statement)),
    ...titled("Pitfalls", pitfalls.map(statement)),
    ...titled("Differential", differential.map(alternative)),
    ...titled("Looks alike", mimics.map(alternative)),
    ...titled("What became of it", outcome.map(statement)),
  ];
}

/** What experts dispute is never told without saying so. @param {Part} part */
function statement({ text, said_by, dispute }) {
  return h(
    "div",
    { class: "statement" },
    h("p", {}, text, said_by ? h("span", { class: "quiet" }, ` – ${said_by}`) : null),
    dispute ? h("p", { class: "amber" }, `Disputed: ${dispute}`) : null,
  );
}

/** @param {Part} part */
function alternative({ name, speaks_for, speaks_against }) {
  return h(
    "div",
    { class: "statement" },
    h("p", {}, h("b", {}, name)),
    speaks_for ? h("p", {}, `For: ${speaks_for}`) : null,
    speaks_against ? h("p", {}, `Against: ${speaks_against}`) : null,
  );
}

/** @param {Part} part */
function reference({ citation, url, review, note }) {
  // Shown, not linked: a page of patients' pictures opens nothing by itself.
  return h(
    "div",
    { class: "statement" },
    h("p", {}, citation),
    url ? h("p", { class: "quiet" }, url) : null,
    h("p", { class: "quiet" }, [review.replaceAll("_", " "), note].filter(Boolean).join(" · ")),
  );
}

/** @param {string} name @param {string} words */
function fact(name, words) {
  return h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, words));
}

/** @param {string} title @param {HTMLElement[]} children */
function titled(title, children) {
  return children.length > 0 ? [h("h2", { class: "group-title" }, title), ...children] : [];
}
