import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.phantoms.profiles import CONTRACT, Profile, ramps, smoothstep


@pytest.mark.parametrize(
    ("x", "expected"),
    [(-1.0, 0.0), (0.0, 0.0), (0.2, 0.104), (0.5, 0.5), (1.0, 1.0), (3.0, 1.0)],
)
def test_smoothstep_goes_from_nought_to_one(x: float, expected: float) -> None:
    assert smoothstep(x) == pytest.approx(expected)


@given(st.floats(0, 1), st.floats(0, 1))
def test_smoothstep_never_falls_and_is_symmetric(x: float, y: float) -> None:
    low, high = sorted((x, y))
    assert smoothstep(low) <= smoothstep(high) + 1e-12
    assert smoothstep(1.0 - x) == pytest.approx(1.0 - smoothstep(x))


@pytest.mark.parametrize(
    ("frame_number", "activation"),
    [(1, 0.0), (31, 0.0), (34, 0.104), (39, 0.549926), (46, 1.0), (61, 1.0), (76, 1.0), (91, 0.0), (120, 0.0)],
)
def test_the_contraction_reaches_its_plateau_where_the_reference_says(frame_number: int, activation: float) -> None:
    assert CONTRACT.activation(frame_number - 1) == pytest.approx(activation, abs=1e-5)


def test_nothing_moves_before_the_contraction_and_all_frames_of_the_plateau_are_full() -> None:
    values = [CONTRACT.activation(index) for index in range(CONTRACT.frame_count)]
    assert values[:31] == [0.0] * 31
    assert values[45:76] == pytest.approx([1.0] * 31)
    assert 0.0 < values[31] < values[44] < 1.0


def test_two_efforts_of_different_strength_are_ramps_too() -> None:
    two_efforts = Profile(
        ramps((0.5, 0.0), (0.9, 0.5), (1.6, 0.5), (2.0, 0.0), (2.5, 0.0), (2.9, 1.0), (3.6, 1.0), (4.0, 0.0)), 150, 30.0
    )
    assert [two_efforts.activation(n - 1) for n in (28, 38, 48)] == pytest.approx([0.5] * 3)
    assert [two_efforts.activation(n - 1) for n in (88, 98, 109)] == pytest.approx([1.0] * 3)
    assert two_efforts.activation(149) == 0.0


def test_knots_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        ramps((1.0, 0.0), (1.0, 1.0))


@pytest.mark.parametrize("frame_index", [-1, 120])
def test_a_frame_outside_the_clip_has_no_time(frame_index: int) -> None:
    with pytest.raises(IndexError, match="outside 0-119"):
        CONTRACT.time_s(frame_index)


def test_a_regular_clock_has_no_vector_of_times() -> None:
    assert CONTRACT.frame_time_vector_ms is None


@given(jitter_ms=st.integers(1, 12))
def test_a_clock_that_jitters_keeps_its_order_and_its_rate_and_says_each_step(jitter_ms: int) -> None:
    clock = Profile(lambda time_s: time_s, frame_count=120, frame_rate_fps=30.0, jitter_ms=jitter_ms)
    vector = clock.frame_time_vector_ms
    assert vector is not None and len(vector) == 120 and vector[0] == 0.0 and min(vector[1:]) > 0.0
    assert len(set(vector[1:])) > 2
    for frame_index in (0, 1, 50, 119):
        time_s = clock.time_s(frame_index)
        assert sum(vector[: frame_index + 1]) == pytest.approx(1000.0 * time_s, abs=1e-6)
        assert time_s == pytest.approx(frame_index / 30.0, abs=jitter_ms / 1000.0 + 0.0006)
