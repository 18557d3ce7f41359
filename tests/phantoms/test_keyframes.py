import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from case_library.phantoms.keyframes import corners_of, keyframes_of

PATHS = st.tuples(st.integers(2, 30), st.integers(1, 4)).flatmap(
    lambda size: arrays(np.float64, (*size, 2), elements=st.floats(0, 400, width=32))
)


@given(PATHS, st.floats(0.5, 20))
def test_no_point_is_missed_by_more_than_the_tolerance(path: np.ndarray, tolerance: float) -> None:
    kept = keyframes_of(path, tolerance)
    if kept == [0]:
        assert np.linalg.norm(path - path[:1], axis=2).max() <= 2 * tolerance
        return
    told = np.stack(
        [
            np.stack([np.interp(range(len(path)), kept, path[kept, point, axis]) for axis in (0, 1)], axis=-1)
            for point in range(path.shape[1])
        ],
        axis=1,
    )
    assert np.linalg.norm(path - told, axis=2).max() <= tolerance + 1e-6


def test_straight_and_even_movement_needs_its_ends_alone() -> None:
    path = np.linspace(0, 30, 31)[:, None, None] * np.ones((1, 2, 2))
    assert keyframes_of(path, 0.1) == [0, 30]


def test_what_stands_still_needs_one_keyframe() -> None:
    assert keyframes_of(np.full((60, 3, 2), 7.0), 0.1) == [0]
    assert keyframes_of(np.full((1, 3, 2), 7.0), 0.1) == [0]


def test_a_peak_is_kept() -> None:
    path = np.zeros((61, 1, 2))
    path[30, 0, 1] = 9.0
    assert 30 in keyframes_of(path, 0.5)


def test_corners_on_a_straight_edge_are_dropped_and_true_ones_kept() -> None:
    square = [(0, 0), (5, 0), (10, 0), (10, 10), (5, 10), (0, 10), (0, 5)]
    kept = corners_of([square], 0.1, closed=True)
    assert [square[i] for i in kept] == [(0, 0), (10, 0), (10, 10), (0, 10)]


def test_a_corner_that_shows_on_one_frame_is_kept_on_all() -> None:
    flat, bent = [(0, 0), (5, 0), (10, 0)], [(0, 0), (5, 4), (10, 0)]
    assert corners_of([flat], 0.1, closed=False) == [0, 2]
    assert corners_of([flat, bent], 0.1, closed=False) == [0, 1, 2]


@pytest.mark.parametrize("tolerance", [0.1, 1.0, 100.0])
def test_an_outline_keeps_at_least_three_corners(tolerance: float) -> None:
    circle = [(np.cos(a), np.sin(a)) for a in np.linspace(0, 6, 40)]
    assert len(corners_of([circle], tolerance, closed=True)) >= 3
