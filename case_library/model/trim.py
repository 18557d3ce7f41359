"""A part of a clip, as a person names it: `2.5s-7s` in seconds, `61-120` in frame numbers, either end left open."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from case_library.errors import CaseLibraryError, RefusedInputError

_Number = TypeVar("_Number", int, float)
_FORM = re.compile(r"(?:(\d+(?:\.\d+)?)(s?))?-(?:(\d+(?:\.\d+)?)(s?))?")


class TrimError(CaseLibraryError):
    """A text that names no part."""


@dataclass(frozen=True)
class Trim:
    """From and to, both included and either open.

    Attributes
    ----------
    from_s, to_s : float or None
        Seconds after the first frame.
    from_frame, to_frame : int or None
        Frame numbers from 1.
    """

    from_s: float | None = None
    to_s: float | None = None
    from_frame: int | None = None
    to_frame: int | None = None

    def frames(self, frame_times_s: Sequence[float] | None, frame_count: int) -> tuple[int, int]:
        """Return the first and the last frame index of the part, cut at the ends of the clip.

        Parameters
        ----------
        frame_times_s : sequence of float or None
            One for each frame; None where there is no clock.

        Raises
        ------
        RefusedInputError
            If nothing of the clip is in it, or it is in seconds and the clip has no times.
        """
        first, last = 0, frame_count - 1
        if self.from_s is not None or self.to_s is not None:
            if frame_times_s is None:
                raise RefusedInputError(
                    "it has no times, so a part of it is named by frame numbers (--trim 61-120), or its rate is stated "
                    "(--fps)"
                )
            if self.from_s is not None:
                first = bisect_left(frame_times_s, self.from_s - 1e-9)
            if self.to_s is not None:
                last = bisect_right(frame_times_s, self.to_s + 1e-9) - 1
        first = self.from_frame - 1 if self.from_frame is not None else first
        last = min(last, self.to_frame - 1) if self.to_frame is not None else last
        if not first <= last:
            length = f", {frame_times_s[-1]:.2f} s to the last" if frame_times_s is not None else ""
            raise RefusedInputError(f"none of its {frame_count} frame(s){length}, lies in the part that was asked for")
        return first, last


def parse_trim(text: str) -> Trim:
    """Return the part that a text names.

    Raises
    ------
    TrimError
    """
    match = _FORM.fullmatch(text.strip())
    start, start_unit, stop, stop_unit = match.groups() if match else (None, None, None, None)
    if start is None and stop is None:
        raise TrimError(f"'{text}' names no part; seconds are written 2.5s-7s, frame numbers 61-120, an open end 2.5s-")
    seconds = {unit == "s" for number, unit in ((start, start_unit), (stop, stop_unit)) if number is not None}
    if len(seconds) > 1:
        raise TrimError(f"'{text}' mixes seconds and frame numbers; write both as 2.5s-7s or both as 61-120")
    if seconds == {True}:
        trim = Trim(from_s=_or_none(start, float), to_s=_or_none(stop, float))
        ordered = trim.from_s is None or trim.to_s is None or trim.from_s <= trim.to_s
    else:
        if any("." in number for number in (start, stop) if number is not None):
            raise TrimError(f"'{text}' has a fraction but no unit; seconds are written with an s: 2.5s-7s")
        trim = Trim(from_frame=_or_none(start, int), to_frame=_or_none(stop, int))
        if 0 in (trim.from_frame, trim.to_frame):
            raise TrimError(f"'{text}': frame numbers begin at 1")
        ordered = trim.from_frame is None or trim.to_frame is None or trim.from_frame <= trim.to_frame
    if not ordered:
        raise TrimError(f"'{text}' ends before it begins")
    return trim


def _or_none(text: str | None, kind: type[_Number]) -> _Number | None:
    return None if text is None else kind(text)
