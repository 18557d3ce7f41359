import io
import zipfile
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from case_library.dicom.cine import clock_of, playback_of
from case_library.model.timing import ClockOrigin, PlaybackSequencing
from tests.shared_data import shared_data

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
            {"FrameIncrementPointer": VECTOR, "FrameTimeVector": [0, 40, 40, 40, 40], "CineRate": 10},
            ClockOrigin.CINE_RATE, False, 10, "5 values for 4 frames", id="vector-too-long",
        ),
        pytest.param(
            {"FrameIncrementPointer": VECTOR, "FrameTimeVector": [0, 0, 0, 0], "CineRate": 10},
            ClockOrigin.CINE_RATE, False, 10, "holds no time", id="vector-of-zeros",
        ),
        pytest.param(
            {"FrameIncrementPointer": VECTOR, "FrameTime": "40"},
            ClockOrigin.FRAME_TIME, False, 25, "does not name it", id="pointer-names-what-is-missing",
        ),
        pytest.param(
            {"FrameIncrementPointer": [FRAME_TIME, VECTOR], "FrameTime": "50", "FrameTimeVector": [0, 40, 40, 40]},
            ClockOrigin.FRAME_TIME_VECTOR, True, 25, "Frame Time Vector", id="pointer-names-both",
        ),
        pytest.param(
            {"FrameIncrementPointer": FRAME_TIME, "FrameTime": "50", "FrameTimeVector": [0, 40, 40, 40]},
            ClockOrigin.FRAME_TIME, True, 20, "Frame Time of the file", id="the-pointer-decides",
        ),
        pytest.param(
            {"FrameIncrementPointer": FRAME_TIME, "FrameTime": "-40", "RecommendedDisplayFrameRate": 12},
            ClockOrigin.DISPLAY_RATE, False, 12, "Frame Time is -40 ms", id="frame-time-negative",
        ),
        pytest.param(
            {"CineRate": 15, "EffectiveDuration": 2.0, "RecommendedDisplayFrameRate": 12},
            ClockOrigin.CINE_RATE, False, 15, "Cine Rate", id="cine-rate-before-duration",
        ),
        pytest.param(
            {"EffectiveDuration": 2.0, "RecommendedDisplayFrameRate": 12},
            ClockOrigin.EFFECTIVE_DURATION, False, 2, "shared out", id="duration-before-display-rate",
        ),
        pytest.param(
            {"FrameIncrementPointer": VECTOR, "FrameTimeVector": [0, 40, 40, 40], "EffectiveDuration": 0.5},
            ClockOrigin.FRAME_TIME_VECTOR, False, 25, "Effective Duration is 0.500 s", id="vector-and-duration-differ",
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


@pytest.mark.parametrize(
    ("name", "frame_count", "origin", "trusted", "frame_time_s", "display_rate_fps"),
    [
        ("Issue16.dcm", 34, ClockOrigin.FRAME_TIME, True, 0.03, 33),
        ("examples_ybr_color.dcm", 30, ClockOrigin.FRAME_TIME, True, 0.033333, None),
        ("GREYSCALE_CINE.zip", 27, ClockOrigin.FRAME_TIME, True, 0.033333, 30),
        ("RGB_CINE.zip", 51, ClockOrigin.FRAME_TIME_VECTOR, True, 0.0579671, None),
        ("OBXXXX1A_rle_2frame.dcm", 2, ClockOrigin.ASSUMED, False, 1 / 30, None),
        ("US1_J2KR.dcm", 1, ClockOrigin.STILL, False, None, None),
    ],
)
def test_clock_and_playback_of_a_real_file_are_two_numbers(
    name: str,
    frame_count: int,
    origin: ClockOrigin,
    trusted: bool,
    frame_time_s: float | None,
    display_rate_fps: float | None,
) -> None:
    ds = real(name)
    clock, playback = clock_of(ds, frame_count), playback_of(ds, frame_count)
    assert (clock.origin, clock.trusted) == (origin, trusted)
    assert playback.display_rate_fps == display_rate_fps
    if frame_time_s is None:
        assert clock.duration_s is None
    else:
        assert clock.time_s(1) == pytest.approx(frame_time_s)
        assert clock.duration_s == pytest.approx(frame_count * frame_time_s)


def test_a_real_vector_is_summed_and_a_private_tag_beside_it_does_no_harm() -> None:
    ds = real("RGB_CINE.zip")
    assert [Tag(tag) for tag in ds.FrameIncrementPointer] == [VECTOR, Tag(0xFB84, 0x3290)]
    steps_ms = [float(step) for step in ds.FrameTimeVector]
    times = clock_of(ds, 51).frame_times_s
    assert times is not None
    assert times[0] == 0
    assert np.allclose(np.diff(times) * 1000, steps_ms[1:])


def real(name: str) -> Dataset:
    path = shared_data(f"dicom-us/{name}")
    if path.suffix != ".zip":
        return pydicom.dcmread(path, stop_before_pixels=True)
    with zipfile.ZipFile(path) as archive, archive.open(f"{path.stem}.dcm") as file:
        return pydicom.dcmread(io.BytesIO(file.read(1 << 20)), stop_before_pixels=True)
