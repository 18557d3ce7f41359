from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from case_library.dicom.cine import clock_of, playback_of
from case_library.model.timing import ClockOrigin, PlaybackSequencing

FRAME_TIME, VECTOR = Tag("FrameTime"), Tag("FrameTimeVector")


def header(**elements: Any) -> Dataset:
    ds = Dataset()
    for name, value in elements.items():
        setattr(ds, name, value)
    return ds


@pytest.mark.parametrize(
    ("elements", "origin", "trusted", "rate_fps", "why"),
    [
        pytest.param(
            {"FrameIncrementPointer": FRAME_TIME, "FrameTime": "40"},
            ClockOrigin.FRAME_TIME, True, 25, "named by its Frame Increment Pointer", id="frame-time",
        ),
        pytest.param({"FrameTime": "40"}, ClockOrigin.FRAME_TIME, False, 25, "does not name it", id="no-pointer"),
        pytest.param(
            {"FrameIncrementPointer": VECTOR, "FrameTimeVector": [0, 40, 40, 40]},
            ClockOrigin.FRAME_TIME_VECTOR, True, 25, "Frame Time Vector", id="vector",
        ),
        pytest.param(
            {"FrameIncrementPointer": [VECTOR, Tag(0x0021, 0x1001)], "FrameTimeVector": [0, 40, 40, 40]},
            ClockOrigin.FRAME_TIME_VECTOR, True, 25, "Frame Time Vector", id="pointer-names-two",
        ),
        pytest.param(
            {"FrameIncrementPointer": VECTOR, "FrameTimeVector": [0, 40], "FrameTime": "50"},
            ClockOrigin.FRAME_TIME, False, 20, "2 values for 4 frames", id="vector-too-short",
        ),
        pytest.param(
            {"FrameIncrementPointer": VECTOR, "FrameTimeVector": [0, 40, -1, 40], "CineRate": 10},
            ClockOrigin.CINE_RATE, False, 10, "goes backwards", id="vector-backwards",
        ),
        pytest.param(
            {"FrameIncrementPointer": FRAME_TIME, "FrameTime": "0", "CineRate": 15},
            ClockOrigin.CINE_RATE, False, 15, "Frame Time is 0 ms", id="frame-time-0",
        ),
        pytest.param({"CineRate": 15}, ClockOrigin.CINE_RATE, False, 15, "Cine Rate", id="cine-rate"),
        pytest.param(
            {"EffectiveDuration": 2.0}, ClockOrigin.EFFECTIVE_DURATION, False, 2, "shared out", id="duration",
        ),
        pytest.param(
            {"RecommendedDisplayFrameRate": 12}, ClockOrigin.DISPLAY_RATE, False, 12, "not a clock", id="display-rate",
        ),
        pytest.param({}, ClockOrigin.ASSUMED, False, 30, "are assumed", id="nothing"),
        pytest.param(
            {"FrameIncrementPointer": FRAME_TIME, "FrameTime": "40", "EffectiveDuration": 0.16},
            ClockOrigin.FRAME_TIME, True, 25, "Effective Duration agrees", id="duration-agrees",
        ),
        pytest.param(
            {"FrameIncrementPointer": FRAME_TIME, "FrameTime": "40", "EffectiveDuration": 0.12},
            ClockOrigin.FRAME_TIME, True, 25, "agrees", id="duration-from-first-to-last-frame",
        ),
        pytest.param(
            {"FrameIncrementPointer": FRAME_TIME, "FrameTime": "40", "EffectiveDuration": 4.0},
            ClockOrigin.FRAME_TIME, False, 25, "Effective Duration is 4.000 s", id="duration-disagrees",
        ),
    ],
)  # fmt: skip
def test_the_clock_of_four_frames(
    elements: dict[str, Any], origin: ClockOrigin, trusted: bool, rate_fps: float, why: str
) -> None:
    clock = clock_of(header(**elements), 4)
    assert (clock.origin, clock.trusted) == (origin, trusted)
    assert clock.rate_fps == pytest.approx(rate_fps)
    assert why in clock.why


def test_an_irregular_vector_is_kept_and_its_first_value_discarded() -> None:
    clock = clock_of(header(FrameIncrementPointer=VECTOR, FrameTimeVector=[7, 124, 126, 250]), 4)
    assert clock.frame_times_s == pytest.approx((0.0, 0.124, 0.250, 0.500))


def test_a_single_frame_is_a_still_whatever_its_frame_time() -> None:
    clock = clock_of(header(FrameIncrementPointer=FRAME_TIME, FrameTime="0"), 1)
    assert clock.origin is ClockOrigin.STILL
    assert clock.duration_s is None


def test_playback_is_read_apart_from_the_clock() -> None:
    playback = playback_of(
        header(RecommendedDisplayFrameRate=12, CineRate=30, StartTrim=2, StopTrim=3, PreferredPlaybackSequencing=1), 4
    )
    assert playback.display_rate_fps == 12
    assert (playback.start_frame, playback.stop_frame) == (2, 3)
    assert playback.sequencing is PlaybackSequencing.SWEEP


@pytest.mark.parametrize(("start", "stop"), [(0, 3), (3, 2), (1, 5), (None, 3)])
def test_a_trim_that_does_not_fit_is_ignored(start: int | None, stop: int) -> None:
    elements = {"StopTrim": stop} if start is None else {"StartTrim": start, "StopTrim": stop}
    playback = playback_of(header(**elements), 4)
    assert playback.start_frame is None
    assert playback.stop_frame is None
