import assert from "node:assert/strict";
import { test } from "node:test";

import { dragged, inOrder, phaseAt, phaseName, rangeOf, rowsOf, withRange } from "../../case_library/viewer/frontend/phases.js";

const phase = (item_id, first, last, more = {}) => ({
  item_id,
  kind: "rest",
  first: { frame_number: first, stored_sha256: `of ${first}` },
  last: { frame_number: last, stored_sha256: `of ${last}` },
  ...more,
});

test("a phase is called by its name, else by what is done", () => {
  assert.equal(phaseName(phase("a", 1, 2)), "rest");
  assert.equal(phaseName(phase("a", 1, 2, { name: "second try" })), "second try");
  assert.equal(phaseName(phase("a", 1, 2, { kind: "never heard of" })), "other");
});

test("phases are counted in the order of time", () => {
  const ids = inOrder([phase("c", 50, 60), phase("a", 1, 9), phase("b", 10, 70)]).map(({ item_id }) => item_id);
  assert.deepEqual(ids, ["a", "b", "c"]);
});

test("of overlapping phases a frame is in the shortest, and outside it is in none", () => {
  const phases = [phase("long", 1, 90), phase("short", 20, 30)];
  assert.equal(phaseAt(phases, 24).item_id, "short");
  assert.equal(phaseAt(phases, 30).item_id, "long");
  assert.equal(phaseAt(phases, 95), undefined);
});

test("phases that overlap lie in different rows, those that follow each other in one", () => {
  const rows = rowsOf([phase("a", 1, 10), phase("b", 11, 20), phase("c", 5, 15)]).map(({ phase: p, row }) => [p.item_id, row]);
  assert.deepEqual(rows, [["a", 0], ["c", 1], ["b", 0]]);
});

test("an edge stops at the other edge and at the end of the clip", () => {
  const one = phase("a", 11, 20);
  assert.deepEqual(rangeOf(dragged(one, "first", -99, 30)), { first: 0, last: 19 });
  assert.deepEqual(rangeOf(dragged(one, "first", 99, 30)), { first: 19, last: 19 });
  assert.deepEqual(rangeOf(dragged(one, "last", 99, 30)), { first: 10, last: 29 });
  assert.deepEqual(rangeOf(dragged(one, "last", -99, 30)), { first: 10, last: 10 });
  assert.deepEqual(rangeOf(dragged(one, "both", 99, 30)), { first: 20, last: 29 });
  assert.deepEqual(rangeOf(dragged(one, "both", -99, 30)), { first: 0, last: 9 });
});

test("the frame that stays keeps its identity, the one that moves gets a new one", () => {
  const moved = withRange(phase("a", 11, 20), { first: 10, last: 24 });
  assert.equal(moved.first.stored_sha256, "of 11");
  assert.deepEqual(moved.last, { frame_number: 25 });
});
