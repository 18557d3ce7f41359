"""Single frames: the exact one that a measurement is made on, its stored grey values, and the poster of a card."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from case_library.errors import FrameError, RefusedInputError
from case_library.sources.dicom import DicomSource, open_dicom

POSTER_SIDE_PX = 480
POSTER_QUALITY = 85
_RUN_LENGTHS = 3  # zlib's Z_RLE


def exact_png(media: Path, frame_number: int) -> bytes:
    """Return one frame as PNG, every pixel as the decoder gave it.

    Parameters
    ----------
    frame_number : int
        From 1.

    Raises
    ------
    RefusedInputError, FrameError
    """
    with open_dicom(media) as source:
        if not 1 <= frame_number <= source.frame_count:
            raise FrameError(frame_number - 1, f"this clip has {source.frame_count} frames")
        frame = source.read_frame(frame_number - 1)
    png = io.BytesIO()
    # A still frame is waited for. Speckle repeats nothing, so searching for repeats costs time and saves no bytes.
    Image.fromarray(frame).save(png, "PNG", compress_level=1, compress_type=_RUN_LENGTHS)
    return png.getvalue()


def stored_grey(media: Path, frame_number: int) -> bytes:
    """Return the stored grey values of a frame, for echo intensity.

    Returns
    -------
    bytes
        Samples per pixel (1 byte); bytes of a sample (1 byte, negative where signed); the samples row by row, Little
        Endian.

    Raises
    ------
    RefusedInputError, FrameError
    """
    with open_dicom(media) as source:
        if not 1 <= frame_number <= source.frame_count:
            raise FrameError(frame_number - 1, f"this clip has {source.frame_count} frames")
        values = source.read_grey(frame_number - 1)
    size = -values.itemsize if values.dtype.kind == "i" else values.itemsize
    head = struct.pack("<Bb", 3 if values.ndim == 3 else 1, size)
    return head + values.astype(values.dtype.newbyteorder("<")).tobytes()


def unpacked_grey(packed: bytes, rows: int, columns: int) -> NDArray[Any]:
    """Return the grey values that `stored_grey` packed: (rows, columns), or (rows, columns, 3)."""
    samples, size = struct.unpack("<Bb", packed[:2])
    values = np.frombuffer(packed[2:], f"<{'i' if size < 0 else 'u'}{abs(size)}")
    return values.reshape((rows, columns, samples) if samples == 3 else (rows, columns))


def poster_jpeg(media: Path, frame_number: int, pixel_aspect: float = 1.0) -> bytes:
    """Return the frame that stands for a clip, its longest side at most `POSTER_SIDE_PX`.

    Parameters
    ----------
    frame_number : int
        From 1; where it is broken, the nearest good frame stands in.
    pixel_aspect : float
        Height of a pixel over its width; the poster has square ones.

    Raises
    ------
    RefusedInputError
        If no frame can be decoded.
    """
    with open_dicom(media) as source:
        picture = Image.fromarray(_nearest_good_frame(source, frame_number - 1))
    if pixel_aspect != 1.0:
        picture = picture.resize((picture.width, max(1, round(picture.height * pixel_aspect))))
    picture.thumbnail((POSTER_SIDE_PX, POSTER_SIDE_PX), Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=POSTER_QUALITY, subsampling=0)
    return jpeg.getvalue()


def _nearest_good_frame(source: DicomSource, frame_index: int) -> NDArray[np.uint8]:
    for index in sorted(range(source.frame_count), key=lambda i: abs(i - frame_index)):
        try:
            return source.read_frame(index)
        except FrameError:
            continue
    raise RefusedInputError("no frame of this clip can be decoded")
