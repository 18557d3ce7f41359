"""Find text by reading it, with the extra `ocr`: for stills, and for what is written over tissue.

A second opinion and never a gate: the best reader finds four of five words. What it reads is thrown away; only where it
read is kept. Its models come with the package; nothing is fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from case_library.errors import CaseLibraryError
from case_library.model.mask import Box, MaskOrigin, MaskRectangle

OCR_COMMAND = "python3 -m uv sync --extra ocr"
# Letters of a scanner are low; the models want them larger.
_ENLARGED = 2
_PADDING_PX = 3
_LARGEST_SIDE_PX = 4096
_WHY = "text recognition sees writing here"


class TextReadingError(CaseLibraryError):
    """Text cannot be read: the extra is missing or does not work."""


def has_ocr() -> bool:
    """Whether the extra `ocr` is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_text_boxes(pictures: Sequence[NDArray[np.uint8]], left_out: Sequence[Box] = ()) -> tuple[MaskRectangle, ...]:
    """Return boxes round the text that is read in any of the pictures.

    Parameters
    ----------
    pictures : sequence of uint8 (rows, columns) or (rows, columns, 3)
        Of one size.
    left_out : sequence of (x, y, width, height)
        What goes black anyway.

    Raises
    ------
    TextReadingError
        Names the command that installs the extra.
    """
    if not has_ocr():
        raise TextReadingError(f"Reading text needs the extra 'ocr'; install it with: {OCR_COMMAND}")
    found: list[MaskRectangle] = []
    for picture in pictures:
        shown = picture.copy()
        for x, y, width, height in left_out:
            shown[y : y + height, x : x + width] = 0
        rows, columns = shown.shape[:2]
        found += [_rectangle(corners, columns, rows) for corners in _corners(shown)]
    return tuple(found)


def _corners(picture: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    image = Image.fromarray(picture).convert("RGB")
    scale = _ENLARGED if max(image.size) * _ENLARGED <= _LARGEST_SIDE_PX else 1
    large = np.asarray(image.resize((image.width * scale, image.height * scale), Image.Resampling.BICUBIC))
    try:
        boxes = _reader()(large[..., ::-1], use_cls=False).boxes
    except Exception as error:  # a model may raise anything; its text may quote what it read
        raise TextReadingError(f"Text recognition failed ({type(error).__name__}); suggest without it") from None
    return [] if boxes is None else [np.asarray(box, np.float64) / scale for box in boxes]


@cache
def _reader() -> Any:
    import rapidocr

    # What is read is a name: it is never logged.
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return rapidocr.RapidOCR(params={"Global.log_level": "critical"})


def _rectangle(corners: NDArray[np.float64], columns: int, rows: int) -> MaskRectangle:
    left, top = (max(int(value) - _PADDING_PX, 0) for value in corners.min(axis=0))
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + _PADDING_PX
    width, height = min(int(right), columns) - left, min(int(bottom), rows) - top
    return MaskRectangle(
        x=left, y=top, width=max(width, 1), height=max(height, 1), origin=MaskOrigin.READ_TEXT, why=_WHY
    )
