import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from case_library.model.timing import Clock, ClockOrigin


def regular(frame_count: int, frame_time_s: float) -> Clock:
    return Clock(
        origin=ClockOrigin.FRAME_TIME, trusted=True, why=".", frame_count=frame_count, frame_time_s=frame_time_s
    )


def irregular(*times: float) -> Clock:
    return Clock(
        origin=ClockOrigin.FRAME_TIME_VECTOR, trusted=True, why=".", frame_count=len(times), frame_times_s=times
    )


def test_a_regular_clock_counts_from_the_first_frame() -> None:
    clock = regular(30, 0.04)
    assert clock.time_s(0) == 0.0
    assert clock.time_s(29) == pytest.approx(1.16)
    assert clock.duration_s == pytest.approx(1.2)
    assert clock.rate_fps == pytest.approx(25.0)


def test_the_last_frame_of_an_irregular_clock_lasts_the_median_interval() -> None:
    clock = irregular(0.0, 0.1, 0.2, 0.9)
    assert clock.last_interval_s == pytest.approx(0.1)
    assert clock.duration_s == pytest.approx(1.0)


def test_a_still_has_no_time() -> None:
    clock = Clock(origin=ClockOrigin.STILL, trusted=False, why=".", frame_count=1)
    assert clock.time_s(0) is None
    assert clock.duration_s is None
    assert clock.rate_fps is None
    assert clock.frame_index_at(3.0) == 0


def test_a_frame_outside_the_clip_has_no_time() -> None:
    with pytest.raises(IndexError, match="outside 0-29"):
        regular(30, 0.04).time_s(30)


@given(st.integers(2, 2000), st.floats(0.001, 2.0))
def test_a_regular_clock_returns_to_the_frame_it_came_from(frame_count: int, frame_time_s: float) -> None:
    clock = regular(frame_count, frame_time_s)
    for index in {0, 1, frame_count // 2, frame_count - 1}:
        time_s = clock.time_s(index)
        assert time_s is not None
        assert clock.frame_index_at(time_s) == index


@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=60))
def test_an_irregular_clock_returns_to_the_frame_it_came_from(steps: list[float]) -> None:
    times = [0.0]
    for step in steps:
        times.append(times[-1] + step)
    clock = irregular(*times)
    for index, time_s in enumerate(times):
        assert clock.frame_index_at(time_s) == index
        assert clock.frame_index_at(time_s + 0.0004) == index


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"frame_count": 3}, "either regular", id="no-time"),
        pytest.param({"frame_count": 3, "frame_time_s": 0.1, "frame_times_s": (0, 1, 2)}, "either regular", id="both"),
        pytest.param({"frame_count": 3, "frame_times_s": (0, 1)}, "2 frame times for 3", id="too-few"),
        pytest.param({"frame_count": 2, "frame_times_s": (1, 2)}, "start at 0", id="late-start"),
        pytest.param({"frame_count": 3, "frame_times_s": (0, 2, 1)}, "never decrease", id="backwards"),
        pytest.param({"frame_count": 3, "frame_time_s": 0}, "greater than 0", id="zero"),
    ],
)
def test_an_impossible_clock_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Clock.model_validate({"origin": "frame_time", "trusted": True, "why": ".", **fields})
