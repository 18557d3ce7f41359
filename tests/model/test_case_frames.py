from case_library.model.case_frames import frames_of, with_frames
from case_library.model.frame import FrameIdentity
from tests.model.told_case import told_case


def moved(clip_id: str, frame: FrameIdentity) -> FrameIdentity:
    assert clip_id == "clip-1"
    return frame.model_copy(update={"sop_instance_uid": "2.25.9", "stored_sha256": "f" * 64})


def test_every_frame_that_something_hangs_on_is_found() -> None:
    numbers = [frame.frame_number for _, frame in frames_of(told_case())]
    assert sorted(numbers) == sorted([1, 3, 4, 1, 10, 2, 9, 1, 7, 7, 8, 2, 9, 5])


def test_frames_are_exchanged_together_and_nothing_else_changes() -> None:
    case = told_case()
    changed = with_frames(case, moved)
    assert {frame.sop_instance_uid for _, frame in frames_of(changed)} == {"2.25.9"}
    back = with_frames(
        changed, lambda _, f: f.model_copy(update={"sop_instance_uid": "2.25.1", "stored_sha256": "0" * 64})
    )
    assert back == case


def test_frames_of_another_case_are_left_as_they_are() -> None:
    compared = with_frames(told_case(), moved).questions[4]
    assert compared.kind == "compare"
    assert compared.right.frame is not None and compared.right.frame.sop_instance_uid == "2.25.1"
    assert compared.left.frame is not None and compared.left.frame.sop_instance_uid == "2.25.9"


def test_a_case_that_nothing_changes_is_the_same_object() -> None:
    case = told_case()
    assert with_frames(case, lambda _, frame: frame) is case
