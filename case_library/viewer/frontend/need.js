/**
 * How soon a frame will be needed, seen from the one that is wanted now.
 *
 * @typedef {object} Need
 * @property {number} frameIndex  wanted now
 * @property {-1 | 0 | 1} direction  which way the hand or the playback goes; 0 where it stands still
 * @property {import("./clock.js").FrameRange | null} loop  the range that is being looped through, else null
 */

/** Behind the hand is needed too: hands turn round. */
const BEHIND = 3;

/**
 * @param {number} frameIndex
 * @param {Need} need
 * @returns {number} frames until it is needed, roughly; 0 for the wanted one
 */
export function timeToNeed(frameIndex, { frameIndex: wanted, direction, loop }) {
  const ahead = frameIndex - wanted;
  if (loop && wanted >= loop.first && wanted <= loop.last) {
    const length = loop.last - loop.first + 1;
    if (frameIndex < loop.first || frameIndex > loop.last) return length + Math.abs(ahead);
    return (ahead + length) % length;
  }
  if (direction === 0) return Math.abs(ahead);
  return ahead * direction >= 0 ? Math.abs(ahead) : BEHIND * Math.abs(ahead);
}
