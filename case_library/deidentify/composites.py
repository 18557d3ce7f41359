"""All frames of a clip in a few pictures, in bounded memory: what stays, what is typical, what was ever bright.

Text does not move and tissue does, so a name stands out in the darkest picture; what changes from frame to frame, such
as a clock, stands out in the brightest and in the one of changes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from case_library.errors import CaseLibraryError, FrameError, RefusedInputError

_MEDIAN_FRAMES = 15
# Below this spread a pixel is as good as still, and how its values spread says nothing.
_LEAST_SPREAD = 40


class SuggestionCancelledError(CaseLibraryError):
    """Nobody waits for the suggestion any more; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Looking for text in this clip was cancelled")


class Frames(Protocol):
    """What is looked at: an open source."""

    @property
    def frame_count(self) -> int:
        """Number of frames."""

    def read_frame(self, frame_index: int) -> NDArray[np.uint8]:
        """Return one frame as it is shown."""


@dataclass(frozen=True)
class Composites:
    """What all frames of a clip have in common.

    Attributes
    ----------
    darkest, brightest : uint8 (rows, columns)
        Of every pixel over all frames, of its brightest colour.
    median : uint8, (rows, columns) or (rows, columns, 3)
        Of up to 15 frames spread over the clip, as shown.
    mean : float32 (rows, columns)
    two_valued : float32 (rows, columns)
        From 0 to 1: how far a pixel switches between two values and takes none between; 0 where it hardly changes. The
        variance of values between `a` and `b` with mean `m` is at most `(b - m)(m - a)`, which two values alone reach.
    frame_count : int
        Frames that could be decoded.

    References
    ----------
    Bhatia and Davis, A better bound on the variance, American Mathematical Monthly 107 (2000), 353-357
    """

    darkest: NDArray[np.uint8]
    brightest: NDArray[np.uint8]
    median: NDArray[np.uint8]
    mean: NDArray[np.float32]
    two_valued: NDArray[np.float32]
    frame_count: int

    def pngs(self) -> dict[str, bytes]:
        """Return the pictures for a person: `min`, `median`, `max` and `changing`, as PNG at full size."""
        changing = np.where(self.brightest.astype(np.int16) - self.darkest >= _LEAST_SPREAD, self.two_valued * 255, 0)
        pictures = {
            "min": self.darkest,
            "median": self.median,
            "max": self.brightest,
            "changing": changing.astype(np.uint8),
        }
        return {name: _png(picture) for name, picture in pictures.items()}


def composites_of(
    frames: Frames,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Composites:
    """Return what all frames of a clip have in common; each is decoded once, and 15 are in memory at most.

    Frames that cannot be decoded are left out.

    Parameters
    ----------
    progress : callable
        Called with the frames done and their number.
    cancelled : callable
        Asked before each frame.

    Raises
    ------
    RefusedInputError
        If no frame can be decoded.
    SuggestionCancelledError
    """
    count = frames.frame_count
    kept_at = set(np.linspace(0, count - 1, min(count, _MEDIAN_FRAMES)).round().astype(int).tolist())
    kept: list[NDArray[np.uint8]] = []
    sums: _Sums | None = None
    for frame_index in range(count):
        if cancelled():
            raise SuggestionCancelledError
        try:
            frame = frames.read_frame(frame_index)
        except FrameError:
            continue
        if frame_index in kept_at:
            kept.append(frame)
        level = brightest_colour(frame)
        if sums is None:
            sums = _Sums(level)
        else:
            sums.add(level)
        progress(frame_index + 1, count)
    if sums is None:
        raise RefusedInputError("no frame of this clip can be decoded")
    # A clip whose chosen frames are all broken has others.
    median = _median(kept) if kept else sums.darkest
    return Composites(sums.darkest, sums.brightest, median, sums.mean(), sums.two_valued(), sums.count)


def brightest_colour(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the brightest of the colours of each pixel: text may be of any one."""
    return frame if frame.ndim == 2 else np.asarray(frame.max(axis=2))


class _Sums:
    def __init__(self, level: NDArray[np.uint8]) -> None:
        self.darkest, self.brightest = level.copy(), level.copy()
        self._sum = level.astype(np.uint32)
        # 100,000 frames of 255 squared are beyond 32 bits; a float keeps seven figures, which is enough here.
        self._squares = np.square(level, dtype=np.float32)
        self.count = 1

    def add(self, level: NDArray[np.uint8]) -> None:
        np.minimum(self.darkest, level, out=self.darkest)
        np.maximum(self.brightest, level, out=self.brightest)
        self._sum += level
        self._squares += np.square(level, dtype=np.float32)
        self.count += 1

    def mean(self) -> NDArray[np.float32]:
        return (self._sum / self.count).astype(np.float32)

    def two_valued(self) -> NDArray[np.float32]:
        mean = self._sum / self.count
        variance = self._squares / self.count - mean * mean
        most = (self.brightest - mean) * (mean - self.darkest)
        spread = self.brightest.astype(np.int16) - self.darkest
        ratio = np.where((spread >= _LEAST_SPREAD) & (most > 0), variance / np.maximum(most, 1e-6), 0)
        return np.clip(ratio, 0, 1).astype(np.float32)


def _median(frames: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    # By bands of rows, so that the copy that sorting makes stays small.
    bands = [
        np.median(np.stack([frame[top : top + 64] for frame in frames]), axis=0).astype(np.uint8)
        for top in range(0, frames[0].shape[0], 64)
    ]
    return np.concatenate(bands)


def _png(picture: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
