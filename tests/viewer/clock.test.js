import assert from "node:assert/strict";
import { test } from "node:test";

import {
  frameAtPosition,
  frameAtTime,
  lastInterval,
  period,
  positionOfFrame,
  timeOfFrame,
  trimRange,
} from "../../case_library/viewer/frontend/clock.js";

const REGULAR = { frame_time_s: 0.04, frame_times_s: null };
const IRREGULAR = { frame_time_s: null, frame_times_s: [0, 0.1, 0.15, 0.4, 0.5] };
const STILL = { frame_time_s: null, frame_times_s: null };
const ALL = { first: 0, last: 4 };

for (const [name, clock] of [["regular", REGULAR], ["irregular", IRREGULAR]]) {
  test(`a frame of a ${name} clock is on screen from its own time on`, () => {
    for (let frame = 0; frame < 5; frame += 1) {
      assert.equal(frameAtTime(clock, timeOfFrame(clock, frame), 5), frame);
      assert.equal(frameAtTime(clock, timeOfFrame(clock, frame) + 0.03, 5), frame);
      if (frame > 0) assert.equal(frameAtTime(clock, timeOfFrame(clock, frame) - 0.001, 5), frame - 1);
    }
  });

  test(`play of a ${name} clock starts on the frame that it is started from`, () => {
    for (const mode of ["loop", "sweep", "once"]) {
      for (let frame = 0; frame < 5; frame += 1) {
        for (const direction of mode === "sweep" ? [1, -1] : [1]) {
          const position = positionOfFrame(clock, ALL, mode, frame, direction, 5);
          assert.equal(frameAtPosition(clock, ALL, mode, position, 5).frameIndex, frame, `${mode} ${direction} ${frame}`);
        }
      }
    }
  });
}

test("times outside the clip show its first and last frame", () => {
  assert.equal(frameAtTime(REGULAR, -1, 5), 0);
  assert.equal(frameAtTime(REGULAR, 99, 5), 4);
  assert.equal(frameAtTime(IRREGULAR, 99, 5), 4);
});

test("ten million frame times show ten million frames, whatever rounding does", () => {
  for (const rate of [15, 24, 29.97, 30, 59.94, 60]) {
    const clock = { frame_time_s: 1 / rate, frame_times_s: null };
    for (const frame of [1, 7, 119, 99_999, 9_999_999]) {
      assert.equal(frameAtTime(clock, frame / rate, 10_000_000), frame);
    }
  }
});

test("a still has no time and no period", () => {
  assert.equal(timeOfFrame(STILL, 0), null);
  assert.equal(period(STILL, { first: 0, last: 0 }, "loop", 1), 0);
  assert.equal(frameAtPosition(STILL, { first: 0, last: 0 }, "loop", 5, 1).frameIndex, 0);
});

test("the last frame of an irregular clock is shown for the median interval", () => {
  assert.equal(lastInterval(IRREGULAR).toFixed(3), "0.100");
});

test("a loop shows every frame for its own time, the last one too", () => {
  assert.equal(period(REGULAR, ALL, "loop", 5).toFixed(3), "0.200");
  const frames = [0, 0.039, 0.04, 0.159, 0.16, 0.199, 0.2, 1.0].map(
    (position) => frameAtPosition(REGULAR, ALL, "loop", position, 5).frameIndex,
  );
  assert.deepEqual(frames, [0, 0, 1, 3, 4, 4, 0, 0]);
});

test("a sweep turns on its ends and shows each of them once", () => {
  const clock = { frame_time_s: 1, frame_times_s: null };
  const seen = [];
  for (let second = 0; second < 9; second += 1) {
    const { frameIndex, direction } = frameAtPosition(clock, ALL, "sweep", second + 0.5, 5);
    seen.push(`${frameIndex}${direction > 0 ? ">" : "<"}`);
  }
  assert.deepEqual(seen, ["0>", "1>", "2>", "3>", "4<", "3<", "2<", "1<", "0>"]);
});

test("a sweep of an irregular clock goes back in the same rhythm", () => {
  const { frame_times_s: times } = IRREGULAR;
  const span = times[4];
  for (let frame = 1; frame < 4; frame += 1) {
    const comesOn = 2 * span - times[frame];
    assert.equal(frameAtPosition(IRREGULAR, ALL, "sweep", comesOn + 0.001, 5).frameIndex, frame);
    assert.equal(frameAtPosition(IRREGULAR, ALL, "sweep", comesOn - 0.001, 5).frameIndex, frame + 1);
  }
});

test("once ends on the last frame of its range and says so", () => {
  const range = { first: 1, last: 3 };
  assert.deepEqual(frameAtPosition(REGULAR, range, "once", 0.119, 5), { frameIndex: 3, direction: 1, ended: false });
  assert.deepEqual(frameAtPosition(REGULAR, range, "once", 0.12, 5), { frameIndex: 3, direction: 1, ended: true });
});

test("playing never leaves the range", () => {
  const range = { first: 1, last: 3 };
  for (const clock of [REGULAR, IRREGULAR]) {
    for (const mode of ["loop", "sweep", "once"]) {
      for (let position = -0.1; position < 3; position += 0.013) {
        const { frameIndex } = frameAtPosition(clock, range, mode, position, 5);
        assert.ok(frameIndex >= 1 && frameIndex <= 3, `${mode} at ${position}: ${frameIndex}`);
      }
    }
  }
});

test("an animation frame from before the press of play shows the frame it was pressed on", () => {
  assert.equal(frameAtPosition(REGULAR, ALL, "loop", -0.01, 5).frameIndex, 0);
});

for (const [name, start, stop, expected] of [
  ["none", null, null, { first: 0, last: 9 }],
  ["usable", 3, 7, { first: 2, last: 6 }],
  ["beyond the clip", 3, 70, { first: 0, last: 9 }],
  ["reversed", 7, 3, { first: 0, last: 9 }],
  ["of one frame", 4, 4, { first: 0, last: 9 }],
]) {
  test(`trim: ${name}`, () => {
    assert.deepEqual(trimRange({ start_frame: start, stop_frame: stop }, 10), expected);
  });
}
