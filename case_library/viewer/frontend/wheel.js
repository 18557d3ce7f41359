/** Wheel events -> whole frames: one per notch of a mouse wheel, and a trackpad's many small deltas added up. */
const NOTCH_PX = 100;
const TRACKPAD_PX_PER_FRAME = 30;
const LINE_PX = 40;
const PAUSE_MS = 250;

export class WheelSteps {
  #sum = 0;
  #last_ms = -Infinity;

  /**
   * @param {{ deltaX: number, deltaY: number, deltaMode: number, timeStamp: number }} event
   * @returns {number} frames to go, forward positive; mostly 0 on a trackpad
   */
  push({ deltaX, deltaY, deltaMode, timeStamp }) {
    const raw = Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : deltaY;
    const delta = deltaMode === 0 ? raw : raw * LINE_PX;
    if (Math.abs(delta) >= NOTCH_PX / 2) {
      this.#sum = 0;
      return Math.sign(delta) * Math.max(1, Math.floor(Math.abs(delta) / NOTCH_PX));
    }
    const turned = delta * this.#sum < 0;
    if (turned || timeStamp - this.#last_ms > PAUSE_MS) this.#sum = 0;
    this.#last_ms = timeStamp;
    this.#sum += delta;
    const frames = Math.trunc(this.#sum / TRACKPAD_PX_PER_FRAME);
    this.#sum -= frames * TRACKPAD_PX_PER_FRAME;
    return frames + 0;
  }
}
