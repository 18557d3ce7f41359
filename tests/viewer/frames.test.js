import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { DecodedFrames } from "../../case_library/viewer/frontend/decoded-frames.js";
import { FrameStore } from "../../case_library/viewer/frontend/frame-store.js";
import { RefusedError, SessionExpiredError, UnreachableError, ask, withRetry } from "../../case_library/viewer/frontend/http.js";
import { Scope } from "../../case_library/viewer/frontend/scope.js";

const { fetch: realFetch, createImageBitmap: realDecode } = globalThis;
afterEach(() => {
  globalThis.fetch = realFetch;
  globalThis.createImageBitmap = realDecode;
});

const bitmap = (size = 10) => {
  const made = { width: size, height: size, closed: false, close: () => (made.closed = true) };
  return made;
};
const owner = (wanted = 0) => ({ cost: (frame) => Math.abs(frame - wanted) });

test("the limit holds, and what is needed last goes first", () => {
  const frames = new DecodedFrames(5 * 400);
  const clip = owner(10);
  frames.activate(clip);
  const made = new Map();
  for (let frame = 0; frame < 20; frame += 1) {
    made.set(frame, bitmap());
    frames.put(clip, frame, made.get(frame));
    assert.ok(frames.bytes <= 5 * 400);
  }
  assert.deepEqual([...frames.indices(clip)].sort((a, b) => a - b), [8, 9, 10, 11, 12]);
  assert.equal([...made.values()].filter((one) => one.closed).length, 15);
});

test("the frame on screen is never closed", () => {
  const frames = new DecodedFrames(2 * 400);
  const clip = owner(100);
  frames.activate(clip);
  const shown = bitmap();
  frames.put(clip, 0, shown);
  frames.pin(shown);
  for (let frame = 90; frame < 100; frame += 1) frames.put(clip, frame, bitmap());
  assert.equal(shown.closed, false);
});

test("a clip that is not on screen gives way first", () => {
  const frames = new DecodedFrames(3 * 400);
  const shown = owner(0);
  const other = owner(0);
  frames.activate(shown);
  frames.put(shown, 50, bitmap());
  frames.put(other, 0, bitmap());
  frames.put(shown, 60, bitmap());
  frames.put(shown, 70, bitmap());
  assert.deepEqual([...frames.indices(other)], []);
  assert.deepEqual([...frames.indices(shown)], [50, 60, 70]);
});

test("a frame that would be the first to go is not decoded at all", () => {
  const frames = new DecodedFrames(2 * 400);
  const clip = owner(0);
  frames.activate(clip);
  frames.put(clip, 0, bitmap());
  frames.put(clip, 5, bitmap());
  assert.equal(frames.admits(clip, 9, 400), false);
  assert.equal(frames.admits(clip, 3, 400), true);
});

/** A pack of 40 frames of one byte each, in segments of 8, served by a fake `fetch`. */
function servePack({ hold = () => null, asked = [] } = {}) {
  const segments = Array.from({ length: 5 }, (_, k) => ({ first: 8 * k, lengths: Array(8).fill(1) }));
  const index = { format: 1, frame_count: 40, columns: 10, rows: 10, media_type: "image/jpeg", passed_through: true, segments };
  globalThis.fetch = async (url, { headers }) => {
    asked.push(url);
    assert.equal(headers.Authorization, "Bearer secret");
    const answer = await hold(url);
    if (answer) return answer;
    if (url.endsWith("/index")) return Response.json(index);
    const segment = Number(url.split("/").at(-1));
    return new Response(Uint8Array.from({ length: 8 }, (_, k) => 8 * segment + k));
  };
  globalThis.createImageBitmap = async () => bitmap();
  return asked;
}

function openStore(events = {}) {
  const clip = { clip_id: "clip-1", frame_count: 40, columns: 10, rows: 10, url: "/api/clips/k/", token: "secret", pack: null };
  const nothing = () => {};
  return new FrameStore(clip, new DecodedFrames(1e6), {
    decoded: nothing,
    loaded: nothing,
    building: nothing,
    waiting: nothing,
    failed: nothing,
    ...events,
  });
}

test("the wanted segment is fetched first, then outwards, each once", async () => {
  const asked = servePack();
  const store = openStore();
  store.want({ frameIndex: 20, direction: 0, loop: null });
  store.activate();
  await store.allReady;
  assert.deepEqual(asked, ["index", "segments/2", "segments/3", "segments/1", "segments/4", "segments/0"].map((end) => `/api/clips/k/${end}`));
  for (let frame = 0; frame < 40; frame += 1) assert.ok(store.has(frame));
  store.destroy();
});

test("a pack that is being made is asked for again, and its progress is told", async () => {
  let polls = 0;
  servePack({ hold: (url) => (url.endsWith("/index") && (polls += 1) < 3 ? Response.json({ state: "building", done: polls, total: 40 }, { status: 202 }) : null) });
  const progress = [];
  const store = openStore({ building: (done, total) => progress.push([done, total]) });
  store.activate();
  await store.allReady;
  assert.deepEqual(progress, [[1, 40], [2, 40]]);
  store.destroy();
});

test("one broken frame leaves the others", async () => {
  servePack();
  let decodes = 0;
  globalThis.createImageBitmap = async () => {
    decodes += 1;
    if (decodes === 3) throw new Error("no picture");
    return bitmap();
  };
  const done = Promise.withResolvers?.() ?? {};
  const seen = new Set();
  const all = new Promise((resolve) => (done.resolve = resolve));
  const store = openStore({ decoded: (frame) => seen.add(frame).size === 40 && done.resolve() });
  store.activate();
  await all;
  const broken = Array.from({ length: 40 }, (_, frame) => frame).filter((frame) => store.broken(frame));
  assert.equal(broken.length, 1);
  assert.match(store.broken(broken[0]), /damaged/);
  store.destroy();
});

test("a picture of another size is not shown as this clip's", async () => {
  servePack();
  globalThis.createImageBitmap = async () => bitmap(12);
  const first = Promise.withResolvers?.() ?? {};
  const told = new Promise((resolve) => (first.resolve = resolve));
  const store = openStore({ decoded: () => first.resolve() });
  store.activate();
  await told;
  assert.match(store.broken(0), /12 × 12 pixels where the clip has 10 × 10/);
  store.destroy();
});

test("an expired session is told at once and not asked again", async () => {
  const asked = servePack({ hold: () => new Response("{}", { status: 403 }) });
  const error = await new Promise((resolve) => openStore({ failed: resolve }).activate());
  assert.ok(error instanceof SessionExpiredError);
  assert.equal(asked.length, 1);
});

test("a server's reason is passed on", async () => {
  servePack({ hold: () => Response.json({ state: "failed", error: "a codec is missing" }, { status: 422 }) });
  const error = await new Promise((resolve) => openStore({ failed: resolve }).activate());
  assert.ok(error instanceof RefusedError);
  assert.equal(error.message, "a codec is missing");
});

test("a start page instead of an index is refused", async () => {
  servePack({ hold: () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }) });
  const error = await new Promise((resolve) => openStore({ failed: resolve }).activate());
  assert.ok(error instanceof RefusedError);
});

test("a line that is cut in the middle of a segment is asked again", async () => {
  let cuts = 0;
  servePack({ hold: (url) => (url.endsWith("segments/1") && (cuts += 1) === 1 ? new Response(new Uint8Array(3)) : null) });
  let waits = 0;
  const store = openStore({ waiting: () => (waits += 1) });
  store.activate();
  await store.allReady;
  assert.equal(cuts, 2);
  assert.equal(waits, 1);
  store.destroy();
});

test("only what may be better next time is tried again", async () => {
  const { signal } = new AbortController();
  let tries = 0;
  const refused = () => {
    tries += 1;
    throw new RefusedError("no");
  };
  await assert.rejects(withRetry(refused, signal), RefusedError);
  assert.equal(tries, 1);
  globalThis.fetch = async () => {
    throw new TypeError("network");
  };
  await assert.rejects(ask("/x", { token: "t", signal }), UnreachableError);
});

test("leaving ends everything that a scope owns, once", () => {
  const scope = new Scope();
  const child = scope.child();
  const target = new EventTarget();
  let heard = 0;
  let ended = 0;
  scope.listen(target, "x", () => (heard += 1));
  child.add(() => (ended += 1));
  child.after(1, () => assert.fail("a timer outlived its scope"));
  target.dispatchEvent(new Event("x"));
  scope.dispose();
  scope.dispose();
  target.dispatchEvent(new Event("x"));
  assert.deepEqual([heard, ended, scope.disposed, child.disposed], [1, 1, true, true]);
});
