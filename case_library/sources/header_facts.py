"""What a header says of its frames: the part that every source has, whatever its pixels come from."""

from __future__ import annotations

from functools import cached_property

from pydicom.dataset import Dataset

from case_library.dicom.cine import clock_of, playback_of
from case_library.dicom.elements import integer
from case_library.dicom.regions import pixel_aspect_of, regions_of, scale_in
from case_library.model.calibration import RegionCalibration, Scale
from case_library.model.timing import Clock, Playback


class HeaderFacts:
    """Conclusions from a header; the source that inherits them sets what they are drawn from.

    Attributes
    ----------
    header : Dataset
    frame_count, rows, columns : int
    """

    header: Dataset
    frame_count: int
    rows: int
    columns: int

    @cached_property
    def clock(self) -> Clock:
        """The acquisition clock."""
        return clock_of(self.header, self.frame_count)

    @cached_property
    def playback(self) -> Playback:
        """How the file asks to be played."""
        return playback_of(self.header, self.frame_count)

    @cached_property
    def regions(self) -> tuple[RegionCalibration, ...]:
        """The calibrated regions, as stored."""
        return regions_of(self.header)

    @cached_property
    def scale(self) -> Scale:
        """What is concluded about lengths."""
        return scale_in(self.header, self.columns, self.rows)

    @property
    def pixel_aspect(self) -> float:
        """Height of a pixel over its width, for display."""
        return pixel_aspect_of(self.header, self.scale)

    @property
    def representative_frame(self) -> int | None:
        """(0028,6010) *Representative Frame Number*, from 1; None where absent or outside the clip."""
        number = integer(self.header, "RepresentativeFrameNumber")
        return number if number is not None and 1 <= number <= self.frame_count else None
