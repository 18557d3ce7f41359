import assert from "node:assert/strict";
import { test } from "node:test";

import { Playback } from "../../case_library/viewer/frontend/playback.js";
import { RateMeter } from "../../case_library/viewer/frontend/rate-meter.js";

const clipOf = (playback = {}, frame_count = 120) => ({
  frame_count,
  clock: { frame_time_s: 1 / 30, frame_times_s: null, rate_fps: 30 },
  playback: { display_rate_fps: null, start_frame: null, stop_frame: null, sequencing: "loop", ...playback },
});

test("the frame follows from the elapsed time alone: a late tick drops frames and slows nothing", () => {
  const playback = new Playback(clipOf());
  playback.start(0, 1000);
  assert.equal(playback.frameAt(1000), 0);
  assert.equal(playback.frameAt(1100), 3);
  assert.equal(playback.frameAt(3000), 60);
  assert.equal(playback.frameAt(1000 + 4000 + 500), 15);
});

test("the file's trim and sequencing are where it begins", () => {
  const playback = new Playback(clipOf({ start_frame: 11, stop_frame: 20, sequencing: "sweep" }));
  assert.equal(playback.mode, "sweep");
  assert.deepEqual(playback.range, { first: 10, last: 19 });
  assert.ok(playback.isTrim && !playback.isWholeRange);
});

test("clearing plays all frames, and clearing again takes the file's trim back", () => {
  const playback = new Playback(clipOf({ start_frame: 11, stop_frame: 20 }));
  playback.change({ range: playback.clearedRange() }, 0, 0);
  assert.ok(playback.isWholeRange);
  playback.change({ range: playback.clearedRange() }, 0, 0);
  assert.ok(playback.isTrim);
});

test("in and out points make room for each other", () => {
  const playback = new Playback(clipOf());
  playback.change({ range: playback.rangeTo(40) }, 0, 0);
  assert.deepEqual(playback.rangeFrom(20), { first: 20, last: 40 });
  assert.deepEqual(playback.rangeFrom(50), { first: 50, last: 119 });
  playback.change({ range: playback.rangeFrom(50) }, 0, 0);
  assert.deepEqual(playback.rangeTo(30), { first: 0, last: 30 });
});

test("a range of one frame is not made", () => {
  const playback = new Playback(clipOf());
  assert.deepEqual(playback.rangeFrom(119), { first: 0, last: 119 });
  assert.deepEqual(playback.rangeTo(0), { first: 0, last: 119 });
});

test("another speed goes on from the same frame", () => {
  const playback = new Playback(clipOf());
  playback.start(0, 0);
  assert.equal(playback.frameAt(1000), 30);
  playback.change({ speed: 0.5 }, 30, 1000);
  assert.equal(playback.frameAt(1000), 30);
  assert.equal(playback.frameAt(2000), 45);
  playback.change({ speed: 4 }, 45, 2000);
  assert.equal(playback.frameAt(2500), 105);
});

test("once stops by itself and starts again from the first frame", () => {
  const playback = new Playback(clipOf());
  playback.change({ mode: "once" }, 0, 0);
  playback.start(100, 0);
  assert.equal(playback.frameAt(5000), 119);
  assert.equal(playback.playing, false);
  playback.start(119, 6000);
  assert.equal(playback.frameAt(6000), 0);
});

test("a sweep that was stopped on its way back goes on backwards", () => {
  const playback = new Playback(clipOf({ sequencing: "sweep" }));
  playback.start(118, 0);
  const back = playback.frameAt(500);
  assert.equal(playback.direction, -1);
  playback.stop();
  playback.start(back, 9000);
  assert.ok(playback.frameAt(9100) < back);
});

test("starting outside the range starts the range", () => {
  const playback = new Playback(clipOf({ start_frame: 11, stop_frame: 20 }));
  playback.start(100, 0);
  assert.equal(playback.frameAt(0), 10);
});

test("a still does not move", () => {
  const still = { ...clipOf({}, 1), clock: { frame_time_s: null, frame_times_s: null, rate_fps: null } };
  assert.equal(new Playback(still).movable, false);
});

test("a shortfall is told only beyond five per cent", () => {
  const run = (shownOf) => {
    const meter = new RateMeter();
    for (let k = 0; k <= 60; k += 1) meter.tick(k * 33, 1, shownOf(k));
    return meter.shortfall(30);
  };
  assert.equal(run(() => 1), null);
  assert.equal(run((k) => (k === 40 ? 0 : 1)), null);
  const half = run((k) => k % 2);
  assert.ok(half !== null && Math.abs(half - 15) < 1);
});

test("nothing is said about the rate in the first moments", () => {
  const meter = new RateMeter();
  for (let k = 0; k < 10; k += 1) meter.tick(k * 33, 1, 0);
  assert.equal(meter.shortfall(30), null);
});
