from hypothesis import given
from hypothesis import strategies as st

from case_library.model.geometry import ImagePoint, PixelIndex, PointMm, meeting, prolonged_between

PLACES = st.floats(-1e4, 1e4)
SCALES = st.floats(1e-3, 1e2)


def test_a_pixel_is_found_by_any_place_inside_it() -> None:
    assert PixelIndex(3, 5).centre == ImagePoint(3.5, 5.5)
    assert ImagePoint(3.0, 5.999).pixel == PixelIndex(3, 5)
    assert ImagePoint(-0.1, 0.0).pixel == PixelIndex(-1, 0)


def test_each_axis_has_its_own_scale() -> None:
    assert ImagePoint(10, 10).to_mm((0.1, 0.2)) == PointMm(1.0, 2.0)
    assert PointMm(0.0, 0.0).distance_mm(PointMm(3.0, 4.0)) == 5.0


@given(st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_the_centre_of_a_pixel_lies_in_it(column: int, row: int) -> None:
    assert PixelIndex(column, row).centre.pixel == (column, row)


@given(PLACES, PLACES, SCALES, SCALES)
def test_there_and_back(x: float, y: float, mm_x: float, mm_y: float) -> None:
    back = ImagePoint(x, y).to_mm((mm_x, mm_y)).to_image((mm_x, mm_y))
    assert abs(back.x - x) < 1e-9 and abs(back.y - y) < 1e-9


def test_a_fascicle_is_prolonged_to_both_aponeuroses() -> None:
    upper, lower = ((0.0, 10.0), (100.0, 10.0)), ((0.0, 60.0), (100.0, 60.0))
    assert prolonged_between(((40.0, 30.0), (50.0, 40.0)), upper, lower) == ((20.0, 10.0), (70.0, 60.0))
    assert prolonged_between(((40.0, 30.0), (50.0, 30.0)), upper, lower) is None


def test_lines_that_run_alike_meet_nowhere() -> None:
    assert meeting(((0.0, 0.0), (1.0, 1.0)), ((5.0, 0.0), (6.0, 1.0))) is None
