from typing import Any

import pytest

from case_library.model.case import Case
from case_library.model.coherence import incoherences
from tests.model.told_case import length, told_case


def told(**changes: Any) -> Case:
    return told_case().model_copy(update=changes)


def test_a_whole_case_fits_together() -> None:
    assert incoherences(told_case()) == []


@pytest.mark.parametrize(
    ("case", "item_id", "problem"),
    [
        pytest.param(told(measurements=()), "tear", "the measurement 'gap-rest', which is not there", id="missing"),
        pytest.param(told(findings=()), "q1", "names the finding 'tear'", id="question"),
        pytest.param(told(references=()), "proof", "names the reference 'paper'", id="source"),
        pytest.param(told(clips=()), "exam", "names the clip 'clip-1'", id="clip"),
        pytest.param(
            told(measurements=(length("gap-rest", 11), length("gap-peak", 7))),
            "clip-1",
            "hangs on frame 11 of clip-1, which has 10",
            id="frame",
        ),
        pytest.param(
            told(measurements=(length("gap-rest", 1), length("gap-peak", 7), length("tear", 1))),
            "tear",
            "two items have this item_id",
            id="twice",
        ),
        pytest.param(
            told(clips=(told_case().clips[0].model_copy(update={"sop_instance_uid": "2.25.77"}),)),
            "clip-1",
            "frame 1 was of another object than clip-1 is now",
            id="encoded-anew",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(case: Case, item_id: str, problem: str) -> None:
    found = [entry for entry in incoherences(case) if entry.item_id == item_id]
    assert any(problem in entry.problem for entry in found), incoherences(case)
