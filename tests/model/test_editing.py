import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.model.case_frames import frames_of
from case_library.model.editing import EditRefusedError, ItemChange, changed_items, editable_lists, edited
from tests.model.told_case import told_case

PHASES = "clips/clip-1/phases"


def phase(item_id="phase-2", first=1, last=4, **more):
    frames = {"first": {"frame_number": first}, "last": {"frame_number": last}}
    return {"item_id": item_id, "kind": "contraction", **frames, **more}


def change(list_name, item, item_id=None, index=None):
    return ItemChange(list=list_name, item_id=item_id or item["item_id"], item=item, index=index)


def test_a_new_item_comes_last_or_where_it_is_asked_to():
    after = edited(told_case(), [change(PHASES, phase("phase-2")), change(PHASES, phase("phase-3"), index=0)])
    assert [item.item_id for item in after.clips[0].phases] == ["phase-3", "phase-1", "phase-2"]


def test_an_item_is_exchanged_in_place_and_the_rest_stays():
    case = told_case()
    after = edited(case, [change(PHASES, phase("phase-1", 2, 5))])
    assert [p.item_id for p in after.clips[0].phases] == ["phase-1"]
    assert after.clips[0].phases[0].last.frame_number == 5
    assert after.findings == case.findings
    assert [(name, item.item_id) for name, item in changed_items(case, after)] == [(PHASES, "phase-1")]


def test_a_removed_item_is_gone_and_removing_it_again_does_no_harm():
    removal = ItemChange(list=PHASES, item_id="phase-1")
    after = edited(told_case(), [removal])
    assert after.clips[0].phases == ()
    assert edited(after, [removal]) == after


def test_a_frame_gets_the_identity_it_has_in_the_file():
    asked = []

    def identify(clip, numbers):
        asked.append((clip.clip_id, list(numbers)))
        return [f"{number:064x}" for number in numbers]

    after = edited(
        told_case(), [change(PHASES, phase(first=2, last=9)), change(PHASES, phase("phase-3", 2, 2))], identify
    )
    assert asked == [("clip-1", [2, 9])]
    last = after.clips[0].phases[1].last
    assert last.sop_instance_uid == told_case().clips[0].sop_instance_uid
    assert last.stored_sha256 == f"{9:064x}"


def test_an_identity_that_is_there_is_kept():
    kept = {"frame_number": 3, "sop_instance_uid": "2.25.1", "stored_sha256": "a" * 64}
    mark = {"item_id": "mark-1", "frame": kept, "score": 8}
    after = edited(told_case(), [change("clips/clip-1/patient_marks", mark)], lambda *asked: pytest.fail("asked"))
    assert after.clips[0].patient_marks[0].frame.stored_sha256 == "a" * 64


def test_a_frame_whose_bytes_cannot_be_read_still_has_its_object():
    after = edited(told_case(), [change(PHASES, phase())], lambda clip, numbers: [None] * len(numbers))
    assert after.clips[0].phases[1].first.sop_instance_uid
    assert after.clips[0].phases[1].first.stored_sha256 is None


@pytest.mark.parametrize(
    ("list_name", "item", "reason"),
    [
        (PHASES, phase(first=5, last=2), "ends at frame 2"),
        (PHASES, phase(last=99), "which has 10"),
        (PHASES, phase(colour="red"), "colour"),
        (PHASES, phase("mark-1"), "two items"),
        ("clips/clip-9/phases", phase(), "no such list"),
        ("questions", phase(), "no such list"),
        ("findings", {"item_id": "finding-9"}, "term"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(list_name, item, reason):
    with pytest.raises(EditRefusedError, match=reason) as refused:
        edited(told_case(), [change(list_name, item)])
    assert refused.value.item_id == item["item_id"]


def test_a_measurement_that_a_finding_names_does_not_go_alone():
    case = told_case()
    named = case.findings[0].dynamic_sign.after
    with pytest.raises(EditRefusedError, match="names the measurement"):
        edited(case, [ItemChange(list="measurements", item_id=named)])


def test_what_did_not_fit_before_stops_no_edit_of_something_else():
    case = told_case()
    broken = case.model_copy(update={"measurements": ()})
    assert edited(broken, [change(PHASES, phase())]).clips[0].phases[1].item_id == "phase-2"


def test_every_frame_of_an_edited_list_is_found_again():
    case = told_case()
    numbers = {frame.frame_number for _, frame in frames_of(edited(case, [change(PHASES, phase(first=6, last=8))]))}
    assert {6, 8} <= numbers


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 10), st.booleans()), max_size=12))
def test_changing_there_and_back_leaves_the_case_as_it_was(moves):
    case = told_case()
    before = {item.item_id: item for item in case.clips[0].phases}
    now = case
    for number, last, remove in moves:
        item_id = f"phase-{number}"
        item = None if remove else phase(item_id, 1, last)
        now = edited(now, [ItemChange(list=PHASES, item_id=item_id, item=item)])
    for item in now.clips[0].phases:
        now = edited(now, [ItemChange(list=PHASES, item_id=item.item_id)])
    for item in before.values():
        now = edited(now, [ItemChange(list=PHASES, item_id=item.item_id, item=item.model_dump(mode="json"))])
    assert now == case
    assert set(editable_lists(case)) == set(editable_lists(now))


def test_the_number_beside_a_measurement_follows_from_its_points_whatever_came_with_it():
    mark = {"clip_id": "clip-1", "frame": {"frame_number": 1}, "points": [[0, 0], [3, 4]]}
    item = {"item_id": "new", "kind": "length", "title": "New", "marks": [mark]}
    after = edited(told_case(), [change("measurements", item | {"recorded": {"value": 99, "unit": "mm"}})])
    new = after.measurement("new")
    assert new.recorded.value == 5.0 and new.recorded.unit == "px"
    assert after.measurement("gap-rest") == told_case().measurement("gap-rest")
