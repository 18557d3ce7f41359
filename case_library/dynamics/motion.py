"""How much a clip changes from frame to frame, and what that says: repeated frames, cuts, the widest opening.

All of it looks inside the image regions alone: a clock that runs beside the image moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from case_library.model.calibration import RegionCalibration, SpatialFormat

BLOCK_PX = 8
# Mean grey levels; what a lossy encoder leaves between two pictures of the same frame.
REPEATED_BELOW = 0.05
FROZEN_FROM_FRAMES = 3
# Two pictures of one place are alike in their blocks even where every speckle is another.
CUT_BELOW_CORRELATION = 0.6
CUT_ABOVE_CHANGE = 2.5
_BACKGROUND_BELOW = 8.0
_DARK_BELOW_MEDIAN = 0.5
_LEAST_GAIN = 0.005
_GAIN_OVER_NOISE = 6.0
_SMOOTHED_OVER = 5

Grey = NDArray[np.uint8]
Box = tuple[int, int, int, int]


class Opening(BaseModel):
    """A frame proposed for a look, and how it was found; no diagnosis.

    Attributes
    ----------
    frame_number : int
        From 1: where the dark part of the image is largest.
    gain_percent : float
        By how much more of the image is dark there than at rest.
    """

    model_config = ConfigDict(frozen=True)

    frame_number: int
    gain_percent: float


class Motion(BaseModel):
    """What changes in a clip.

    Attributes
    ----------
    change : tuple of float or None
        Mean absolute difference to the frame before, in grey levels; 0 for the first, None beside a broken frame.
    dark_percent : tuple of float or None
        Share of the image that is darker than half of its median.
    repeated : tuple of int
        Numbers of frames that show the same picture as the one before.
    frozen : tuple of (int, int)
        First and last frame number of runs of at least three frames of one picture.
    cuts : tuple of int
        Numbers of frames that begin another scene.
    opening : Opening or None
    """

    model_config = ConfigDict(frozen=True)

    change: tuple[float | None, ...]
    dark_percent: tuple[float | None, ...]
    repeated: tuple[int, ...]
    frozen: tuple[tuple[int, int], ...]
    cuts: tuple[int, ...]
    opening: Opening | None


def image_box(regions: Sequence[RegionCalibration], columns: int, rows: int) -> Box:
    """Return the bounds (left, top, right, bottom; the last two excluded) of all two-dimensional image regions.

    Without any, those of the whole frame.
    """
    boxes = [
        (max(r.min_x, 0), max(r.min_y, 0), min(r.max_x + 1, columns), min(r.max_y + 1, rows))
        for r in regions
        if r.spatial_format == SpatialFormat.TWO_D
    ]
    boxes = [(x0, y0, x1, y1) for x0, y0, x1, y1 in boxes if x1 - x0 >= BLOCK_PX and y1 - y0 >= BLOCK_PX]
    if not boxes:
        return 0, 0, columns, rows
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


class MotionMeter:
    """Takes frame after frame and keeps of each only what `motion` needs.

    Parameters
    ----------
    box : tuple of int
        What of the frame is looked at.
    """

    def __init__(self, box: Box) -> None:
        self._box = box
        self._before: Grey | None = None
        self._change: list[float | None] = []
        self._blocks: list[NDArray[np.float32] | None] = []

    def add(self, frame: Grey | None) -> None:
        """Take the next frame, (rows, columns) grey or (rows, columns, 3) RGB; None for one that cannot be read."""
        if frame is None:
            self._before = None
            self._change.append(None)
            self._blocks.append(None)
            return
        x0, y0, x1, y1 = self._box
        grey = _grey(frame)[y0:y1, x0:x1]
        if self._before is not None:
            # uint8: the larger minus the smaller needs no wider type.
            change = float(np.mean(np.maximum(grey, self._before) - np.minimum(grey, self._before)))
            self._change.append(change)
        else:
            self._change.append(None if self._change else 0.0)
        self._before = grey
        self._blocks.append(_block_means(grey))

    def motion(self) -> Motion:
        """Return what was found in the frames so far."""
        change = np.array([np.nan if c is None else c for c in self._change])
        repeated = [k for k in range(1, len(change)) if change[k] < REPEATED_BELOW]
        seen = [k for k, blocks in enumerate(self._blocks) if blocks is not None]
        blocks = np.array([self._blocks[k] for k in seen], dtype=np.float32).reshape(len(seen), -1)
        tissue = blocks[:, blocks.max(axis=0) >= _BACKGROUND_BELOW] if len(seen) else blocks
        cuts = _cuts(tissue, seen, change)
        dark = np.full(len(change), np.nan)
        if tissue.size:
            dark[seen] = np.mean(tissue < _DARK_BELOW_MEDIAN * np.median(tissue), axis=1)
        return Motion(
            change=_rounded(change, 3),
            dark_percent=_rounded(100 * dark, 2),
            repeated=tuple(k + 1 for k in repeated),
            frozen=_frozen(repeated),
            cuts=tuple(k + 1 for k in cuts),
            opening=_opening(dark, cuts),
        )


def _grey(frame: Grey) -> Grey:
    if frame.ndim == 2:
        return frame
    # ITU-R BT.601, in whole numbers.
    red, green, blue = (frame[..., k].astype(np.uint16) for k in range(3))
    return ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)


def _block_means(grey: Grey) -> NDArray[np.float32]:
    rows, columns = (side // BLOCK_PX * BLOCK_PX for side in grey.shape)
    if not rows or not columns:
        return np.array([grey.mean()], dtype=np.float32)
    shape = (rows // BLOCK_PX, BLOCK_PX, columns // BLOCK_PX, BLOCK_PX)
    means: NDArray[np.float32] = grey[:rows, :columns].reshape(shape).mean(axis=(1, 3), dtype=np.float32)
    return means.ravel()


def _cuts(tissue: NDArray[np.float32], seen: list[int], change: NDArray[np.float64]) -> list[int]:
    moving = change[1:][np.isfinite(change[1:]) & (change[1:] >= REPEATED_BELOW)]
    if tissue.size == 0 or moving.size == 0:
        return []
    usual = float(np.median(moving))
    centred = tissue - tissue.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1)
    found = []
    for i in range(1, len(seen)):
        k = seen[i]
        alike = float(centred[i] @ centred[i - 1]) / max(float(length[i] * length[i - 1]), 1e-6)
        if alike < CUT_BELOW_CORRELATION and change[k] > CUT_ABOVE_CHANGE * usual:
            found.append(k)
    return found


def _frozen(repeated: list[int]) -> tuple[tuple[int, int], ...]:
    runs: list[list[int]] = []
    for k in repeated:
        if runs and runs[-1][1] == k - 1:
            runs[-1][1] = k
        else:
            runs.append([k - 1, k])
    return tuple((a + 1, b + 1) for a, b in runs if b - a + 1 >= FROZEN_FROM_FRAMES)


def _opening(dark: NDArray[np.float64], cuts: list[int]) -> Opening | None:
    """Find where the dark part of one scene is largest, if it grows by more than its own noise.

    A gap that opens fills with fluid or shadow: tissue that moves about leaves the dark share as it was, tissue that
    gives way to something dark does not.
    """
    best: Opening | None = None
    bounds = [0, *cuts, len(dark)]
    for start, end in zip(bounds, bounds[1:], strict=False):
        scene = dark[start:end]
        if end - start < 2 * _SMOOTHED_OVER or not np.isfinite(scene).all():
            scene = np.where(np.isfinite(scene), scene, np.nanmedian(scene) if np.isfinite(scene).any() else 0.0)
        if end - start < 2 * _SMOOTHED_OVER:
            continue
        smooth = _median_filtered(scene)
        gain = float(smooth.max() - np.percentile(smooth, 10))
        noise = float(np.median(np.abs(np.diff(scene))))
        if gain < _LEAST_GAIN or gain < _GAIN_OVER_NOISE * noise:
            continue
        if best is None or 100 * gain > best.gain_percent:
            # Of the frames that are equally open, the middle one.
            open_frames = np.flatnonzero(smooth >= smooth.max() - 0.02 * gain)
            middle = int(open_frames[len(open_frames) // 2])
            best = Opening(frame_number=start + middle + 1, gain_percent=round(100 * gain, 2))
    return best


def _median_filtered(values: NDArray[np.float64]) -> NDArray[np.float64]:
    half = _SMOOTHED_OVER // 2
    padded = np.pad(values, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED_OVER), axis=1))


def _rounded(values: NDArray[np.float64], digits: int) -> tuple[float | None, ...]:
    return tuple(round(float(v), digits) if np.isfinite(v) else None for v in values)
