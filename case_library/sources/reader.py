"""The shapes that everything which holds frames has: what is shown of it, and what a conversion needs of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from case_library.errors import RefusedInputError
from case_library.model.calibration import RegionCalibration, Scale
from case_library.model.timing import Clock, Playback

Frame = NDArray[Any]
FrameProgress = Callable[[int, int], None]

# A small file that unpacks to more than this, at more than this ratio, was made to fill a computer.
MOST_UNPACKED_BYTES = 2 * 1024**3
MOST_UNPACKED_RATIO = 2000


class FrameSource(Protocol):
    """One clip, open for reading one frame at a time; every source offers this."""

    @property
    def header(self) -> Dataset:
        """Every element of the object but its pixels, before it is cleaned."""

    @property
    def transfer_syntax_uid(self) -> str:
        """Of the frames as they are stored in a case."""

    @property
    def photometric_interpretation(self) -> str:
        """Of the frames as they are stored in a case."""

    @property
    def frame_count(self) -> int:
        """Number of frames, ≥ 1."""

    @property
    def rows(self) -> int:
        """Height in pixels."""

    @property
    def columns(self) -> int:
        """Width in pixels."""

    @property
    def clock(self) -> Clock:
        """The acquisition clock, with where it comes from."""

    @property
    def playback(self) -> Playback:
        """How the file asks to be played."""

    @property
    def regions(self) -> tuple[RegionCalibration, ...]:
        """The calibrated regions."""

    @property
    def scale(self) -> Scale:
        """What is concluded about lengths."""

    @property
    def pixel_aspect(self) -> float:
        """Height of a pixel over its width, for display."""

    @property
    def representative_frame(self) -> int | None:
        """Frame number from 1, or None."""

    def read_frame(self, frame_index: int) -> NDArray[np.uint8]:
        """Return one frame as it is shown: uint8, (rows, columns) grey or (rows, columns, 3) RGB."""

    def close(self) -> None:
        """Close the file."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class FrameReader(Protocol):
    """What a format that is no DICOM image must offer; `ConvertedSource` makes a `FrameSource` of it.

    Attributes
    ----------
    frame_count, rows, columns : int
    frame_times_s : tuple of float or None
        One time per frame, the first 0, never decreasing; None where the format has no times.
    is_grey : bool or None
        Whether every frame is grey; None where it is not known before every frame was read.
    pixel_aspect : (height, width)
        Of a pixel, whole numbers.
    lossy_method : str or None
        (0028,2114): how the frames were compressed before they came here, with a loss.
    stored_bytes : int
        Of the compressed frames.
    header : Dataset or None
        Of a video inside DICOM.
    """

    frame_count: int
    rows: int
    columns: int
    frame_times_s: tuple[float, ...] | None
    is_grey: bool | None
    pixel_aspect: tuple[int, int]
    lossy_method: str | None
    stored_bytes: int
    header: Dataset | None

    def read(self, frame_index: int) -> Frame:
        """Return one frame: uint8 (rows, columns[, 3]), or uint16 (rows, columns). Fastest in order.

        Raises
        ------
        FrameError
            If it cannot be decoded.
        """

    def notes(self) -> list[str]:
        """Return what was done to the frames that were read and a person should know; no value of the file is in it."""

    def close(self) -> None:
        """Close the file."""


def refuse_bomb(frame_count: int, rows: int, columns: int, stored_bytes: int) -> None:
    """Refuse a small file of monstrous frames before any is decoded.

    Raises
    ------
    RefusedInputError
    """
    unpacked = 3 * frame_count * rows * columns
    if unpacked > MOST_UNPACKED_BYTES and unpacked > MOST_UNPACKED_RATIO * stored_bytes:
        raise RefusedInputError(
            f"{frame_count} frame(s) of {columns} x {rows} pixels in {stored_bytes} bytes: more than any picture holds"
        )
