import assert from "node:assert/strict";
import { test } from "node:test";

import { choicesFor } from "../../case_library/viewer/frontend/compare-choices.js";

const clip = (clip_id, stage, view, laterality = "right") => ({ clip_id, title: clip_id, stage, view, laterality });
const rest = clip("clip-1", "REST", "LONG AXIS");
const other = clip("clip-2", "REST", "SHORT AXIS");
const contraction = clip("clip-3", "CONTRACTION", "LONG AXIS");
const left = clip("clip-4", "REST", "LONG AXIS", "left");
const ids = (choices) => choices.map(({ clip: { clip_id } }) => clip_id);

test("the same view in the next stage is offered first, then the other side", () => {
  const choices = choicesFor(rest, [rest, other, left, contraction], [], []);
  assert.deepEqual(ids(choices), ["clip-3", "clip-4", "clip-2"]);
  assert.match(choices[0].words, /next stage: CONTRACTION/);
});

test("what follows comes before what was before", () => {
  const after = clip("clip-5", "RELEASE", "LONG AXIS");
  assert.deepEqual(ids(choicesFor(contraction, [rest, contraction, after], [], [])), ["clip-5", "clip-1"]);
});

test("links of the case are offered by their kind, those of other cases too", () => {
  const links = [{ kind: "contralateral", clip_id: "clip-1", to_case: null, to_clip: "clip-2" }];
  const linked = [
    { kind: "normal", from_clip: null, slug: "normal", case_title: "Normal", clip: clip("clip-1", "REST", "LONG AXIS"), phases: [] },
    { kind: "related", from_clip: "clip-9", slug: "far", case_title: "Far", clip: other, phases: [] },
  ];
  const choices = choicesFor(rest, [rest, other], linked, links);
  assert.deepEqual(choices.map(({ slug, clip: { clip_id } }) => [slug, clip_id]), [[null, "clip-2"], ["normal", "clip-1"]]);
  assert.match(choices[1].words, /normal: Normal/);
});

test("a clip without a view is compared with what comes next", () => {
  const plain = (id) => ({ ...clip(id, null, null), laterality: null });
  assert.deepEqual(ids(choicesFor(plain("clip-2"), ["clip-1", "clip-2", "clip-3"].map(plain), [], [])), ["clip-3", "clip-1"]);
});
