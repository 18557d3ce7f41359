import assert from "node:assert/strict";
import { test } from "node:test";

import { clockBadge, formatTime, scaleBadge } from "../../case_library/viewer/frontend/badges.js";
import { contents } from "../../case_library/viewer/frontend/gallery-card.js";
import { RefusedError, SessionExpiredError, UnreachableError } from "../../case_library/viewer/frontend/http.js";
import { troubleOf } from "../../case_library/viewer/frontend/trouble.js";

const clock = (more) => ({ why: "because", frame_time_s: 1 / 30, frame_times_s: null, rate_fps: 30, trusted: true, ...more });

for (const [message, text, trusted] of [
  [clock({ origin: "frame_time" }), "30.0 fps ✓ Frame Time", true],
  [clock({ origin: "frame_time_vector", frame_times_s: [0, 1] }), "30.0 fps on average ✓ Frame Time Vector", true],
  [clock({ origin: "assumed", trusted: false }), "assumed 30.0 fps – not trusted", false],
  [clock({ origin: "cine_rate", trusted: false }), "30.0 fps, Cine Rate – not trusted", false],
  [clock({ origin: "still", rate_fps: null }), "still image", true],
]) {
  test(`clock: ${text}`, () => assert.deepEqual(clockBadge(message), { text, trusted, title: "because" }));
}

const scale = (more) => ({ origin: "us_region", why: "because", trusted: true, region: 1, mm_per_px: [0.125, 0.125], ...more });

for (const [message, text, trusted] of [
  [scale({}), "0.125 mm/px ✓ R1", true],
  [scale({ mm_per_px: [0.0625, 0.07051] }), "0.0625 × 0.0705 mm/px ✓ R1", true],
  [scale({ trusted: false, mm_per_px: null }), "pixels only", false],
  [scale({ trusted: false, origin: "pixel_spacing", region: null }), "pixels only", false],
]) {
  test(`scale: ${text}, ${message.origin}`, () => {
    assert.deepEqual(scaleBadge(message), { text, trusted, title: "because" });
  });
}

test("times have milliseconds, and a still has none", () => {
  assert.equal(formatTime(2), "2.000 s");
  assert.equal(formatTime(null), "");
});

for (const [entry, text] of [
  [{ clip_count: 1, frame_count_max: 120, moving: true }, "1 clip · 120 frames"],
  [{ clip_count: 4, frame_count_max: 120, moving: true }, "4 clips · up to 120 frames"],
  [{ clip_count: 1, frame_count_max: 1, moving: false }, "1 still"],
  [{ clip_count: 0, frame_count_max: 0, moving: false }, "no clips yet"],
]) {
  test(`card: ${text}`, () => assert.equal(contents(entry), text));
}

test("every trouble has a remedy", () => {
  assert.equal(troubleOf(new SessionExpiredError()).remedy, "reload");
  assert.match(troubleOf(new SessionExpiredError()).text, /session has expired/i);
  assert.equal(troubleOf(new UnreachableError()).remedy, "retry");
  const refused = troubleOf(new RefusedError("a codec is missing."));
  assert.ok(refused.framesRemain);
  assert.match(refused.text, /\(a codec is missing\)\. Its frames come one by one\./);
});
