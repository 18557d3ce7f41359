"""Measured numbers are those of the table that JavaScript is held to as well."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from case_library.model import measurement as compute
from case_library.model.calibration import ScaleOrigin
from case_library.model.measurement import Measured, Unit
from case_library.model.ruler import MeasurementRefusedError, Ruler

TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "measurement_cases.json").read_text(encoding="utf-8"))
RULERS = {name: Ruler.model_validate(ruler) for name, ruler in TABLE["rulers"].items()}
FROM_POINTS = {
    "length": compute.length,
    "polyline_length": compute.length,
    "angle": compute.angle,
    "thickness": compute.thickness,
    "polygon_area": compute.polygon_area,
    "ellipse_area": compute.ellipse_area,
    "excursion": lambda points, ruler: compute.excursion(*points, ruler),
}
COMPARISONS = {"ratio": compute.ratio, "difference": compute.difference, "asymmetry": compute.asymmetry}


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


def agrees(expected: dict[str, Any], found: Measured) -> None:
    assert found.value == pytest.approx(expected["value"], rel=1e-9, abs=1e-9)
    assert found.unit == expected["unit"]
    for name in ("circumference", "sd", "count"):
        if expected.get(name) is None:
            assert name not in expected or getattr(found, name) is None
        else:
            assert getattr(found, name) == pytest.approx(expected[name], rel=1e-9, abs=1e-9)


def held_to(expected: dict[str, Any], work_out: Any) -> None:
    if "refused" in expected:
        with pytest.raises(MeasurementRefusedError) as caught:
            work_out()
        assert caught.value.code == expected["refused"]
    else:
        agrees(expected, work_out())


@pytest.mark.parametrize("case", TABLE["points"], ids=named)
def test_points_measure_what_the_table_says(case: dict[str, Any]) -> None:
    held_to(case["expected"], lambda: FROM_POINTS[case["kind"]](case["points"], RULERS[case["ruler"]]))


@pytest.mark.parametrize("case", TABLE["volumes"], ids=named)
def test_volumes_are_those_of_the_table(case: dict[str, Any]) -> None:
    held_to(
        case["expected"],
        lambda: compute.ellipsoid_volume(
            [
                compute.length(points, RULERS[ruler])
                for points, ruler in zip(case["diameters"], case["ruler"], strict=True)
            ]
        ),
    )


def plain(told: dict[str, Any]) -> Measured:
    return Measured(value=told["value"], unit=Unit(told["unit"]), scale_origin=ScaleOrigin.REGION, why=".")


@pytest.mark.parametrize("case", TABLE["comparisons"], ids=named)
def test_comparisons_are_those_of_the_table(case: dict[str, Any]) -> None:
    first, second = plain(case["first"]), plain(case["second"])
    held_to(case["expected"], lambda: COMPARISONS[case["kind"]](first, second, one_clip=case["one_clip"]))


@pytest.mark.parametrize("case", TABLE["grey"], ids=named)
def test_grey_values_are_those_of_the_table(case: dict[str, Any]) -> None:
    pixels = np.array(case["pixels"], np.uint8)
    held_to(case["expected"], lambda: compute.echo_intensity(case["points"], pixels))


def test_the_table_holds_every_kind_and_every_refusal() -> None:
    rows = [row for part in ("points", "volumes", "comparisons", "grey") for row in TABLE[part]]
    assert {row["kind"] for row in TABLE["points"]} == set(FROM_POINTS)
    assert {row["expected"]["refused"] for row in rows if "refused" in row["expected"]} == {
        "different_scales", "zero_length", "not_alike", "crosses_itself", "no_scale", "different_units",
        "zero_reference", "no_pixels",
    }  # fmt: skip


def test_colour_has_no_grey_value_and_grey_stored_as_colour_has() -> None:
    outline = [(0, 0), (2, 0), (2, 2), (0, 2)]
    grey = np.full((2, 2, 3), 7, np.uint8)
    assert compute.echo_intensity(outline, grey).value == 7.0
    grey[0, 0, 2] = 8
    with pytest.raises(MeasurementRefusedError, match="in colour"):
        compute.echo_intensity(outline, grey)


def test_sixteen_bit_grey_values_are_not_reduced() -> None:
    found = compute.echo_intensity([(0, 0), (1, 0), (1, 1), (0, 1)], np.full((1, 1), 40_000, np.uint16))
    assert found.value == 40_000.0


PLACES = st.floats(0, 400)
POINTS = st.tuples(PLACES, PLACES)


@given(POINTS, POINTS)
def test_a_length_is_the_same_both_ways(a: tuple[float, float], b: tuple[float, float]) -> None:
    ruler = RULERS["unequal"]
    assert compute.length((a, b), ruler).value == compute.length((b, a), ruler).value


@given(POINTS, POINTS, st.floats(0, 1))
def test_a_point_on_the_way_does_not_lengthen_it(a: tuple[float, float], b: tuple[float, float], part: float) -> None:
    between = (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)
    straight = compute.length((a, b), RULERS["eighth"]).value
    assert compute.length((a, between, b), RULERS["eighth"]).value == pytest.approx(straight, abs=1e-9)


@given(st.lists(POINTS, min_size=3, max_size=3), st.floats(-50, 50), st.floats(-50, 50))
def test_an_area_does_not_depend_on_the_place(corners: list[tuple[float, float]], dx: float, dy: float) -> None:
    moved = [(x + dx, y + dy) for x, y in corners]
    area = compute.polygon_area(corners, RULERS["stated"]).value
    assert compute.polygon_area(moved, RULERS["stated"]).value == pytest.approx(area, abs=1e-6)


@given(st.lists(POINTS, min_size=3, max_size=3, unique=True))
def test_the_angles_of_a_triangle_are_180_degrees(corners: list[tuple[float, float]]) -> None:
    a, b, c = corners
    shortest = min(compute.length(pair, RULERS["none"]).value for pair in ((a, b), (b, c), (c, a)))
    assume(shortest > 1e-3)
    angles = [compute.angle(at, RULERS["unequal"]).value for at in ((a, b, c), (b, c, a), (c, a, b))]
    assert sum(angles) == pytest.approx(180.0, abs=1e-6)


@given(st.floats(0.1, 300), st.floats(0.1, 300), st.floats(0, 6.3))
def test_an_ellipse_lies_between_its_circles_and_turns_freely(a: float, b: float, turn: float) -> None:
    c, s = np.cos(turn), np.sin(turn)
    upright = compute.ellipse_area(((0, 0), (a, 0), (0, b)), RULERS["none"])
    turned = compute.ellipse_area(((0, 0), (a * c, a * s), (-b * s, b * c)), RULERS["none"])
    assert turned.value == pytest.approx(upright.value)
    assert upright.circumference is not None and turned.circumference is not None
    assert turned.circumference == pytest.approx(upright.circumference)
    assert 2 * np.pi * min(a, b) * (1 - 1e-9) <= upright.circumference <= 2 * np.pi * max(a, b) * (1 + 1e-9)
