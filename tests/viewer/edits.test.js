import assert from "node:assert/strict";
import { test } from "node:test";

import { Autosave } from "../../case_library/viewer/frontend/autosave.js";
import { CaseDocument, alike, frameAt, newItemId } from "../../case_library/viewer/frontend/edits.js";

const PHASES = "clips/clip-1/phases";
const item = (item_id, more = {}) => ({ item_id, ...more });
const lists = (findings = [], phases = []) => ({ findings, measurements: [], [PHASES]: phases });

function opened(findings = [item("f1", { text: "one" }), item("f2", { text: "two" })]) {
  const document = new CaseDocument();
  document.editable = true;
  document.load(5, lists(findings));
  return document;
}

const ids = (document) => document.items("findings").map(({ item_id }) => item_id);

test("what is unsaved is the difference to what the server has", () => {
  const document = opened();
  assert.deepEqual(document.unsaved(), []);
  document.put("findings", item("f1", { text: "other" }), "Write");
  document.remove("findings", "f2", "Remove");
  document.put(PHASES, item("p1"), "Draw");
  assert.deepEqual(document.unsaved(), [
    { list: "findings", item_id: "f1", item: item("f1", { text: "other" }), index: 0 },
    { list: "findings", item_id: "f2", item: null },
    { list: PHASES, item_id: "p1", item: item("p1"), index: 0 },
  ]);
  while (document.undoLabel) document.undo();
  assert.deepEqual(document.unsaved(), []);
});

test("undo puts a removed item back where it was, and redo takes it again", () => {
  const document = opened();
  document.remove("findings", "f1", "Remove");
  assert.deepEqual(ids(document), ["f2"]);
  assert.equal(document.undoLabel, "Remove");
  document.undo();
  assert.deepEqual(ids(document), ["f1", "f2"]);
  assert.equal(document.redoLabel, "Remove");
  document.redo();
  assert.deepEqual(ids(document), ["f2"]);
});

test("a gesture is one step, however many moves it had", () => {
  const document = opened();
  document.begin("Drag");
  for (let x = 1; x <= 50; x += 1) document.put("findings", item("f1", { x }), "move");
  assert.equal(document.busy, true);
  document.end();
  assert.equal(document.get("findings", "f1").x, 50);
  document.undo();
  assert.equal(document.get("findings", "f1").text, "one");
  document.redo();
  assert.equal(document.get("findings", "f1").x, 50);
});

test("a gesture that is cancelled was never there", () => {
  const document = opened();
  document.begin("Drag");
  document.put("findings", item("f3"), "new");
  document.remove("findings", "f1", "old");
  document.cancel();
  assert.deepEqual(ids(document), ["f1", "f2"]);
  assert.equal(document.undoLabel, null);
});

test("a reader who may change nothing changes nothing", () => {
  const document = opened();
  document.editable = false;
  document.remove("findings", "f1", "Remove");
  assert.deepEqual(ids(document), ["f1", "f2"]);
});

test("what was changed again while it was saved is saved again", () => {
  const document = opened();
  document.put("findings", item("f1", { text: "first" }), "Write");
  const sent = document.unsaved();
  document.put("findings", item("f1", { text: "second" }), "Write");
  document.saved(6, sent, { findings: { f1: item("f1", { text: "first" }) } });
  assert.equal(document.revision, 6);
  assert.equal(document.get("findings", "f1").text, "second");
  assert.equal(document.unsaved().length, 1);
});

test("what the server adds is taken over and is no change", () => {
  const document = opened();
  document.put(PHASES, item("p1", { first: frameAt(0) }), "Draw");
  const stored = item("p1", { first: { frame_number: 1, stored_sha256: "ab" } });
  document.saved(6, document.unsaved(), { [PHASES]: { p1: stored } });
  assert.equal(document.get(PHASES, "p1"), stored);
  assert.deepEqual(document.unsaved(), []);
});

test("two versions are alike whatever the server adds and whatever is empty", () => {
  assert.ok(alike(item("a", { b: 1, c: null, d: [], e: "", g: false }), item("a", { b: 1 })));
  const named = item("a", { f: { frame_number: 2, sop_instance_uid: "1.2" } });
  assert.ok(alike(named, { f: { frame_number: 2 }, item_id: "a" }));
  assert.ok(!alike(item("a", { b: 1 }), item("a", { b: 2 })));
  assert.ok(!alike(item("a"), null));
});

test("two people who changed different items keep both", () => {
  const document = opened();
  document.put("findings", item("f1", { text: "mine" }), "Write");
  document.put("findings", item("f3"), "Add");
  const meeting = document.meet(9, lists([item("f1", { text: "one" }), item("f2", { text: "theirs" }), item("f4")]));
  assert.deepEqual(meeting.conflicts, []);
  assert.deepEqual(meeting.theirs.map(({ item_id }) => item_id), ["f2", "f4"]);
  assert.equal(document.revision, 9);
  assert.deepEqual(ids(document).sort(), ["f1", "f2", "f3", "f4"]);
  assert.equal(document.get("findings", "f1").text, "mine");
  assert.deepEqual(document.unsaved().map(({ item_id }) => item_id).sort(), ["f1", "f3"]);
});

test("one item that both changed is a conflict with both versions at hand", () => {
  const document = opened();
  document.put("findings", item("f1", { text: "mine" }), "Write");
  const { conflicts } = document.meet(9, lists([item("f1", { text: "theirs" }), item("f2", { text: "two" })]));
  assert.deepEqual(conflicts, [
    {
      list: "findings",
      item_id: "f1",
      base: item("f1", { text: "one" }),
      mine: item("f1", { text: "mine" }),
      theirs: item("f1", { text: "theirs" }),
    },
  ]);
  assert.equal(document.get("findings", "f1").text, "mine");
});

test("what both did alike is no conflict: so looks a save whose answer was lost", () => {
  const document = opened();
  document.put(PHASES, item("p1", { first: frameAt(3) }), "Draw");
  document.remove("findings", "f2", "Remove");
  const stored = item("p1", { first: { frame_number: 4, stored_sha256: "ab" }, name: "" });
  const meeting = document.meet(6, lists([item("f1", { text: "one" })], [stored]));
  assert.deepEqual(meeting, { conflicts: [], theirs: [], mine: [] });
  assert.deepEqual(document.unsaved(), []);
});

test("an identity is never used twice and fits the case format", () => {
  const made = new Set(Array.from({ length: 1000 }, () => newItemId("phase")));
  assert.equal(made.size, 1000);
  for (const id of made) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
});

// Saving ----------------------------------------------------------------------------------------------------------

class Desk {
  constructor(document, answers) {
    this.document = document;
    this.answers = answers;
    this.sent = [];
    this.states = [];
    this.kept = null;
    this.timers = new Set();
    this.autosave = new Autosave({
      document,
      send: async (body) => {
        this.sent.push(structuredClone(body));
        const answer = this.answers.shift();
        return typeof answer === "function" ? answer(body) : answer;
      },
      changed: (state) => this.states.push(state.why ? `${state.kind}: ${state.why}` : state.kind),
      keep: (unsaved) => {
        this.kept = unsaved && structuredClone(unsaved);
      },
      after: (delay_ms, call) => {
        const timer = { delay_ms, call };
        this.timers.add(timer);
        return () => this.timers.delete(timer);
      },
    });
  }

  async rest() {
    const [timer] = this.timers;
    this.timers.delete(timer);
    timer.call();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const taken = ({ based_on }) => ({ kind: "saved", revision: based_on + 1, items: {} });

test("many changes are one save, when the hands rest", async () => {
  const desk = new Desk(opened(), [taken]);
  for (let k = 0; k < 9; k += 1) desk.document.put("findings", item("f1", { k }), "Write");
  assert.equal(desk.timers.size, 1);
  assert.equal(desk.sent.length, 0);
  await desk.rest();
  assert.equal(desk.sent.length, 1);
  assert.deepEqual(desk.states, ["unsaved", "saving", "saved"]);
  assert.equal(desk.kept, null);
});

test("nothing is saved in the middle of a gesture", async () => {
  const desk = new Desk(opened(), [taken]);
  desk.document.begin("Drag");
  desk.document.put("findings", item("f1", { k: 1 }), "Write");
  assert.equal(desk.timers.size, 0);
  desk.document.end();
  await desk.rest();
  assert.equal(desk.sent.length, 1);
});

test("a server that does not answer is asked again, and nothing is lost", async () => {
  const desk = new Desk(opened(), [{ kind: "unreachable" }, { kind: "expired" }, taken]);
  desk.document.put("findings", item("f1", { k: 1 }), "Write");
  await desk.rest();
  assert.equal(desk.states.at(-1), "failed: The case library does not answer");
  assert.equal(desk.kept.changes.length, 1);
  await desk.rest();
  desk.autosave.retry();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(desk.states.at(-1), "saved");
  assert.equal(desk.document.revision, 6);
});

test("what the server refuses is named, and not asked again until it is changed", async () => {
  const desk = new Desk(opened(), [{ kind: "refused", why: "a finding: its term is missing" }, taken]);
  desk.document.put("findings", item("f1", { k: 1 }), "Write");
  await desk.rest();
  assert.equal(desk.states.at(-1), "failed: a finding: its term is missing");
  assert.equal(desk.timers.size, 0);
  desk.document.put("findings", item("f1", { k: 2 }), "Write");
  await desk.rest();
  assert.equal(desk.states.at(-1), "saved");
});

test("a stale save waits for a decision and then is based on the other's revision", async () => {
  const theirs = lists([item("f1", { text: "theirs" }), item("f2", { text: "two" })]);
  const desk = new Desk(opened(), [{ kind: "stale", revision: 8, lists: theirs }, taken]);
  desk.document.put("findings", item("f1", { text: "mine" }), "Write");
  await desk.rest();
  assert.equal(desk.states.at(-1), "conflict");
  const [{ list, item_id, theirs: other }] = desk.autosave.meeting.conflicts;
  desk.autosave.resolve([{ list, item_id, item: other }]);
  assert.equal(desk.states.at(-1), "saved");
  assert.equal(desk.document.get("findings", "f1").text, "theirs");
  desk.document.undo();
  await desk.rest();
  assert.deepEqual(desk.sent.at(-1), {
    based_on: 8,
    changes: [{ list: "findings", item_id: "f1", item: item("f1", { text: "mine" }), index: 0 }],
  });
});

test("where the other one changed nothing that is edited here, the save goes on by itself", async () => {
  const same = lists([item("f1", { text: "one" }), item("f2", { text: "two" })]);
  const desk = new Desk(opened(), [{ kind: "stale", revision: 8, lists: same }, taken]);
  desk.document.put("findings", item("f1", { text: "mine" }), "Write");
  await desk.rest();
  await desk.rest();
  assert.deepEqual(desk.sent.map(({ based_on }) => based_on), [5, 8]);
  assert.equal(desk.states.at(-1), "saved");
});

test("what a page says in the middle of a save waits for its answer", async () => {
  const desk = new Desk(opened(), []);
  desk.answers.push((body) => {
    desk.autosave.take({ revision: 6, lists: lists([item("f1", { text: "mine" }), item("f2", { text: "two" })]) });
    return taken(body);
  });
  desk.document.put("findings", item("f1", { text: "mine" }), "Write");
  await desk.rest();
  assert.equal(desk.autosave.meeting, null);
  assert.equal(desk.states.at(-1), "saved");
});

test("a tab that is loaded again goes on with what it had not saved", async () => {
  const before = new Desk(opened(), [{ kind: "unreachable" }]);
  before.document.put("findings", item("f1", { text: "mine" }), "Write");
  await before.rest();
  const after = new Desk(opened(), [taken]);
  after.autosave.restore(before.kept, { revision: 5, lists: lists([item("f1", { text: "one" }), item("f2", { text: "two" })]) });
  assert.equal(after.document.get("findings", "f1").text, "mine");
  await after.rest();
  assert.equal(after.states.at(-1), "saved");
  const late = new Desk(opened(), [taken]);
  late.autosave.restore(before.kept, { revision: 7, lists: lists([item("f1", { text: "theirs" })]) });
  assert.equal(late.states.at(-1), "conflict");
});
