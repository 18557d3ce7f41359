"""The check that de-identification left measures alone: millimetres between two points, seconds between two frames."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, isclose
from typing import Protocol

from case_library.errors import CaseLibraryError
from case_library.model.calibration import RegionCalibration, Scale
from case_library.model.timing import Clock, Playback


class Measured(Protocol):
    """What is measured: an open source, or a clip of a case."""

    @property
    def frame_count(self) -> int:
        """Number of frames."""

    @property
    def columns(self) -> int:
        """Width of a frame in pixels."""

    @property
    def rows(self) -> int:
        """Height of a frame in pixels."""

    @property
    def clock(self) -> Clock:
        """When each frame was taken."""

    @property
    def playback(self) -> Playback:
        """How the clip asks to be played."""

    @property
    def regions(self) -> tuple[RegionCalibration, ...]:
        """The calibrated regions."""

    @property
    def scale(self) -> Scale:
        """What is concluded about lengths."""


class ChangedMeasureError(CaseLibraryError):
    """A frame, a length or a time would not be what it was; nothing was kept."""


@dataclass(frozen=True)
class _Two:
    what: str
    before: object
    after: object


def require_same_measures(before: Measured, after: Measured) -> None:
    """Compare what is measured in a clip before and after its pixels or its header were cleaned.

    Raises
    ------
    ChangedMeasureError
        Names the first that differs, with both values.
    """
    differing = [two for two in _compared(before, after) if not _same(two.before, two.after)]
    if differing:
        raise ChangedMeasureError(_sentence(differing[0]))


def require_trust_kept(before: Measured, after: Measured) -> None:
    """Compare what can be trusted in a file with what is left of it when its header was cleaned.

    Raises
    ------
    ChangedMeasureError
    """
    if before.scale.trusted and not _same(diagonal_mm(before), diagonal_mm(after)):
        raise ChangedMeasureError(_sentence(_Two("a length in mm", diagonal_mm(before), diagonal_mm(after))))
    if before.clock.trusted and not _same(_seconds(before), _seconds(after)):
        raise ChangedMeasureError(_sentence(_Two("the seconds of the clip", _seconds(before), _seconds(after))))


def _sentence(two: _Two) -> str:
    return f"{two.what} would change from {two.before} to {two.after}; the clip was not written. It must stay the same"


def _compared(before: Measured, after: Measured) -> list[_Two]:
    found = [
        _Two("the number of frames", before.frame_count, after.frame_count),
        _Two("the size of a frame", (before.columns, before.rows), (after.columns, after.rows)),
        _Two("the number of regions", len(before.regions), len(after.regions)),
        _Two("the distance between two fixed points, in mm,", diagonal_mm(before), diagonal_mm(after)),
        _Two("the seconds from first to last frame", _seconds(before), _seconds(after)),
        _Two("the times of the frames", before.clock.frame_times_s, after.clock.frame_times_s),
        _Two("the origin of the clock", before.clock.origin, after.clock.origin),
        _Two("the trust in the clock", before.clock.trusted, after.clock.trusted),
        _Two("the frames played first and last", before.playback, after.playback),
    ]
    for old, new in zip(before.regions, after.regions, strict=False):
        found.append(_Two(f"the calibration of region {old.number}", old, new))
    return found


def _seconds(clip: Measured) -> float | None:
    return clip.clock.time_s(clip.frame_count - 1)


def diagonal_mm(clip: Measured) -> float | None:
    """Return the distance between two fixed points of a frame, a quarter in from its corners; None without a scale."""
    if clip.scale.mm_per_px is None or not clip.scale.trusted:
        return None
    x_mm, y_mm = clip.scale.mm_per_px
    return hypot(clip.columns / 2 * x_mm, clip.rows / 2 * y_mm)


def _same(before: object, after: object) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return isclose(before, after, rel_tol=1e-9)
    return before == after
