from typing import Any

import pytest

from case_library.deidentify.default_mask import default_rectangles, image_boxes
from case_library.model.calibration import RegionCalibration

COLUMNS, ROWS = 100, 80


def region(**changes: Any) -> RegionCalibration:
    given = {
        "number": 1, "min_x": 10, "min_y": 5, "max_x": 89, "max_y": 69, "spatial_format": 1, "data_type": 1,
        "unit_x": 3, "unit_y": 3, "delta_x": 0.01, "delta_y": 0.01,
    }  # fmt: skip
    return RegionCalibration(**{**given, **changes})


@pytest.mark.parametrize("spatial_format", [1, 2, 3, 4])
def test_pictures_strips_and_curves_stay_whatever_their_units(spatial_format: int) -> None:
    strip = region(spatial_format=spatial_format, unit_x=4, unit_y=0, delta_x=-1.0, delta_y=0.0)
    assert image_boxes([strip], COLUMNS, ROWS) == [(10, 5, 80, 65)]


@pytest.mark.parametrize(
    "changes",
    [
        {"spatial_format": 0},
        {"spatial_format": 5},
        {"max_x": 101},
        {"min_y": -1},
        {"max_x": 10},
        {"data_type": 0, "min_x": 0, "min_y": 0, "max_x": 99, "max_y": 79},
    ],
    ids=["no format", "graphics", "leaves the frame", "before the frame", "empty", "whole screen without a type"],
)
def test_a_region_that_shows_no_picture_here_does_not_count(changes: dict[str, int]) -> None:
    assert default_rectangles([region(**changes)], COLUMNS, ROWS) is None


def test_one_pixel_over_the_edge_is_cut_off() -> None:
    assert image_boxes([region(max_x=100, max_y=80)], COLUMNS, ROWS) == [(10, 5, 90, 75)]


def test_what_lies_outside_every_region_goes_black_and_says_why() -> None:
    found = default_rectangles([region(max_x=49), region(min_x=60, spatial_format=2)], COLUMNS, ROWS)
    assert found is not None
    assert [r.box for r in found] == [
        (0, 0, 100, 5),
        (0, 5, 10, 65),
        (50, 5, 10, 65),
        (90, 5, 10, 65),
        (0, 70, 100, 10),
    ]
    assert {r.origin for r in found} == {"outside_regions"}
    assert all(r.why for r in found)
