from typing import Any

import pytest
from pydantic import ValidationError

from case_library.model.case import Case
from tests.model.told_case import told_case


def with_question(number: int, **changes: Any) -> Case:
    document = told_case().model_dump(mode="json")
    document["questions"][number] |= changes
    return Case.model_validate(document)


def test_every_kind_of_question_survives_its_json() -> None:
    case = told_case()
    assert Case.model_validate_json(case.model_dump_json()) == case


def option(item_id: str, right: bool) -> dict[str, Any]:
    return {"item_id": item_id, "text": item_id, "right": right}


@pytest.mark.parametrize(
    ("number", "changes", "reason"),
    [
        (0, {"options": [option("a", True), option("b", True)]}, "one option of a single choice is right, not 2"),
        (0, {"options": [option("a", True)]}, "at least 2"),
        (1, {"tolerance_ms": 0}, "greater than 0"),
        (2, {"tolerance_mm": None}, "a point or line is scored by tolerance_mm"),
        (4, {"options": [option("a", False), option("b", False)]}, "one option of a comparison is right, not 0"),
        (0, {"kind": "riddle"}, "riddle"),
    ],
)
def test_a_question_that_cannot_be_scored_is_refused(number: int, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        with_question(number, **changes)
