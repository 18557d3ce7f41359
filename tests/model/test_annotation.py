import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from case_library.model.annotation import Keyframe, Shape, ShapeKind, shape_at, with_keyframe, without_keyframe
from case_library.model.frame import FrameIdentity

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "interpolation_cases.json").read_text(encoding="utf-8")
)["cases"]


def frame(number: int) -> FrameIdentity:
    return FrameIdentity(frame_number=number)


def shape(
    keyframes: dict[int, tuple[tuple[float, float], ...]], kind: ShapeKind = ShapeKind.POINT, **changes: Any
) -> Shape:
    return Shape(
        item_id="shape-1",
        clip_id="clip-1",
        kind=kind,
        keyframes=tuple(Keyframe(frame=frame(number), points=points) for number, points in keyframes.items()),
        **changes,
    )


def told(of: dict[str, Any]) -> Shape:
    return Shape(
        item_id="shape-1",
        clip_id="clip-1",
        kind=of["kind"],
        first=of["first"] and frame(of["first"]),
        last=of["last"] and frame(of["last"]),
        keyframes=tuple(
            Keyframe(frame=frame(key["frame"]), points=key["points"], occluded=key.get("occluded", False))
            for key in of["keyframes"]
        ),
    )


def flat(points: Iterable[Iterable[float]]) -> list[float]:
    return [value for point in points for value in point]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_shape_is_where_the_table_says(case: dict[str, Any]) -> None:
    for expected in case["at"]:
        now = shape_at(told(case["shape"]), expected["frame"])
        if expected.get("hidden"):
            assert now is None
        else:
            assert now is not None
            assert flat(now.points) == pytest.approx(flat(expected["points"]), abs=1e-9)
            assert (now.occluded, now.is_keyframe) == (expected["occluded"], expected["is_keyframe"])


PLACES = st.floats(-1000, 1000)
POINTS = st.tuples(st.tuples(PLACES, PLACES), st.tuples(PLACES, PLACES))
LINES = st.dictionaries(st.integers(1, 200), POINTS, min_size=1, max_size=6).map(
    lambda keyframes: shape(dict(sorted(keyframes.items())), ShapeKind.LINE)
)


@given(LINES)
def test_a_keyframe_is_where_it_was_drawn(line: Shape) -> None:
    for keyframe in line.keyframes:
        now = shape_at(line, keyframe.frame.frame_number)
        assert now is not None and now.is_keyframe and now.points == keyframe.points


@given(LINES, st.integers(1, 200), st.integers(1, 200))
def test_keeping_what_is_seen_as_a_keyframe_moves_nothing(line: Shape, kept: int, looked_at: int) -> None:
    now = shape_at(line, kept)
    if now is None:
        return
    before, after = shape_at(line, looked_at), shape_at(with_keyframe(line, frame(kept), now.points), looked_at)
    assert (before is None) == (after is None)
    if before and after:
        for a, b in zip(before.points, after.points, strict=True):
            assert a == pytest.approx(b, abs=1e-9)


@given(LINES, st.integers(1, 250))
def test_a_shape_stays_between_its_neighbouring_keyframes(line: Shape, number: int) -> None:
    now = shape_at(line, number)
    if now is None:
        return
    before = [key for key in line.keyframes if key.frame.frame_number <= number][-1]
    after = next((key for key in line.keyframes if key.frame.frame_number >= number), before)
    for a, b, c in zip(before.points, now.points, after.points, strict=True):
        for axis in (0, 1):
            low, high = sorted((a[axis], c[axis]))
            assert low - 1e-9 <= b[axis] <= high + 1e-9


@given(LINES, st.integers(1, 200), POINTS)
def test_a_corrected_frame_shows_the_correction(
    line: Shape, number: int, points: tuple[tuple[float, float], ...]
) -> None:
    now = shape_at(with_keyframe(line, frame(number), points), number)
    assert now is not None and now.is_keyframe and now.points == points


@given(LINES, st.integers(201, 250), POINTS)
def test_taking_a_keyframe_out_again_restores_the_shape(
    line: Shape, number: int, points: tuple[tuple[float, float], ...]
) -> None:
    assert without_keyframe(with_keyframe(line, frame(number), points), number) == line


def test_a_shape_without_its_only_keyframe_is_gone() -> None:
    assert without_keyframe(shape({3: ((1, 2),)}), 3) is None


def test_a_keyframe_beyond_the_range_widens_it() -> None:
    widened = with_keyframe(shape({5: ((0, 0),)}, first=frame(5), last=frame(9)), frame(12), ((1, 1),))
    assert (widened.first_frame, widened.last_frame) == (5, 12)


@pytest.mark.parametrize(
    ("keyframes", "kind", "reason"),
    [
        pytest.param({}, ShapeKind.POINT, "at least one keyframe", id="none"),
        pytest.param({3: ((1, 1),), 2: ((1, 1),)}, ShapeKind.POINT, "in order", id="order"),
        pytest.param({1: ((1, 1), (2, 2)), 2: ((1, 1), (2, 2), (3, 3))}, ShapeKind.POLYLINE, "as many", id="counts"),
        pytest.param({1: ((1, 1), (2, 2))}, ShapeKind.POLYGON, "at least 3 points, not 2", id="polygon"),
        pytest.param({1: ((1, 1),)}, ShapeKind.ELLIPSE, "has 3 points, not 1", id="ellipse"),
        pytest.param({1: ((float("nan"), 1),)}, ShapeKind.POINT, "finite", id="nan"),
    ],
)
def test_a_shape_that_is_none_is_refused(keyframes: Any, kind: ShapeKind, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        shape(keyframes, kind)


def test_a_range_ends_after_it_begins() -> None:
    with pytest.raises(ValidationError, match="it goes at frame 2, before it comes at 3"):
        shape({1: ((1, 1),)}, first=frame(3), last=frame(2))
