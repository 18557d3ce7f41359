from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from case_library.model.calibration import Scale, ScaleOrigin
from case_library.model.case import Case, Clip
from case_library.model.timing import Clock, ClockOrigin


def clip(**changes: Any) -> Clip:
    values: dict[str, Any] = {
        "clip_id": "clip-1",
        "file": "media/clip-1.dcm",
        "file_sha256": "0" * 64,
        "file_bytes": 1000,
        "sop_instance_uid": "2.25.1",
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.6.1",
        "transfer_syntax_uid": "1.2.840.10008.1.2.1",
        "frame_count": 1,
        "columns": 32,
        "rows": 24,
        "photometric_interpretation": "MONOCHROME2",
        "clock": Clock(origin=ClockOrigin.STILL, trusted=False, why=".", frame_count=1),
        "scale": Scale(origin=ScaleOrigin.NONE, trusted=False, why="."),
    }
    return Clip(**{**values, **changes})


def case(**changes: Any) -> Case:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    values: dict[str, Any] = {
        "case_id": "case-1", "created_at": now, "changed_at": now, "study_instance_uid": "2.25.2", "clips": (clip(),)
    }  # fmt: skip
    return Case(**{**values, **changes})


def test_a_case_survives_its_json() -> None:
    original = case(title="Tear", summary="Seen on contraction")
    assert Case.model_validate_json(original.model_dump_json()) == original


def test_a_case_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        case().title = "other"  # type: ignore[misc]


def test_a_clip_is_found_by_its_id() -> None:
    assert case().clip("clip-1") == clip()
    assert case().clip("clip-2") is None


@pytest.mark.parametrize(
    "file", ["/etc/passwd", "media/../x.dcm", "clip.dcm", "media/a/b.dcm", "media/.dcm", "media\\a.dcm"]
)
def test_a_clip_cannot_point_out_of_its_folder(file: str) -> None:
    with pytest.raises(ValidationError, match="file"):
        clip(file=file)


@pytest.mark.parametrize("name", ["", "Case 1", "a--b", "-a", "../x", "drafts/x", "ä"])
def test_a_case_id_is_small_letters_digits_and_single_hyphens(name: str) -> None:
    with pytest.raises(ValidationError, match="case_id"):
        case(case_id=name)


def test_an_unknown_field_is_refused_rather_than_lost() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        Case.model_validate({**case().model_dump(), "surprise": 1})
