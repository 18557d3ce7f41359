"""The stories of the example cases, bound to what their generator knows."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from case_library.model import measurement as compute
from case_library.model.annotation import ShapeKind, shape_at
from case_library.model.case import Case
from case_library.model.coherence import incoherences
from case_library.model.measured_case import measured
from case_library.model.measurement_record import MeasurementKind
from case_library.model.ruler import ruler_of
from case_library.phantoms.clip_truth import truth_of
from case_library.phantoms.registry import EXAMPLE_CASES, PHANTOMS
from case_library.phantoms.story import clip_ids, story, story_slugs, told
from case_library.vocabulary.tables import finding_of, grading_scales
from tests.phantoms.bare_case import bare_case

SLUGS = story_slugs()
# The rules of the generator's numbers, in the units of the product.
_PER_PRODUCT_UNIT = {"mm": 1.0, "deg": 1.0, "mm2": 0.01, "cm3": 1.0}


@cache
def truth(phantom: str) -> dict[str, Any]:
    return truth_of(phantom)


@cache
def whole(slug: str) -> Case:
    return told(bare_case(slug), {phantom: truth(phantom) for phantom in clip_ids(slug)})


def test_every_example_case_has_a_story() -> None:
    assert set(SLUGS) == set(EXAMPLE_CASES)
    for slug, example in EXAMPLE_CASES.items():
        assert tuple(clip_ids(slug)) == example.clip_ids


@pytest.mark.parametrize("slug", SLUGS)
def test_a_story_is_a_case_that_fits_together(slug: str) -> None:
    case = whole(slug)
    assert incoherences(case) == []
    assert Case.model_validate_json(case.model_dump_json()) == case


@pytest.mark.parametrize("slug", SLUGS)
def test_a_story_is_complete(slug: str) -> None:
    case = whole(slug)
    for part in (case.title, case.diagnosis, case.history.complaint, case.history.examination, case.timeline,
                 case.findings, case.measurements, case.differential, case.mimics, case.pitfalls,
                 case.teaching_points, case.outcome, case.references, case.links):  # fmt: skip
        assert part
    assert case.difficulty is not None
    kinds = {question.kind for question in case.questions}
    assert {"find_frame", "mark_it", "measure_it", "single_choice", "name_finding"} <= kinds
    assert kinds & {"order", "compare"}
    assert any(finding.dynamic_sign for finding in case.findings)
    assert any(clip.patient_marks for clip in case.clips) and all(clip.caption for clip in case.clips)
    assert all(clip.phases for clip in case.clips if clip.frame_count > 1)
    assert any(link.kind == "normal" for link in case.links) or slug == "normal-rectus-femoris"
    assert all(question.explanation for question in case.questions)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_story_says_that_it_is_synthetic(slug: str) -> None:
    case = whole(slug)
    assert "Synthetic: these clips were computed, not recorded, and show no patient." in case.summary
    assert case.proof is not None and case.proof.kind == "synthetic"
    assert any(reference.review == "illustrative" for reference in case.references)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_measurement_from_the_true_points_is_the_truth(slug: str) -> None:
    case, checked = whole(slug), 0
    for entry in story(slug)["measurements"]:
        if "truth" not in entry or entry["kind"] == MeasurementKind.ECHO_INTENSITY:
            continue
        phantom, number, _ = entry["marks"][0]
        true = truth(phantom)["frames"][number - 1]["values"][entry["truth"]]
        found = measured(case, entry["id"])
        half_a_pixel = 0.5 * truth(phantom)["mm_per_px"][0]
        if found.unit == "mm2":
            # Half a pixel all along the outline.
            assert found.circumference is not None
            half_a_pixel *= 0.01 * found.circumference
        assert found.value * _PER_PRODUCT_UNIT[found.unit] == pytest.approx(true, abs=half_a_pixel), entry["id"]
        checked += 1
    assert checked >= 4


@pytest.mark.parametrize("phantom", PHANTOMS)
def test_every_number_of_a_clip_can_be_measured_again_on_every_frame(phantom: str) -> None:
    """Through the product's own code, from the true points: truth in, truth out."""
    known = truth(phantom)
    clip = next(c for c in bare_case(PHANTOMS[phantom].case_slug).clips if c.phantom == phantom)
    ruler = ruler_of(clip)
    # Points beyond the picture lie on the same grid; there alone the product shows pixels.
    endless = ruler.model_copy(update={"mm_per_px": tuple(known["mm_per_px"])})
    for frame in known["frames"][:: max(1, known["frame_count"] // 12)]:
        for value, measure in known["measures"].items():
            points, kind = frame["shapes_px"].get(measure["shape"]), known["shapes"][measure["shape"]]
            if points is None or measure["rule"] == "echo_mean":
                continue
            if measure["rule"] == "area":
                area = compute.ellipse_area if kind == "ellipse" else compute.polygon_area
                found = area(points, endless)
                assert found.value / 100.0 == pytest.approx(frame["values"][value], abs=0.01)
            elif measure["rule"] == "angle":
                assert compute.angle(points, endless).value == pytest.approx(frame["values"][value], abs=0.1)
            else:
                half_a_pixel = 0.5 * known["mm_per_px"][0]
                assert compute.length(points, endless).value == pytest.approx(frame["values"][value], abs=half_a_pixel)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_drawn_shape_follows_the_truth_between_its_keyframes(slug: str) -> None:
    case = whole(slug)
    phantoms = {clip_id: phantom for phantom, clip_id in clip_ids(slug).items()}
    written = {f"{f['id']}-shape-{n}": s for f in story(slug)["findings"] for n, s in enumerate(f.get("shapes", ()), 1)}
    for finding in case.findings:
        for shape in finding.shapes:
            key = written[shape.item_id][1]
            frames = truth(phantoms[shape.clip_id])["frames"]
            tolerance = 1.8 if shape.kind in {ShapeKind.POLYGON, ShapeKind.POLYLINE} else 0.5
            for number in range(shape.first_frame, shape.last_frame + 1):
                now = shape_at(shape, number)
                assert now is not None
                true = np.array(frames[number - 1]["shapes_px"][key]).reshape(-1, 2)
                far = np.linalg.norm(np.array(now.points)[:, None] - true[None], axis=2).min(axis=1).max()
                assert far <= tolerance, (shape.item_id, number)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_term_is_in_the_vocabulary_and_every_grade_has_its_rule(slug: str) -> None:
    for finding in whole(slug).findings:
        assert finding_of(finding.term) is not None
        for grade in finding.grades:
            scale = next(entry for entry in grading_scales().values() if entry.term.code == grade.scale.code)
            assert scale.for_ultrasound
            assert grade.rule and grade.note, grade.scale.meaning


@pytest.mark.parametrize("slug", SLUGS)
def test_links_and_comparisons_lead_somewhere(slug: str) -> None:
    case = whole(slug)
    targets = [(link.to_case, link.to_clip) for link in case.links]
    for question in case.questions:
        if question.kind == "compare":
            targets += [(side.case_id, side.clip_id) for side in (question.left, question.right)]
    for other, clip_id in targets:
        assert other is None or other in SLUGS
        assert clip_id is None or clip_id in clip_ids(other or slug).values()


@pytest.mark.parametrize("slug", SLUGS)
def test_phases_and_their_frames_lie_in_the_clip_in_order(slug: str) -> None:
    for clip in whole(slug).clips:
        for phase in clip.phases:
            assert 1 <= phase.first.frame_number <= phase.last.frame_number <= clip.frame_count
        if clip.phases:
            assert clip.phases[0].first.frame_number == 1
            assert max(phase.last.frame_number for phase in clip.phases) == clip.frame_count


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_still_or_full_lies_in_the_phase_of_that_name(slug: str) -> None:
    """Rest is where the tissue does not act; the greatest effort lies in no rest."""
    for clip in whole(slug).clips:
        if clip.phantom is None or PHANTOMS[clip.phantom].profile.frame_count == 1:
            continue
        activation = [frame["activation"] for frame in truth(clip.phantom)["frames"]]
        for phase in clip.phases:
            if phase.kind == "rest":
                here = activation[phase.first.frame_index : phase.last.frame_index + 1]
                assert max(here) - min(here) < 0.1, (clip.phantom, phase.item_id)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, str) and " " in value:
        yield value


@pytest.mark.parametrize("slug", SLUGS)
def test_the_words_are_british_and_the_page_is_not_quoted(slug: str) -> None:
    text = "\n".join(_texts(story(slug)))
    american = re.findall(
        r"\b(?:hematoma|edema|tumor|color|fiber|center|gray|maneuver|artifact|caliber|behavior|organized)\w*\b",
        text,
        re.I,
    )
    assert not american
    assert not re.search(r"\bTODO\b|lorem", text, re.I)


def test_dispute_and_statement_stand_together() -> None:
    disputed = [
        statement
        for slug in SLUGS
        for statement in (*whole(slug).teaching_points, *whole(slug).outcome)
        if statement.dispute
    ]
    about = " ".join(statement.text + statement.dispute for statement in disputed).casefold()
    for claim in ("mri", "lactic acid", "surgery"):
        assert claim in about
    assert all(statement.said_by and statement.sources for statement in disputed)


def test_frames_carry_the_identity_of_what_is_built() -> None:
    slug = "normal-rectus-femoris"
    case = told(bare_case(slug), {p: truth(p) for p in clip_ids(slug)}, {"clip-1": [f"{n:064x}" for n in range(60)]})
    assert case.clips[0].phases[0].last.stored_sha256 == f"{59:064x}"
    assert case.clips[1].phases[0].last.stored_sha256 is None
    assert case.clips[0].phases[0].last.sop_instance_uid == case.clips[0].sop_instance_uid


def test_a_document_stays_small() -> None:
    assert all(len(json.dumps(whole(slug).model_dump(mode="json"))) < 400_000 for slug in SLUGS)
