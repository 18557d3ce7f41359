import assert from "node:assert/strict";
import { test } from "node:test";

import { differenceWords, timeBetween } from "../../case_library/viewer/frontend/dynamic-sign.js";
import { at, extentOf, having, whereOf } from "../../case_library/viewer/frontend/finding-fields.js";
import { evened, matches } from "../../case_library/viewer/frontend/vocabulary.js";

const shown = (value, text, unit = "mm") => ({ value, text, unit });
const mark = (clip_id, frame_number) => ({ marks: [{ clip_id, frame: { frame_number } }] });
const clipOf = (trusted) => () => ({ clock: { trusted, frame_time_s: 1 / 30, frame_times_s: null } });
const spellings = [["haem", "hem"], ["tumour", "tumor"]];
const entry = (meaning, ...names) => ({ term: { meaning }, names });

test("a difference has the unit and the digits of what it compares", () => {
  assert.equal(differenceWords(shown(2, "2.0 mm"), shown(16.04, "16.0 mm")), "+14.0 mm");
  assert.equal(differenceWords(shown(31, "31 px", "px"), shown(12, "12 px", "px")), "−19 px");
  assert.equal(differenceWords(shown(2, "2.0 mm"), shown(16, "16 px", "px")), "");
  assert.equal(differenceWords(null, shown(16, "16 px", "px")), "");
});

test("time lies between two frames of one clip, and is frames where the clock is not trusted", () => {
  assert.equal(timeBetween(mark("clip-1", 1), mark("clip-1", 61), clipOf(true)), "2.00 s later");
  assert.equal(timeBetween(mark("clip-1", 61), mark("clip-1", 1), clipOf(true)), "2.00 s earlier");
  assert.match(timeBetween(mark("clip-1", 1), mark("clip-1", 61), clipOf(false)), /^60 frames later; the clock is not/);
  assert.equal(timeBetween(mark("clip-1", 1), mark("clip-2", 61), clipOf(true)), "");
  assert.equal(timeBetween(undefined, mark("clip-2", 61), clipOf(true)), "");
});

test("words are compared without accents, in one spelling", () => {
  assert.equal(evened("  Hæmatoma? no: Haematoma!", spellings).endsWith("hematoma"), true);
  assert.equal(evened("Tumour’s Ödem", spellings), "tumor odem");
});

test("the name itself comes first, then what begins so, then what has all the words", () => {
  const entries = [entry("C", "gap on muscle tear"), entry("A", "muscle tear"), entry("B", "muscle tear partial"), entry("D", "cyst")];
  const found = matches(entries, "muscle tear").map(({ entry: { term } }) => term.meaning);
  assert.deepEqual(found, ["A", "B", "C"]);
  assert.equal(matches(entries, "tear mus")[0].entry.term.meaning, "C");
  assert.deepEqual(matches(entries, "nerve"), []);
});

test("a field deep inside is exchanged and nothing else is", () => {
  const finding = { item_id: "f", site: { level: "middle", part: null }, extent: { width: "partial" } };
  const moved = having(finding, "site.part", "belly");
  assert.deepEqual(moved.site, { level: "middle", part: "belly" });
  assert.equal(moved.extent, finding.extent);
  assert.equal(at(finding, "site.part"), null);
  assert.equal(at(having({ item_id: "f" }, "extent.width", "complete"), "extent.width"), "complete");
});

test("a finding says where it is and how much of it there is", () => {
  const site = { structure: { meaning: "Rectus femoris" }, level: "middle", part: "musculotendinous", level_text: "" };
  const extent = { thickness: "full_thickness", width: "complete", cross_section_percent: 0, dynamic: "opens_on_contraction" };
  const finding = { item_id: "f", laterality: "right", site, extent };
  assert.equal(whereOf(finding), "right rectus femoris, middle third, musculotendinous junction");
  assert.equal(extentOf(finding), "full thickness, complete width, opens on contraction, 0 % of the cross-section");
  assert.equal(whereOf({ item_id: "g" }) + extentOf({ item_id: "g" }), "");
});
