"""From the points of a shape on every frame to the few keyframes and corners that tell it well enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]


def keyframes_of(points: ArrayLike, tolerance_px: float) -> list[int]:
    """Return the frames to draw on, so that straight lines between them miss no point by more than the tolerance.

    Parameters
    ----------
    points : array, (frames, points, 2)
        Image coordinates.
    tolerance_px : float

    Returns
    -------
    list of int
        Indices of frames, rising; the first and the last are among them.
    """
    path = np.asarray(points, dtype=np.float64)
    last = len(path) - 1
    kept = sorted({0, last})
    while True:
        errors = np.zeros(len(path))
        for start, stop in zip(kept, kept[1:], strict=False):
            part = np.linspace(0.0, 1.0, stop - start + 1)[:, None, None]
            straight = path[start] + (path[stop] - path[start]) * part
            errors[start : stop + 1] = np.linalg.norm(path[start : stop + 1] - straight, axis=2).max(axis=1)
        worst = int(errors.argmax())
        if errors[worst] <= tolerance_px:
            # What does not move needs one keyframe.
            still = len(kept) == 2 and np.linalg.norm(path[0] - path[-1], axis=1).max() <= tolerance_px
            return [0] if still else kept
        kept = sorted({*kept, worst})


def corners_of(points: ArrayLike, tolerance_px: float, *, closed: bool) -> list[int]:
    """Return the corners to keep, the same on all frames, so that no other lies further from the outline than that.

    Parameters
    ----------
    points : array, (frames, points, 2)
    closed : bool
        Whether the last point is joined to the first.

    References
    ----------
    Douglas & Peucker, Cartographica 1973;10:112, with the worst of all frames deciding.
    """
    path = np.asarray(points, dtype=np.float64)
    count = path.shape[1]
    if closed:
        far = int(np.linalg.norm(path - path[:, :1], axis=2).max(axis=0).argmax())
        around = [*range(count), 0]
        kept = (
            {0, far}
            | set(_between(path, around[: far + 1], tolerance_px))
            | set(_between(path, around[far:], tolerance_px))
        )
        if len(kept) < 3:
            kept |= {next(i for i in range(count) if i not in kept)}
        return sorted(kept)
    return sorted({0, count - 1} | set(_between(path, list(range(count)), tolerance_px)))


def _between(path: Floats, indices: Sequence[int], tolerance_px: float) -> list[int]:
    if len(indices) < 3:
        return []
    start, stop = path[:, indices[0]], path[:, indices[-1]]
    inner = path[:, indices[1:-1]]
    along = stop - start
    squared = np.maximum((along * along).sum(axis=1), 1e-12)
    part = np.clip(((inner - start[:, None]) * along[:, None]).sum(axis=2) / squared[:, None], 0.0, 1.0)
    nearest = start[:, None] + part[:, :, None] * along[:, None]
    distance = np.linalg.norm(inner - nearest, axis=2).max(axis=0)
    worst = int(distance.argmax())
    if distance[worst] <= tolerance_px:
        return []
    middle = worst + 1
    return [
        *_between(path, indices[: middle + 1], tolerance_px),
        indices[middle],
        *_between(path, indices[middle:], tolerance_px),
    ]
