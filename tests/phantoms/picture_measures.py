"""What is measured on pictures of tissue, real and synthetic alike: grey, grain, and the sheets between layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[Any]
PERCENTILES = (25, 50, 75, 95)


def grey(parts: Sequence[Grey]) -> dict[str, float]:
    """Return quartiles, 95th percentile and mean over deviation of the grey of all parts together."""
    pooled = np.concatenate([np.asarray(part, float).ravel() for part in parts])
    values = dict(zip(("lower", "median", "upper", "p95"), np.percentile(pooled, PERCENTILES), strict=True))
    return {name: float(value) for name, value in values.items()} | {"snr": float(pooled.mean() / pooled.std())}


def grain(parts: Sequence[Grey], mm_per_px: float) -> tuple[float, float]:
    """Return the shifts in depth and along the probe, in mm, at which a picture is half like itself: means over parts.

    The autocorrelation of the grey about its mean, unbiased for the overlap, between pixels.
    """
    found = []
    for part in parts:
        centred = np.asarray(part, float) - np.mean(part)
        shape = (2 * centred.shape[0], 2 * centred.shape[1])
        power, area = (np.abs(np.fft.fft2(values, shape)) ** 2 for values in (centred, np.ones_like(centred)))
        likeness = np.fft.ifft2(power).real / np.maximum(np.fft.ifft2(area).real, 1.0)
        likeness /= likeness[0, 0]
        down, across = likeness[: centred.shape[0] // 2, 0], likeness[0, : centred.shape[1] // 2]
        found.append((_half(down) * mm_per_px, _half(across) * mm_per_px))
    depth_mm, lateral_mm = np.mean(found, axis=0)
    return float(depth_mm), float(lateral_mm)


def sheet(parts: Sequence[Grey], mm_per_px: float, ground: float = 30.0) -> dict[str, float]:
    """Return the peak grey of each column across a sheet (quartiles), and the median width at half its height."""
    peaks, widths = [], []
    for part in parts:
        for column in np.asarray(part, float).T:
            peak = int(column.argmax())
            half = (column[peak] + ground) / 2.0
            first = last = peak
            while first > 0 and column[first] > half:
                first -= 1
            while last < column.size - 1 and column[last] > half:
                last += 1
            peaks.append(column[peak])
            widths.append((last - first - 1) * mm_per_px)
    lower, median, upper = np.percentile(peaks, (25, 50, 75))
    return {"lower": float(lower), "median": float(median), "upper": float(upper), "width_mm": float(np.median(widths))}


def _half(likeness: Grey) -> float:
    below = int(np.argmax(likeness < 0.5))
    return float(below - 1 + (likeness[below - 1] - 0.5) / (likeness[below - 1] - likeness[below]))
