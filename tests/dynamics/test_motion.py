import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_library.dynamics.motion import MotionMeter, image_box
from case_library.model.calibration import RegionCalibration
from case_library.sources.dicom import open_dicom

EXAMPLE = Path(__file__).parents[2] / "cases" / "missed-rectus-femoris-tear"


def motion_of(frames, box=None):
    rows, columns = next(frame for frame in frames if frame is not None).shape[:2]
    meter = MotionMeter(box or (0, 0, columns, rows))
    for frame in frames:
        meter.add(frame)
    return meter.motion()


def speckle(seed, rows=96, columns=128, mean=100):
    return np.random.default_rng(seed).normal(mean, 25, (rows, columns)).clip(20, 255).astype(np.uint8)


def gap(frame, width):
    opened = frame.copy()
    middle = frame.shape[1] // 2
    opened[24:72, middle - width // 2 : middle + (width + 1) // 2] = 4
    return opened


def region(x0, y0, x1, y1, spatial_format=1):
    return RegionCalibration(
        number=1, min_x=x0, min_y=y0, max_x=x1, max_y=y1, spatial_format=spatial_format, data_type=1,
        unit_x=3, unit_y=3, delta_x=0.01, delta_y=0.01, flags=0,
    )  # fmt: skip


def test_the_change_is_the_mean_difference_in_grey_levels():
    frames = [np.full((32, 32), level, np.uint8) for level in (100, 103, 99)]
    assert motion_of(frames).change == (0.0, 3.0, 4.0)


@given(st.lists(st.integers(0, 255), min_size=2, max_size=12))
@settings(max_examples=30, deadline=None)
def test_a_clip_played_backwards_changes_as_much(levels):
    frames = [np.full((16, 16), level, np.uint8) for level in levels]
    forth, back = motion_of(frames).change[1:], motion_of(frames[::-1]).change[1:]
    assert forth == back[::-1]


def test_colour_counts_by_its_brightness():
    grey = [np.full((16, 16), level, np.uint8) for level in (60, 90)]
    colour = [np.repeat(frame[..., None], 3, axis=2) for frame in grey]
    assert motion_of(colour).change == pytest.approx(motion_of(grey).change, abs=1)


def test_what_runs_beside_the_image_moves_nothing():
    frames = [speckle(1) for _ in range(6)]
    for k, frame in enumerate(frames):
        frame[:16, :] = 40 * k
    inside = motion_of(frames, (0, 16, 128, 96))
    assert inside.change == (0.0,) * 6
    assert motion_of(frames).change[1] > 1


def test_repeated_frames_are_named_and_a_run_of_them_is_frozen():
    a, b, c = (speckle(seed) for seed in range(3))
    motion = motion_of([a, b, b, c, c, c, c, a])
    assert motion.repeated == (3, 5, 6, 7)
    assert motion.frozen == ((4, 7),)


def test_another_scene_is_a_cut_and_moving_tissue_is_none():
    rows, columns = np.mgrid[0:96, 0:128]

    def scene(shift, kind):
        picture = 60 + 50 * np.sin((columns + shift) / 9) if kind == 0 else 60 + 50 * np.cos((rows + shift) / 11)
        return (picture + np.random.default_rng(shift).normal(0, 6, picture.shape)).clip(1, 255).astype(np.uint8)

    frames = [scene(k, 0) for k in range(12)] + [scene(k, 1) for k in range(12)]
    assert motion_of(frames).cuts == (13,)


def test_a_gap_that_opens_is_proposed_at_its_widest():
    widths = [4] * 10 + list(range(4, 44, 4)) + [44] * 9 + list(range(40, 4, -4)) + [4] * 10
    motion = motion_of([gap(speckle(k), width) for k, width in enumerate(widths)])
    assert motion.opening is not None
    assert widths[motion.opening.frame_number - 1] == 44
    grown = 100 * (44 - 4) * 48 / (96 * 128)
    assert motion.opening.gain_percent == pytest.approx(grown, rel=0.25)


def test_where_nothing_opens_nothing_is_proposed():
    assert motion_of([speckle(k) for k in range(40)]).opening is None
    assert motion_of([gap(np.roll(speckle(1), k, axis=1), 12) for k in range(40)]).opening is None


def test_a_frame_that_cannot_be_read_leaves_a_hole():
    motion = motion_of([speckle(0), None, speckle(1), speckle(2)])
    assert motion.change[0] == 0.0
    assert motion.change[1] is None and motion.change[2] is None
    assert motion.change[3] > 0


def test_a_still_has_nothing_to_say():
    motion = motion_of([speckle(0)])
    assert (motion.repeated, motion.frozen, motion.cuts, motion.opening) == ((), (), (), None)


def test_the_image_is_what_the_regions_say_cut_to_the_frame():
    assert image_box([], 640, 480) == (0, 0, 640, 480)
    assert image_box([region(10, 20, 299, 399), region(300, 30, 700, 350)], 640, 480) == (10, 20, 640, 400)
    assert image_box([region(10, 20, 299, 399), region(0, 400, 639, 479, spatial_format=3)], 640, 480) == (
        10,
        20,
        300,
        400,
    )


def motion_of_example(number):
    with open_dicom(EXAMPLE / "media" / f"clip-{number}.dcm") as source:
        meter = MotionMeter(image_box(source.regions, source.columns, source.rows))
        for k in range(source.frame_count):
            meter.add(source.read_frame(k))
    return meter.motion()


@pytest.mark.parametrize("number", [2, 5])
def test_on_an_example_the_proposed_frame_is_as_open_as_any(number):
    """Truth: the gap that the phantom's own document states for each frame, in millimetres."""
    truth = json.loads((EXAMPLE / "truth" / f"clip-{number}.json").read_text(encoding="utf-8"))
    gaps = [frame["values"]["gap_mm"] for frame in truth["frames"]]
    motion = motion_of_example(number)
    assert gaps[motion.opening.frame_number - 1] >= 0.98 * max(gaps)
    assert motion.cuts == ()


def test_the_motion_is_where_the_muscle_moves():
    change = motion_of_example(2).change
    assert sum(change[36:42]) > 2 * sum(change[8:14])


def test_in_an_example_in_which_nothing_opens_nothing_is_proposed():
    assert motion_of_example(4).opening is None
