"""What the truth says is in the pixels: read from the grey values alone."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from case_library.phantoms.build import PhantomRenderer
from case_library.phantoms.clip_truth import masks_of, moment_of, truth_of
from case_library.phantoms.registry import PHANTOMS
from case_library.phantoms.scenes.scene import Scene


def profile_along(
    frame: NDArray[np.uint8], line: Any, *, beyond_px: float, half_width_px: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the mean grey along a line and a little beyond both ends, and each place's distance from its start."""
    start, end = np.array(line)
    length = float(np.hypot(*(end - start)))
    way = (end - start) / length
    across = np.array([-way[1], way[0]])
    at = np.arange(-beyond_px, length + beyond_px)
    offsets = np.arange(-half_width_px, half_width_px + 1)
    places = start + at[:, None, None] * way + offsets[None, :, None] * across
    column, row = np.rint(places - 0.5).astype(int).transpose(2, 0, 1)
    return frame[row.clip(0, 399), column.clip(0, 479)].mean(axis=1), at


@pytest.mark.parametrize("frame_number", [1, 61])
def test_the_gap_of_the_tear_is_as_wide_as_the_truth_says(frame_number: int) -> None:
    truth = truth_of("C01-2")["frames"][frame_number - 1]
    frame = PhantomRenderer(PHANTOMS["C01-2"]).frame(frame_number - 1)
    grey, at = profile_along(frame, truth["shapes_px"]["gap"], beyond_px=40, half_width_px=9)
    grey = np.convolve(np.pad(grey, 3, mode="edge"), np.full(7, 1 / 7), "valid")
    width_px = truth["values"]["gap_mm"] / 0.125
    inside, outside = (at > 0) & (at < width_px), (at < -8) | (at > width_px + 8)
    threshold = (grey[inside].min() + np.median(grey[outside])) / 2.0
    dark = np.flatnonzero((grey < threshold) & (at > -12) & (at < width_px + 12))
    # A millimetre is about the width of the beam.
    assert (dark.max() - dark.min()) * 0.125 == pytest.approx(width_px * 0.125, abs=1.2)


@pytest.mark.parametrize(
    ("clip_id", "area", "darker_than"),
    [
        ("C01-3", "hematoma", "proximal_muscle"),
        ("C03-3", "tear", "muscle"),
        ("C04-2", "hematoma", "muscle"),
        ("C09-1", "nodule", "taut_band"),
    ],
)
def test_what_is_hypoechoic_is_darker_than_its_surroundings(clip_id: str, area: str, darker_than: str) -> None:
    frame = PhantomRenderer(PHANTOMS[clip_id]).frame(0)
    labels, names = masks_of(clip_id, 1)
    inside, around = (labels == names.index(name) + 1 for name in (area, darker_than))
    assert frame[inside].mean() < 0.75 * frame[around].mean()


@pytest.mark.parametrize("clip_id", ["C05-1", "C05-2"])
def test_the_mean_grey_of_the_compared_muscles_is_the_stated_one(clip_id: str) -> None:
    stated = truth_of(clip_id)["frames"][0]["values"]["echo_mean_u8"]
    frame = PhantomRenderer(PHANTOMS[clip_id]).frame(0)
    labels, names = masks_of(clip_id, 1)
    assert frame[labels == names.index("muscle") + 1].mean() == pytest.approx(stated, abs=2.0)


def test_the_needle_is_bright_along_its_shaft_and_no_farther() -> None:
    truth = truth_of("C09-3")["frames"][60]
    frame = PhantomRenderer(PHANTOMS["C09-3"]).frame(60)
    grey, at = profile_along(frame, truth["shapes_px"]["needle_shaft"], beyond_px=14, half_width_px=1)
    length_px = truth["values"]["shaft_length_mm"] / 0.125
    shaft, beyond = (at > 20) & (at < length_px - 4), at > length_px + 7
    assert grey[shaft].mean() > 1.8 * grey[beyond].mean()


# One of each kind of scene, at the motion that takes most tissue along.
EACH_SCENE = (
    "C01-4", "C01-3", "C02-2", "C02-3", "C03-2", "C03-4", "C04-3", "C04-4", "C05-4", "C06-3", "C06-5", "C07-2", "C07-3",
    "C07-4", "C08-3", "C09-2", "C10-1c",
)  # fmt: skip


@pytest.mark.parametrize("clip_id", EACH_SCENE)
def test_tissue_fills_the_whole_picture_at_full_activation(clip_id: str) -> None:
    phantom = PHANTOMS[clip_id]
    scene: Scene = phantom.scene(phantom.transducer, phantom.seed)
    echoes = scene.echoes(moment_of(phantom, phantom.representative_frame - 1))
    assert np.isfinite(echoes.x_mm).all() and np.isfinite(echoes.z_mm).all() and np.isfinite(echoes.amplitude).all()
    # Of the upper 30 mm no square of 4 mm is without echoes.
    columns, rows = int(phantom.transducer.width_mm // 4), 30 // 4
    bounds = [[0.0, columns * 4.0], [0.0, rows * 4.0]]
    cells, _, _ = np.histogram2d(echoes.x_mm, echoes.z_mm, [columns, rows], bounds)
    assert cells.min() > 50
