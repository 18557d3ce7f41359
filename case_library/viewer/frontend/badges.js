/**
 * Clock and scale in a few words, always with whether they can be trusted: colour alone never says it.
 *
 * @typedef {import("./types.js").ClockMessage} ClockMessage
 * @typedef {import("./types.js").ScaleMessage} ScaleMessage
 * @typedef {{ text: string, trusted: boolean, title: string }} Badge
 */

/** @type {Record<string, string>} */
const CLOCK_ORIGINS = {
  frame_time: "Frame Time",
  frame_time_vector: "Frame Time Vector",
  cine_rate: "Cine Rate",
  effective_duration: "Effective Duration",
  recommended_display_frame_rate: "display rate",
  stated_by_user: "stated by a person",
  media_times: "times of the file",
};

/**
 * @param {ClockMessage} clock
 * @returns {Badge}
 */
export function clockBadge(clock) {
  const title = clock.why;
  if (clock.origin === "still" || clock.rate_fps === null) return { text: "still image", trusted: true, title };
  const rate = `${formatRate(clock.rate_fps)} fps${clock.frame_times_s ? " on average" : ""}`;
  if (clock.origin === "assumed") return { text: `assumed ${rate} – not trusted`, trusted: false, title };
  const origin = CLOCK_ORIGINS[clock.origin] ?? clock.origin;
  if (clock.trusted) return { text: `${rate} ✓ ${origin}`, trusted: true, title };
  return { text: `${rate}, ${origin} – not trusted`, trusted: false, title };
}

/**
 * @param {ScaleMessage} scale
 * @returns {Badge}
 */
export function scaleBadge(scale) {
  if (!scale.trusted || scale.mm_per_px === null) return { text: "pixels only", trusted: false, title: scale.why };
  const [x, y] = scale.mm_per_px.map(formatScale);
  const size = x === y ? x : `${x} × ${y}`;
  const origin = scale.region === null ? "stated by a person" : `R${scale.region}`;
  return { text: `${size} mm/px ✓ ${origin}`, trusted: true, title: scale.why };
}

/** @param {number} rate_fps */
export function formatRate(rate_fps) {
  return rate_fps >= 1 ? rate_fps.toFixed(1) : rate_fps.toPrecision(2);
}

/** @param {number} mm_per_px */
function formatScale(mm_per_px) {
  return String(Number(mm_per_px.toPrecision(3)));
}

/**
 * @param {number | null} time_s
 * @returns {string} `2.000 s`; empty for a still
 */
export function formatTime(time_s) {
  return time_s === null ? "" : `${time_s.toFixed(3)} s`;
}
