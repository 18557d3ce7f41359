import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { addressOf } from "../../case_library/viewer/frontend/address.js";
import { COMMANDS, commandOf } from "../../case_library/viewer/frontend/keys.js";
import { AS_STORED, levelsFilter } from "../../case_library/viewer/frontend/levels.js";
import { timeToNeed } from "../../case_library/viewer/frontend/need.js";
import { frameAtX, runs, shareOfFrame } from "../../case_library/viewer/frontend/scrub-strip.js";
import { WheelSteps } from "../../case_library/viewer/frontend/wheel.js";

const wheel = (deltaY, timeStamp = 0, deltaMode = 0) => ({ deltaX: 0, deltaY, deltaMode, timeStamp });

test("one notch of a wheel is one frame, in pixels and in lines", () => {
  const steps = new WheelSteps();
  assert.equal(steps.push(wheel(100)), 1);
  assert.equal(steps.push(wheel(-120)), -1);
  assert.equal(steps.push(wheel(3, 0, 1)), 1);
  assert.equal(steps.push(wheel(80)), 1);
});

test("two notches in one event are two frames", () => {
  assert.equal(new WheelSteps().push(wheel(240)), 2);
});

test("the small deltas of a trackpad add up, and a turn begins anew", () => {
  const steps = new WheelSteps();
  const forth = Array.from({ length: 12 }, (_, k) => steps.push(wheel(10, k * 16)));
  assert.equal(forth.reduce((sum, frames) => sum + frames), 4);
  assert.equal(steps.push(wheel(-10, 200)), 0);
  assert.equal(steps.push(wheel(-10, 216)), 0);
  assert.equal(steps.push(wheel(-10, 232)), -1);
});

test("what a trackpad left over is forgotten after a pause", () => {
  const steps = new WheelSteps();
  steps.push(wheel(25, 0));
  assert.equal(steps.push(wheel(10, 1000)), 0);
});

test("a frame's share of the strip leads back to the frame", () => {
  for (const count of [1, 2, 7, 120, 1000]) {
    for (let frame = 0; frame < count; frame += 1) {
      assert.equal(frameAtX(shareOfFrame(frame, count) * 613, 613, count), frame);
    }
  }
});

test("beside the strip are its ends", () => {
  assert.equal(frameAtX(-50, 600, 120), 0);
  assert.equal(frameAtX(700, 600, 120), 119);
  assert.equal(frameAtX(10, 0, 120), 0);
});

test("runs of loaded frames", () => {
  assert.deepEqual(runs(8, (frame) => [1, 2, 5, 7].includes(frame)), [
    { first: 1, last: 2 },
    { first: 5, last: 5 },
    { first: 7, last: 7 },
  ]);
});

test("the wanted frame is needed first, then what lies ahead of the hand", () => {
  const need = { frameIndex: 50, direction: 1, loop: null };
  const order = [48, 49, 50, 51, 52, 53].sort((a, b) => timeToNeed(a, need) - timeToNeed(b, need));
  assert.deepEqual(order.slice(0, 3), [50, 51, 52]);
  assert.ok(timeToNeed(49, need) > timeToNeed(52, need));
  assert.equal(timeToNeed(49, { ...need, direction: 0 }), timeToNeed(51, { ...need, direction: 0 }));
});

test("in a loop the first frames are ahead of the last ones", () => {
  const need = { frameIndex: 98, direction: 1, loop: { first: 0, last: 99 } };
  assert.equal(timeToNeed(0, need), 2);
  assert.equal(timeToNeed(97, need), 99);
  assert.ok(timeToNeed(120, need) > 99);
});

const key = (name, more = {}) => ({ key: name, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

for (const [event, expected] of [
  [key("ArrowRight"), "nextFrame"],
  [key("ArrowRight", { shiftKey: true }), "tenForward"],
  [key(" "), "togglePlay"],
  [key("?", { shiftKey: true }), "toggleHelp"],
  [key("+", { shiftKey: true }), "zoomIn"],
  [key("F", { shiftKey: true }), "toggleFullscreen"],
  [key("f"), "addFinding"],
  [key("E"), "toggleExact"],
  [key("[", { ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" }), "setIn"],
  [key("e", { ctrlKey: true }), null],
  [key("ArrowLeft", { altKey: true }), "nudgeLeft"],
  [key("l"), "toolLength"],
]) {
  test(`${JSON.stringify(event)} is ${expected}`, () => assert.equal(commandOf(event), expected));
}

test("no key does two things, and the keys of later pages and of Streamlit are free", () => {
  const keys = COMMANDS.flatMap((command) => command.keys);
  assert.equal(new Set(keys).size, keys.length);
  for (const reserved of ["b", "r"]) assert.ok(!keys.includes(reserved));
});

test("Ctrl and the command key are the same, and other shortcuts of the browser stay its own", () => {
  const key = (name, held = {}) => ({ key: name, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held });
  assert.equal(commandOf(key("z", { ctrlKey: true })), "undo");
  assert.equal(commandOf(key("z", { metaKey: true })), "undo");
  assert.equal(commandOf(key("Z", { ctrlKey: true, shiftKey: true })), "redo");
  assert.equal(commandOf(key("c", { ctrlKey: true })), null);
  assert.equal(commandOf(key("p", { metaKey: true })), null);
});

test("levels as stored cost no filter", () => {
  assert.equal(levelsFilter(AS_STORED), "none");
  assert.equal(levelsFilter({ brightness: 150, contrast: 80 }), "brightness(150%) contrast(80%)");
});

test("the address keeps what is not ours", () => {
  const href = "http://localhost:8501/base/case?theme=x&frame=2#top";
  const place = { slug: "case-a", clipId: "clip-2", frameNumber: 61 };
  assert.equal(addressOf(href, place), "http://localhost:8501/base/case?theme=x&frame=61&case=case-a&clip=clip-2#top");
});

test("no module names a place outside this server", async () => {
  const { readdir } = await import("node:fs/promises");
  const folder = new URL("../../case_library/viewer/frontend/", import.meta.url);
  for (const name of await readdir(folder)) {
    const text = await readFile(new URL(name, folder), "utf8");
    const outside = [...text.matchAll(/\b(?:https?|wss?):\/\/[^\s"'`]+/g)].map(([url]) => url);
    assert.deepEqual(outside.filter((url) => url !== "http://www.w3.org/2000/svg"), [], name);
  }
});
