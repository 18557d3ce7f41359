"""Frames into codestreams: without a loss (JPEG-LS), or small (JPEG Baseline).

References
----------
DICOM PS3.5, 8.2.1 JPEG Image Compression; 8.2.3 JPEG-LS Image Compression
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from jpeg_ls.CharLS import encode_array
from numpy.typing import NDArray
from PIL import Image

from case_library.dicom.write import WriteError

COMPACT_QUALITY = 95
_BY_PIXEL = 2  # interleave mode: the planar configuration 0 that every reader expects


def jpeg_ls(frame: NDArray[Any]) -> bytes:
    """Return a frame as JPEG-LS Lossless.

    Parameters
    ----------
    frame : uint8 (rows, columns), uint8 (rows, columns, 3), or uint16 (rows, columns)

    Raises
    ------
    WriteError
        If it has only a handful of pixels: the encoder's buffer, twice the size of the frame, does not hold the header.
    """
    samples = np.ascontiguousarray(frame)
    try:
        return bytes(encode_array(samples, interleave_mode=_BY_PIXEL if frame.ndim == 3 else None))
    except RuntimeError:
        raise WriteError(
            f"a picture of {frame.shape[1]} x {frame.shape[0]} pixels is too small to be compressed without a loss"
        ) from None


def jpeg_baseline(frame: NDArray[np.uint8], quality: int = COMPACT_QUALITY) -> bytes:
    """Return a frame as JPEG Baseline; colours as YBR_FULL_422."""
    buffer = io.BytesIO()
    options: dict[str, Any] = {"subsampling": "4:2:2"} if frame.ndim == 3 else {}
    Image.fromarray(np.ascontiguousarray(frame)).save(buffer, "JPEG", quality=quality, **options)
    return buffer.getvalue()


def jpeg_decoded(stream: bytes) -> NDArray[np.uint8]:
    """Return a JPEG Baseline frame as `FrameDecoder` shows it."""
    image = Image.open(io.BytesIO(stream), formats=("JPEG",))
    if image.mode == "L":
        return np.asarray(image)
    # The way that the samples take there: as they are coded, then to RGB.
    image.draft("YCbCr", image.size)
    return np.asarray(image.convert("RGB"))
