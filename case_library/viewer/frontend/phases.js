/**
 * Phases of a clip: what is done in which stretch of it. Nothing here knows of the page.
 *
 * @typedef {import("./edits.js").Item} Item
 * @typedef {import("./clock.js").FrameRange} FrameRange
 */
import { clamp } from "./clock.js";
import { frameAt } from "./edits.js";

/**
 * Colours after Okabe and Ito, which the colour-blind tell apart; each also has its name written on it.
 *
 * @type {Readonly<Record<string, { name: string, colour: string }>>}
 */
export const PHASE_KINDS = Object.freeze({
  rest: { name: "rest", colour: "#7d8791" },
  contraction: { name: "contraction", colour: "#e69f00" },
  stretch: { name: "stretch", colour: "#56b4e9" },
  release: { name: "release", colour: "#009e73" },
  compression: { name: "compression", colour: "#cc79a7" },
  motion: { name: "motion", colour: "#f0e442" },
  sweep: { name: "sweep", colour: "#0072b2" },
  doppler: { name: "Doppler", colour: "#d55e00" },
  needle: { name: "needle", colour: "#b7a6e0" },
  twitch: { name: "twitch", colour: "#f7c1a0" },
  other: { name: "other", colour: "#b9c2cc" },
});

/** @param {Item} phase @returns {string} */
export function phaseName(phase) {
  return phase.name || (PHASE_KINDS[phase.kind] ?? PHASE_KINDS.other).name;
}

/** @param {Item} phase @returns {FrameRange} frame indices */
export function rangeOf(phase) {
  return { first: phase.first.frame_number - 1, last: phase.last.frame_number - 1 };
}

/** @param {readonly Item[]} phases @returns {Item[]} in the order of time */
export function inOrder(phases) {
  return phases.toSorted(
    (a, b) => a.first.frame_number - b.first.frame_number || a.last.frame_number - b.last.frame_number,
  );
}

/**
 * @param {readonly Item[]} phases
 * @param {number} frameIndex
 * @returns {Item | undefined} the phase that a frame is in; of several, the shortest
 */
export function phaseAt(phases, frameIndex) {
  const within = phases.filter((phase) => {
    const { first, last } = rangeOf(phase);
    return first <= frameIndex && frameIndex <= last;
  });
  const length = (/** @type {Item} */ phase) => phase.last.frame_number - phase.first.frame_number;
  return within.sort((a, b) => length(a) - length(b))[0];
}

/**
 * Phases may overlap; those that do go into different rows.
 *
 * @param {readonly Item[]} phases
 * @returns {{ phase: Item, row: number }[]} in the order of time
 */
export function rowsOf(phases) {
  /** @type {number[]} */
  const ends = [];
  return inOrder(phases).map((phase) => {
    const { first, last } = rangeOf(phase);
    let row = ends.findIndex((end) => end < first);
    if (row < 0) row = ends.length;
    ends[row] = last;
    return { phase, row };
  });
}

/**
 * @param {Item} phase
 * @param {"first" | "last" | "both"} edge  what is dragged
 * @param {number} by  frames
 * @param {number} frameCount
 * @returns {Item} never turned round, never outside the clip; a frame that stays keeps its identity
 */
export function dragged(phase, edge, by, frameCount) {
  const { first, last } = rangeOf(phase);
  if (edge === "first") return withRange(phase, { first: clamp(first + by, 0, last), last });
  if (edge === "last") return withRange(phase, { first, last: clamp(last + by, first, frameCount - 1) });
  const shift = clamp(by, -first, frameCount - 1 - last);
  return withRange(phase, { first: first + shift, last: last + shift });
}

/** @param {Item} phase @param {FrameRange} range @returns {Item} */
export function withRange(phase, { first, last }) {
  const before = rangeOf(phase);
  return {
    ...phase,
    first: first === before.first ? phase.first : frameAt(first),
    last: last === before.last ? phase.last : frameAt(last),
  };
}
