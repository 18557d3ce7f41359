import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.model.calibration import (
    CalibrationError,
    RegionCalibration,
    ScaleOrigin,
    px_per_cm_between,
    region_refusal,
    scale_of,
    stated_scale,
)


def region(number: int = 1, **changes: Any) -> RegionCalibration:
    values: dict[str, Any] = {
        "number": number,
        "min_x": 10,
        "min_y": 10,
        "max_x": 629,
        "max_y": 469,
        "spatial_format": 1,
        "data_type": 1,
        "unit_x": 3,
        "unit_y": 3,
        "delta_x": 0.0125,
        "delta_y": 0.02,
    }
    return RegionCalibration(**{**values, **changes})


def test_centimetres_per_pixel_become_millimetres_on_each_axis() -> None:
    scale = scale_of((region(),), 640, 480)
    assert scale.trusted
    assert scale.origin is ScaleOrigin.REGION
    assert scale.mm_per_px == pytest.approx((0.125, 0.2))
    assert scale.region == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"max_x": 700}, "spans columns 10-700 .* outside the 640x480 frame", id="beyond-the-last-column"),
        pytest.param({"min_y": -1}, "outside the 640x480 frame", id="above-the-first-row"),
        pytest.param({"delta_y": -0.02}, "not positive", id="negative-delta"),
        pytest.param({"delta_x": 0.0}, "not positive", id="zero-delta"),
        pytest.param({"max_x": 10}, "region 1 is empty", id="zero-width"),
        pytest.param({"unit_x": 4}, "not a two-dimensional image in centimetres", id="seconds-on-x"),
        pytest.param({"spatial_format": 2}, "not a two-dimensional image", id="m-mode"),
    ],
)
def test_a_region_is_refused_for_a_stated_reason(changes: dict[str, Any], reason: str) -> None:
    bad = region(**changes)
    refusal = region_refusal(bad, 640, 480)
    assert refusal is not None
    scale = scale_of((bad,), 640, 480)
    assert not scale.trusted
    assert scale.mm_per_px is None
    assert re.search(reason, refusal)


def test_one_pixel_beyond_the_frame_is_forgiven_and_said() -> None:
    assert region_refusal(region(max_x=640, max_y=480), 640, 480) is None
    assert "one pixel over the edge" in scale_of((region(max_x=640),), 640, 480).why
    assert "one pixel over" not in scale_of((region(),), 640, 480).why


def test_a_whole_screen_region_that_comes_first_is_passed_over() -> None:
    screen = region(1, spatial_format=0, unit_x=0, unit_y=0, delta_x=1.0, delta_y=1.0, min_x=0, max_x=639)
    assert scale_of((screen, region(2)), 640, 480).region == 2


def test_the_largest_of_several_regions_gives_the_scale_and_says_that_others_differ() -> None:
    small = region(1, max_x=100, delta_x=0.05)
    scale = scale_of((small, region(2)), 640, 480)
    assert scale.region == 2
    assert "scales of their own" in scale.why


def test_pixel_spacing_is_shown_and_not_trusted() -> None:
    scale = scale_of((), 640, 480, pixel_spacing_mm=(0.2, 0.1))
    assert scale.origin is ScaleOrigin.PIXEL_SPACING
    assert not scale.trusted
    assert scale.mm_per_px == (0.1, 0.2)


def test_without_any_scale_lengths_stay_in_pixels() -> None:
    scale = scale_of((), 640, 480)
    assert scale.origin is ScaleOrigin.NONE
    assert scale.mm_per_px is None
    assert "pixels" in scale.why


def test_bit_one_of_the_flags_protects_the_scale() -> None:
    assert region(flags=2).scaling_protected
    assert not region(flags=1).scaling_protected


def test_two_points_on_the_depth_scale_give_the_scale() -> None:
    assert px_per_cm_between((700, 100), (700, 561), 4.0) == pytest.approx(115.25)
    scale = stated_scale(115.25)
    assert (scale.origin, scale.trusted, scale.region) == (ScaleOrigin.STATED, True, None)
    assert scale.mm_per_px == pytest.approx((10 / 115.25, 10 / 115.25))


def test_pixels_that_are_not_square_have_a_scale_along_each_axis() -> None:
    # Twice as high as wide: 100 px down are as long as 200 px across.
    assert px_per_cm_between((0, 0), (200, 0), 1.0, pixel_aspect=2.0) == pytest.approx(100.0)
    assert stated_scale(100.0, pixel_aspect=2.0).mm_per_px == pytest.approx((0.05, 0.1))


@pytest.mark.parametrize(
    ("end", "length_cm", "reason"),
    [((0, 5), 1.0, "5 pixels apart"), ((0, 100), 0.0, "must be above 0"), ((0, 100), float("nan"), "must be above 0")],
)
def test_points_that_give_no_scale_are_refused(end: tuple[float, float], length_cm: float, reason: str) -> None:
    with pytest.raises(CalibrationError, match=reason):
        px_per_cm_between((0, 0), end, length_cm)


@given(st.floats(30, 500), st.floats(0.5, 20), st.floats(0, 6.28), st.floats(0.5, 2.0))
def test_the_scale_measures_its_own_points_right(span: float, length_cm: float, angle: float, aspect: float) -> None:
    end = (span * math.cos(angle) * aspect, span * math.sin(angle))
    mm_x, mm_y = stated_scale(px_per_cm_between((0, 0), end, length_cm, aspect), aspect).mm_per_px or (0, 0)
    assert math.hypot(end[0] * mm_x, end[1] * mm_y) == pytest.approx(10 * length_cm)
