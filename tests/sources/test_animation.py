from pathlib import Path

import numpy as np
import pytest

from case_library.sources.animation import NO_TIME, AnimationReader
from tests.dicom_files import ramp_frames
from tests.media_files import animation, colour_frames


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_an_animation_has_its_frames_and_their_times(tmp_path: Path, suffix: str) -> None:
    # Grey levels of a palette: a GIF holds them exactly.
    frames = ramp_frames(4)
    reader = AnimationReader(animation(tmp_path / f"a.{suffix}", frames, [40, 40, 200, 40]))
    assert reader.frame_count == 4
    assert reader.frame_times_s == pytest.approx((0.0, 0.04, 0.08, 0.28))
    for i in (0, 3, 1, 2):
        found = reader.read(i)
        assert np.array_equal(found if found.ndim == 2 else found[..., 0], frames[i])
    assert reader.notes() == []
    reader.close()


def test_colours_of_a_lossless_webp_stay(tmp_path: Path) -> None:
    frames = colour_frames(3)
    reader = AnimationReader(animation(tmp_path / "a.webp", frames, 40))
    assert all(np.array_equal(reader.read(i), frames[i]) for i in range(3))
    reader.close()


def test_frames_that_ask_for_no_time_get_a_tenth_of_a_second_and_it_is_said(tmp_path: Path) -> None:
    reader = AnimationReader(animation(tmp_path / "a.gif", ramp_frames(3), 0))
    assert reader.frame_times_s == pytest.approx((0.0, 0.1, 0.2))
    assert reader.notes() == [NO_TIME]
    reader.close()
