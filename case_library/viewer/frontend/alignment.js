/**
 * Which frame of one clip belongs to which of another: by frame, by time, or by what is done in both.
 *
 * @typedef {import("./types.js").ClockMessage} ClockMessage
 * @typedef {{ frame_count: number, clock: ClockMessage }} Timed
 * @typedef {{ kind: string, name?: string, first: { frame_number: number }, last: { frame_number: number } }} Phase
 * @typedef {"frame" | "time" | "phase"} Alignment
 * @typedef {[number, number]} Anchor  places in the two clips that belong together
 */
import { clamp, frameAtTime, timeOfFrame } from "./clock.js";

/**
 * @param {Alignment} alignment
 * @param {Timed} one
 * @param {Timed} other
 * @param {Phase[]} phasesOfOne
 * @param {Phase[]} phasesOfOther
 * @returns {string} why it cannot be done; empty where it can
 */
export function refusalOf(alignment, one, other, phasesOfOne, phasesOfOther) {
  if (alignment === "time") {
    const untrusted = [one, other].some(({ clock }) => !clock.trusted && clock.origin !== "still");
    return untrusted ? "The clock of one of the clips is not trusted" : "";
  }
  const none = alignment === "phase" && pairsOf(phasesOfOne, phasesOfOther).length === 0;
  return none ? "The clips have no phase in common: mark rest, contraction and so on in both" : "";
}

/**
 * @param {Alignment} alignment
 * @param {Timed} one
 * @param {Timed} other
 * @param {Anchor} locked  frames (from 0) that were put beside each other
 * @param {Phase[]} phasesOfOne
 * @param {Phase[]} phasesOfOther
 * @returns {(frameIndex: number) => number} from a frame of one clip to the frame of the other
 */
export function alignedBy(alignment, one, other, locked, phasesOfOne = [], phasesOfOther = []) {
  const last = other.frame_count - 1;
  if (alignment === "frame") return (frameIndex) => clamp(frameIndex - locked[0] + locked[1], 0, last);
  if (alignment === "time") {
    const shift_s = placeOf(other, locked[1]) - placeOf(one, locked[0]);
    return (frameIndex) => frameNear(other, placeOf(one, frameIndex) + shift_s);
  }
  const anchors = anchorsOf(one, other, phasesOfOne, phasesOfOther);
  return (frameIndex) => frameNear(other, warped(anchors, placeOf(one, frameIndex)));
}

/**
 * Phases that are done in both clips, in the same order: of the same kind, and of the same name where both have one.
 *
 * @param {Phase[]} ofOne
 * @param {Phase[]} ofOther
 * @returns {[Phase, Phase][]}
 */
export function pairsOf(ofOne, ofOther) {
  const inOrder = (/** @type {Phase[]} */ phases) => [...phases].sort((a, b) => a.first.frame_number - b.first.frame_number);
  const [one, other] = [inOrder(ofOne), inOrder(ofOther)];
  /** @type {[Phase, Phase][]} */
  const pairs = [];
  let from = 0;
  for (const phase of one) {
    const at = other.findIndex((candidate, i) => i >= from && isLike(phase, candidate));
    if (at < 0) continue;
    pairs.push([phase, other[at]]);
    from = at + 1;
  }
  return pairs;
}

/** @param {Phase} a @param {Phase} b */
function isLike(a, b) {
  return a.kind === b.kind && (!a.name || !b.name || a.name.toLowerCase() === b.name.toLowerCase());
}

/**
 * Where both clips stand at the same event: their ends, and the begin and end of every phase they share.
 *
 * @param {Timed} one
 * @param {Timed} other
 * @param {Phase[]} phasesOfOne
 * @param {Phase[]} phasesOfOther
 * @returns {Anchor[]} rising in both
 */
export function anchorsOf(one, other, phasesOfOne, phasesOfOther) {
  /** @type {Anchor[]} */
  const anchors = [[placeOf(one, 0), placeOf(other, 0)]];
  const add = (/** @type {number} */ a, /** @type {number} */ b) => {
    const [x, y] = anchors[anchors.length - 1];
    if (a > x && b > y) anchors.push([a, b]);
  };
  for (const [a, b] of pairsOf(phasesOfOne, phasesOfOther)) {
    // Phases that both begin with the clip, or of which only one does.
    if (anchors.length === 1 && (a.first.frame_number === 1 || b.first.frame_number === 1)) {
      anchors[0] = [placeOf(one, a.first.frame_number - 1), placeOf(other, b.first.frame_number - 1)];
    } else add(placeOf(one, a.first.frame_number - 1), placeOf(other, b.first.frame_number - 1));
    // Last frame with last frame: what lies between two phases of one clip alone is passed in one step.
    add(placeOf(one, a.last.frame_number - 1), placeOf(other, b.last.frame_number - 1));
  }
  add(placeOf(one, one.frame_count - 1), placeOf(other, other.frame_count - 1));
  return anchors;
}

/** Straight between two anchors, at even speed beyond the outer ones. @param {Anchor[]} anchors @param {number} place */
export function warped(anchors, place) {
  let i = 1;
  while (i < anchors.length - 1 && place >= anchors[i][0]) i += 1;
  if (anchors.length < 2) return place - anchors[0][0] + anchors[0][1];
  const [[x0, y0], [x1, y1]] = [anchors[i - 1], anchors[i]];
  return y0 + ((place - x0) * (y1 - y0)) / (x1 - x0);
}

/** Seconds, or frames where there is no clock. @param {Timed} clip @param {number} frameIndex */
function placeOf({ clock, frame_count }, frameIndex) {
  const inside = clamp(frameIndex, 0, frame_count - 1);
  return timeOfFrame(clock, inside) ?? inside;
}

/** @param {Timed} clip @param {number} place @returns {number} the nearest frame */
function frameNear({ clock, frame_count }, place) {
  if (timeOfFrame(clock, 0) === null) return clamp(Math.round(place), 0, frame_count - 1);
  const before = frameAtTime(clock, place, frame_count);
  const after = Math.min(before + 1, frame_count - 1);
  const away = (/** @type {number} */ frameIndex) => Math.abs((timeOfFrame(clock, frameIndex) ?? 0) - place);
  return away(after) < away(before) - 1e-9 ? after : before;
}
