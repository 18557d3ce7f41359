/**
 * How many of the frames that were due were shown, over the last second or so.
 *
 * A display that cannot keep up drops frames; the user is told when more than `TOLERANCE` of them are missing.
 */
const WINDOW_MS = 1000;
export const TOLERANCE = 0.05;

export class RateMeter {
  /** @type {{ at_ms: number, due: number, shown: number }[]} */
  #ticks = [];

  reset() {
    this.#ticks = [];
  }

  /**
   * @param {number} at_ms
   * @param {number} due    frames by which the clock has moved on since the last call
   * @param {number} shown  frames painted since the last call
   */
  tick(at_ms, due, shown) {
    this.#ticks.push({ at_ms, due, shown });
    while (this.#ticks[0].at_ms < at_ms - WINDOW_MS) this.#ticks.shift();
  }

  /**
   * @param {number} rate_fps  the rate that was asked for
   * @returns {number | null} the achieved rate where it is off by more than the tolerance, else null
   */
  shortfall(rate_fps) {
    const first = this.#ticks[0];
    const last = this.#ticks.at(-1);
    if (!first || !last || last.at_ms - first.at_ms < 0.8 * WINDOW_MS) return null;
    let due = 0;
    let shown = 0;
    for (const tick of this.#ticks.slice(1)) {
      due += tick.due;
      shown += tick.shown;
    }
    return due > 0 && shown < due * (1 - TOLERANCE) ? (rate_fps * shown) / due : null;
  }
}
