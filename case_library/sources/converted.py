"""Pictures, an animation or a video as a clip: with a clock, a scale and the header of the object that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import JPEGLSLossless

from case_library.dicom.cine import ASSUMED_FPS
from case_library.dicom.conversion import (
    add_lossy_step,
    decimal,
    image_header,
    set_pixels,
    set_region,
    set_times,
    set_window,
)
from case_library.dicom.conversion_mark import ConversionMark, ConvertedFrom, MarkedClock, set_mark
from case_library.dicom.elements import numbers
from case_library.errors import FrameError
from case_library.model.calibration import stated_scale
from case_library.model.trim import Trim
from case_library.sources.header_facts import HeaderFacts
from case_library.sources.reader import Frame, FrameProgress, FrameReader
from case_library.sources.sequences import Numbering

SAID_GREY = "every frame is grey and is stored so"
# What a whole video said about itself and a part of it is not.
_OF_THE_WHOLE = ("EffectiveDuration", "StartTrim", "StopTrim", "RepresentativeFrameNumber", "FrameNumbersOfInterest")


@dataclass(frozen=True)
class Statements:
    """What a person says about a clip that its file does not.

    Attributes
    ----------
    fps : float or None
        Frames per second, > 0.
    px_per_cm : float or None
        Pixels per centimetre along the depth, > 0.
    trim : Trim or None
        The part to take.
    """

    fps: float | None = None
    px_per_cm: float | None = None
    trim: Trim | None = None


class ConvertedSource(HeaderFacts):
    """A `FrameSource` of frames that are in no DICOM image yet.

    Parameters
    ----------
    reader : FrameReader
        Closed with the source.
    made_of : ConvertedFrom
    statements : Statements
    numbering : Numbering or None
        Of pictures: with a stated frame rate it places each frame in time.
    progress : callable or None
        While all frames are looked at for the first time.

    Raises
    ------
    RefusedInputError, FrameError
        If a frame cannot be read, or nothing is left after the trim.
    """

    transfer_syntax_uid: str = str(JPEGLSLossless)

    def __init__(
        self,
        reader: FrameReader,
        made_of: ConvertedFrom,
        statements: Statements,
        numbering: Numbering | None = None,
        progress: FrameProgress | None = None,
    ) -> None:
        self._reader, self.made_of, self._statements = reader, made_of, statements
        self._numbering = numbering
        self.rows, self.columns = reader.rows, reader.columns
        whole = self._whole_times()
        self._first, last = (statements.trim or Trim()).frames(whole, reader.frame_count)
        self.frame_count = last - self._first + 1
        self._times = None if whole is None else [t - whole[self._first] for t in whole[self._first : last + 1]]
        self.samples, self.bits, self._range = self._look_through(progress)
        self.header = self._header()
        self.photometric_interpretation = "MONOCHROME2" if self.samples == 1 else "RGB"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the pixels and a person should know."""
        gaps = None if self._numbering is None else self._numbering.note()
        said = [SAID_GREY if self._became_grey else None, gaps]
        return (*self._reader.notes(), *(note for note in said if note is not None))

    @property
    def is_trimmed(self) -> bool:
        """Whether a part of the file was taken."""
        return self.frame_count < self._reader.frame_count

    def read_pixels(self, frame_index: int) -> Frame:
        """Return one frame as it will be stored: uint8 (rows, columns[, 3]), or uint16 (rows, columns)."""
        if not 0 <= frame_index < self.frame_count:
            raise IndexError(f"frame index {frame_index} outside 0-{self.frame_count - 1}")
        frame = self._reader.read(self._first + frame_index)
        if self.samples == 1 and frame.ndim == 3:
            if not _is_grey(frame):
                raise FrameError(frame_index, "it has colours that it did not have when it was read first")
            return np.ascontiguousarray(frame[..., 0])
        if self.samples == 3 and frame.ndim == 2:
            return np.repeat(frame[..., np.newaxis], 3, axis=2)
        return frame

    def read_frame(self, frame_index: int) -> NDArray[np.uint8]:
        """Return one frame as it is shown."""
        frame = self.read_pixels(frame_index)
        if frame.dtype == np.uint8:
            return frame
        low, high = self._range
        shown = (frame.astype(np.float64) - low) / max(high - low, 1) * 255.0
        return np.clip(np.round(shown), 0, 255).astype(np.uint8)

    def _look_through(self, progress: FrameProgress | None) -> tuple[int, int, tuple[int, int]]:
        """Read every frame once: that all can be read, whether all are grey, and between which values."""
        self._became_grey = False
        if self._reader.is_grey is not None:
            self._became_grey = self._reader.is_grey
            return (1 if self._reader.is_grey else 3), 8, (0, 255)
        grey, plain, bits, low, high = True, True, 8, 1 << 16, 0
        for i in range(self.frame_count):
            frame = self._reader.read(self._first + i)
            if i and (frame.dtype == np.uint16) != (bits == 16):
                raise FrameError(i, "it has another number of bits than the first one")
            if frame.dtype == np.uint16:
                bits, low, high = 16, min(low, int(frame.min())), max(high, int(frame.max()))
            plain = plain and frame.ndim == 2
            grey = grey and _is_grey(frame)
            if progress is not None:
                progress(i + 1, self.frame_count)
        self._became_grey = grey and not plain
        return (1 if grey else 3), bits, (low, high)

    def _whole_times(self) -> list[float] | None:
        count, fps = self._reader.frame_count, self._statements.fps
        if fps is not None:
            places = range(count) if self._numbering is None else self._numbering.places
            return [place / fps for place in places]
        times = self._reader.frame_times_s
        return None if times is None or times[-1] <= 0 else list(times)

    def _header(self) -> Dataset:
        of_dicom = self._reader.header
        if of_dicom is not None:
            header = self._header_of_video_in(of_dicom)
        else:
            header = image_header(self.frame_count, self.rows, self.columns, self.samples, self.bits)
            high, wide = self._reader.pixel_aspect
            if high != wide:
                header.PixelAspectRatio = [high, wide]
            set_mark(header, self._mark())
            if self.frame_count > 1:
                set_times(header, self._times or [i / ASSUMED_FPS for i in range(self.frame_count)])
            if self._statements.px_per_cm is not None and self.bits == 8:
                set_region(header, stated_scale(self._statements.px_per_cm, high / wide))
        if self.bits > 8:
            set_window(header, *self._range)
        if self._reader.lossy_method is not None and "LossyImageCompressionMethod" not in header:
            unpacked = self._reader.frame_count * self.rows * self.columns * self.samples
            add_lossy_step(header, self._reader.lossy_method, unpacked, self._reader.stored_bytes)
        return header

    def _mark(self) -> ConversionMark:
        if self.frame_count == 1:
            clock = MarkedClock.NONE
        elif self._statements.fps is not None:
            clock = MarkedClock.STATED
        else:
            clock = MarkedClock.ASSUMED if self._times is None else MarkedClock.MEDIA
        return ConversionMark(self.made_of, clock, self._statements.px_per_cm is not None and self.bits == 8)

    def _header_of_video_in(self, original: Dataset) -> Dataset:
        header = Dataset()
        header.update(original)
        header.set_original_encoding(*original.original_encoding)
        set_pixels(header, self.rows, self.columns, self.samples, self.bits)
        header.NumberOfFrames = self.frame_count
        high, wide = self._reader.pixel_aspect
        if high != wide and "PixelAspectRatio" not in header:
            header.PixelAspectRatio = [high, wide]
        if self.is_trimmed:
            for keyword in _OF_THE_WHOLE:
                if keyword in header:
                    del header[keyword]
            steps = numbers(header, "FrameTimeVector")
            if steps is not None and len(steps) == self._reader.frame_count:
                kept = steps[self._first + 1 : self._first + self.frame_count]
                header.FrameTimeVector = ["0", *map(decimal, kept)]
        return header


def _is_grey(frame: Frame) -> bool:
    if frame.ndim == 2:
        return True
    red = frame[..., 0]
    return bool(np.array_equal(red, frame[..., 1]) and np.array_equal(red, frame[..., 2]))
