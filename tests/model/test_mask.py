import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.model.mask import (
    Box,
    MaskError,
    MaskOrigin,
    MaskRectangle,
    PixelMask,
    covered_area_px,
    require_inside,
    uncovered,
    without_repeats,
)

COLUMNS, ROWS = 24, 18
BOXES = st.lists(
    st.tuples(st.integers(-4, 26), st.integers(-4, 20), st.integers(0, 20), st.integers(0, 20)), max_size=6
)


def painted(boxes: list[Box]) -> np.ndarray:
    """Return how often each pixel of the frame is covered."""
    count = np.zeros((ROWS, COLUMNS), int)
    for x, y, width, height in boxes:
        count[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] += 1
    return count


def rectangle(x: int, y: int, width: int, height: int) -> MaskRectangle:
    return MaskRectangle(x=x, y=y, width=width, height=height, origin=MaskOrigin.DRAWN)


@given(BOXES)
def test_what_is_uncovered_is_covered_once_and_nothing_else_is(boxes: list[Box]) -> None:
    assert np.array_equal(painted(uncovered(boxes, COLUMNS, ROWS)), (painted(boxes) == 0).astype(int))


def test_a_region_in_the_middle_leaves_four_boxes() -> None:
    assert uncovered([(4, 3, 10, 8)], COLUMNS, ROWS) == [(0, 0, 24, 3), (0, 3, 4, 8), (14, 3, 10, 8), (0, 11, 24, 7)]


def test_a_region_of_the_whole_frame_leaves_nothing() -> None:
    assert uncovered([(0, 0, COLUMNS, ROWS)], COLUMNS, ROWS) == []


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 14), st.integers(1, 4), st.integers(1, 4)), max_size=8))
def test_the_area_counts_each_pixel_once(boxes: list[Box]) -> None:
    assert covered_area_px(boxes) == np.count_nonzero(painted(boxes))


def test_a_mask_that_leaves_the_frame_is_refused_by_its_numbers() -> None:
    with pytest.raises(MaskError, match=r"20,0,5,5 .* leaves the 24 x 18 frame"):
        require_inside(PixelMask(rectangles=(rectangle(20, 0, 5, 5),)), COLUMNS, ROWS)
    require_inside(PixelMask(rectangles=(rectangle(20, 0, 4, 18),)), COLUMNS, ROWS)


def test_a_rectangle_inside_another_says_nothing_new() -> None:
    small, large, other = rectangle(2, 2, 2, 2), rectangle(1, 1, 6, 6), rectangle(6, 6, 4, 4)
    assert without_repeats((small, large, other)) == (large, other)
    assert without_repeats((large, small, other)) == (large, other)
