from typing import Any

import pytest
from pydantic import ValidationError

from case_library.model.frame import FrameIdentity
from case_library.model.measurement_record import MARKS, Mark, Measurement, MeasurementKind


def mark(points: int, clip_id: str = "clip-1") -> Mark:
    return Mark(clip_id=clip_id, frame=FrameIdentity(frame_number=1), points=((0.0, 0.0),) * points)


def test_every_kind_says_what_it_is_made_from() -> None:
    assert set(MARKS) == set(MeasurementKind)


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("length", {"marks": (mark(3),)}, "has 2 points, not 3"),
        ("length", {"marks": ()}, "has 1 marks, not 0"),
        ("angle", {"marks": (mark(2),)}, "has 3 to 4 points, not 2"),
        ("polygon_area", {"marks": (mark(2),)}, "has 3 or more points, not 2"),
        ("excursion", {"marks": (mark(1), mark(1, "clip-2"))}, "within one clip"),
        ("ratio", {"of": ("a",)}, "names 2 other measurements, not 1"),
        ("length", {"marks": (mark(2),), "of": ("a", "b")}, "names 0 other measurements, not 2"),
    ],
)
def test_a_measurement_that_cannot_be_computed_is_refused(kind: str, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Measurement(item_id="m", kind=MeasurementKind(kind), title="M", **values)
