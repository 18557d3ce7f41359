/**
 * Frame index <-> seconds, and which frame a playing clip shows after some elapsed time.
 *
 * Playing is a position in seconds inside one *period* (one pass of the range; for a sweep, there and back), so a
 * slow computer drops frames and never slows the movement down.
 *
 * @typedef {import("./types.js").ClockMessage} ClockMessage
 * @typedef {"loop" | "sweep" | "once"} PlayMode
 * @typedef {{ first: number, last: number }} FrameRange  frame indices, both included
 * @typedef {{ frameIndex: number, direction: 1 | -1, ended: boolean }} PlayState
 */

/** A rounding error must not show the frame before the one whose time has come. */
const EPSILON_S = 1e-9;

/**
 * @param {ClockMessage} clock
 * @param {number} frameIndex
 * @returns {number | null} seconds after the first frame; null for a still
 */
export function timeOfFrame(clock, frameIndex) {
  if (clock.frame_times_s) return clock.frame_times_s[frameIndex] ?? null;
  return clock.frame_time_s === null ? null : frameIndex * clock.frame_time_s;
}

/**
 * @param {ClockMessage} clock
 * @param {number} time_s
 * @param {number} frameCount
 * @returns {number} the last frame whose time has come, clamped to the clip
 */
export function frameAtTime(clock, time_s, frameCount) {
  const times = clock.frame_times_s;
  if (!times) {
    if (clock.frame_time_s === null) return 0;
    return clamp(Math.floor(time_s / clock.frame_time_s + EPSILON_S), 0, frameCount - 1);
  }
  let low = 0;
  let high = Math.min(times.length, frameCount);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time_s + EPSILON_S) low = middle + 1;
    else high = middle;
  }
  return clamp(low - 1, 0, frameCount - 1);
}

/**
 * How long the last frame of a clip is shown: the frame time, or the median interval of an irregular clock.
 *
 * @param {ClockMessage} clock
 * @returns {number} seconds; 0 for a still
 */
export function lastInterval(clock) {
  const times = clock.frame_times_s;
  if (!times) return clock.frame_time_s ?? 0;
  const gaps = times.slice(1).map((time, k) => time - times[k]).sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}

/**
 * @param {ClockMessage} clock
 * @param {FrameRange} range
 * @param {number} frameCount
 * @returns {{ start_s: number, span_s: number, tail_s: number }} time of the first frame of the range, seconds from
 *   there to the last one, and how long the last one is shown
 */
function extent(clock, { first, last }, frameCount) {
  const start_s = timeOfFrame(clock, first) ?? 0;
  const end_s = timeOfFrame(clock, last) ?? 0;
  const next_s = last + 1 < frameCount ? timeOfFrame(clock, last + 1) : null;
  return { start_s, span_s: end_s - start_s, tail_s: next_s === null ? lastInterval(clock) : next_s - end_s };
}

/**
 * Seconds of one period: a loop shows its last frame for its own time; a sweep turns on it and shows each end once.
 *
 * @param {ClockMessage} clock
 * @param {FrameRange} range
 * @param {PlayMode} mode
 * @param {number} frameCount
 */
export function period(clock, range, mode, frameCount) {
  const { span_s, tail_s } = extent(clock, range, frameCount);
  return mode === "sweep" ? 2 * span_s : span_s + tail_s;
}

/**
 * The position at which a frame begins to be shown. A frame outside the range starts the range.
 *
 * @param {ClockMessage} clock
 * @param {FrameRange} range
 * @param {PlayMode} mode
 * @param {number} frameIndex
 * @param {1 | -1} direction
 * @param {number} frameCount
 * @returns {number} seconds into the period
 */
export function positionOfFrame(clock, range, mode, frameIndex, direction, frameCount) {
  if (frameIndex < range.first || frameIndex > range.last) return 0;
  const { start_s, span_s } = extent(clock, range, frameCount);
  const ahead_s = (timeOfFrame(clock, frameIndex) ?? 0) - start_s;
  const returning = mode === "sweep" && direction < 0 && frameIndex > range.first;
  return returning ? 2 * span_s - ahead_s : ahead_s;
}

/**
 * Which frame is on screen at a position.
 *
 * @param {ClockMessage} clock
 * @param {FrameRange} range
 * @param {PlayMode} mode
 * @param {number} position_s  seconds since the period began; may run past it, and below 0 counts as 0 (the time
 *   stamp of an animation frame can lie before the moment at which play was pressed)
 * @param {number} frameCount
 * @returns {PlayState}
 */
export function frameAtPosition(clock, range, mode, position_s, frameCount) {
  const period_s = period(clock, range, mode, frameCount);
  if (!(period_s > 0)) return { frameIndex: range.first, direction: 1, ended: mode === "once" };
  const position = Math.max(0, position_s);
  if (mode === "once" && position >= period_s) return { frameIndex: range.last, direction: 1, ended: true };
  const { start_s, span_s } = extent(clock, range, frameCount);
  const inside = (position + EPSILON_S) % period_s;
  if (mode === "sweep" && inside + EPSILON_S >= span_s) {
    // Time runs backwards here, so a frame comes on at its own time and stays until the one before it.
    const back_s = start_s + 2 * span_s - inside;
    const below = frameAtTime(clock, back_s, frameCount);
    const late = back_s > (timeOfFrame(clock, below) ?? 0) + 2 * EPSILON_S;
    return { frameIndex: clamp(late ? below + 1 : below, range.first, range.last), direction: -1, ended: false };
  }
  const frameIndex = clamp(frameAtTime(clock, start_s + inside, frameCount), range.first, range.last);
  return { frameIndex, direction: 1, ended: false };
}

/**
 * The frames a file wants to be played: its trim where it is usable, else all.
 *
 * @param {import("./types.js").PlaybackMessage} playback
 * @param {number} frameCount
 * @returns {FrameRange}
 */
export function trimRange(playback, frameCount) {
  const first = (playback.start_frame ?? 1) - 1;
  const last = (playback.stop_frame ?? frameCount) - 1;
  const usable = first >= 0 && last < frameCount && first < last;
  return usable ? { first, last } : { first: 0, last: frameCount - 1 };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
