"""Frame index <-> seconds, and where the clock came from.

Two numbers are kept apart: the *acquisition clock* (when each frame was seen; the only one that a speed may be
computed from) and the rate at which a file asks to be displayed.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ClockOrigin(StrEnum):
    """Where the time between frames comes from, in the order in which they are believed."""

    FRAME_TIME_VECTOR = "frame_time_vector"
    FRAME_TIME = "frame_time"
    CINE_RATE = "cine_rate"
    EFFECTIVE_DURATION = "effective_duration"
    DISPLAY_RATE = "recommended_display_frame_rate"
    STATED = "stated_by_user"
    MEDIA = "media_times"
    ASSUMED = "assumed"
    STILL = "still"


class Clock(BaseModel):
    """The acquisition clock of one clip.

    Exactly one of `frame_time_s` (a regular clock) and `frame_times_s` (an irregular one) is set, except for a still,
    which has neither. Times count from the first frame.

    Attributes
    ----------
    origin : ClockOrigin
    trusted : bool
        Whether a speed may be computed from it.
    why : str
        One sentence for the user.
    frame_count : int
    frame_time_s : float or None
        Seconds between frames; > 0.
    frame_times_s : tuple of float or None
        One time per frame, the first 0.0, never decreasing.

    References
    ----------
    DICOM PS3.3, C.7.6.5 Cine Module
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: ClockOrigin
    trusted: bool
    why: str
    frame_count: int = Field(ge=1)
    frame_time_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    frame_times_s: tuple[float, ...] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.origin is ClockOrigin.STILL:
            if self.frame_time_s is not None or self.frame_times_s is not None:
                raise ValueError("a still has no frame times")
            return self
        if (self.frame_time_s is None) == (self.frame_times_s is None):
            raise ValueError("a clock is either regular (frame_time_s) or irregular (frame_times_s)")
        times = self.frame_times_s
        if times is not None:
            if len(times) != self.frame_count:
                raise ValueError(f"{len(times)} frame times for {self.frame_count} frames")
            if times[0] != 0.0 or any(b < a for a, b in zip(times, times[1:], strict=False)):
                raise ValueError("frame times start at 0 and never decrease")
        return self

    def time_s(self, frame_index: int) -> float | None:
        """Return the time of a frame after the first one, in seconds; None for a still."""
        if not 0 <= frame_index < self.frame_count:
            raise IndexError(f"frame index {frame_index} outside 0-{self.frame_count - 1}")
        if self.frame_times_s is not None:
            return self.frame_times_s[frame_index]
        return None if self.frame_time_s is None else frame_index * self.frame_time_s

    def frame_index_at(self, time_s: float) -> int:
        """Return the frame on screen at `time_s`: the last one whose time has come, clamped to the clip."""
        if self.frame_times_s is not None:
            return max(0, min(self.frame_count - 1, bisect_right(self.frame_times_s, time_s + 1e-9) - 1))
        if self.frame_time_s is None:
            return 0
        return max(0, min(self.frame_count - 1, int((time_s + 1e-9) / self.frame_time_s)))

    @property
    def last_interval_s(self) -> float | None:
        """How long the last frame is shown: the frame time, or the median interval of an irregular clock."""
        if self.frame_times_s is None:
            return self.frame_time_s
        gaps = sorted(b - a for a, b in zip(self.frame_times_s, self.frame_times_s[1:], strict=False))
        return gaps[len(gaps) // 2] if gaps else None

    @property
    def duration_s(self) -> float | None:
        """Time to show every frame once, the last included; None for a still."""
        last, interval = self.time_s(self.frame_count - 1), self.last_interval_s
        return None if last is None or interval is None else last + interval

    @property
    def rate_fps(self) -> float | None:
        """Mean frames per second; None for a still."""
        duration = self.duration_s
        return self.frame_count / duration if duration else None


def stated_clock(fps: float, frame_count: int) -> Clock:
    """Return the clock of a clip whose frame rate a person has stated.

    Parameters
    ----------
    fps : float
        Frames per second, > 0.
    """
    if frame_count == 1:
        return Clock(origin=ClockOrigin.STILL, trusted=False, why="A single frame has no clock", frame_count=1)
    return Clock(
        origin=ClockOrigin.STATED, trusted=True, why=f"Stated at import: {fps:g} frames per second",
        frame_count=frame_count, frame_time_s=1.0 / fps,
    )  # fmt: skip


class PlaybackSequencing(StrEnum):
    """(0018,1244) *Preferred Playback Sequencing*: 0 looping, 1 sweeping back and forth."""

    LOOP = "loop"
    SWEEP = "sweep"


class Playback(BaseModel):
    """How the file asks to be shown; never a source of times.

    Attributes
    ----------
    display_rate_fps : float or None
        (0008,2144) *Recommended Display Frame Rate*, else (0018,0040) *Cine Rate*.
    start_frame, stop_frame : int or None
        Frame numbers from 1, (0008,2142) *Start Trim* and (0008,2143) *Stop Trim*; both or neither.
    sequencing : PlaybackSequencing
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    display_rate_fps: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    start_frame: int | None = Field(default=None, ge=1)
    stop_frame: int | None = Field(default=None, ge=1)
    sequencing: PlaybackSequencing = PlaybackSequencing.LOOP
