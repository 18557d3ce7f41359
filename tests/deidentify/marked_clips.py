"""Clips of moving speckle with writing burned in, of every kind of pixel, and where the writing is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from tests.dicom_files import header_of, region, write

COLUMNS, ROWS = 320, 240
# Columns and rows of the picture, both ends included.
PICTURE = (40, 30, 279, 209)
KINDS = ("grey", "inverted", "palette", "RGB", "YBR_FULL", "YBR_FULL_422 JPEG")
CORNERS = {"DOE JOHN": (2, 2), "ID 4711": (250, 2), "01/02/1970": (2, 224), "CLINIC": (262, 224)}
INSIDE = {"Doe, rt knee": (60, 180)}
CLOCK_AT = (200, 40)


@dataclass(frozen=True)
class MarkedClip:
    """A file, and where something was drawn: bool (rows, columns), in any frame."""

    path: Path
    drawn: NDArray[np.bool_]
    inside: NDArray[np.bool_]


def marked_clip(path: Path, kind: str, frame_count: int, *, regions: bool = True, clock: bool = True) -> MarkedClip:
    """Write a clip of one kind of pixel."""
    rng = np.random.default_rng(7)
    drawn = np.zeros((ROWS, COLUMNS), bool)
    inside = np.zeros((ROWS, COLUMNS), bool)
    left, top, right, bottom = PICTURE
    inside[top : bottom + 1, left : right + 1] = True
    tissue = _speckle(rng, 2)
    stored, fixed = [], _written({**CORNERS, **INSIDE})
    for i in range(frame_count):
        # Two layers that slide past each other: nothing of the tissue stays in its place.
        level = np.roll(tissue[0], 3 * i, axis=1) * 0.6 + np.roll(tissue[1], -2 * i, axis=0) * 0.6
        frame = np.where(inside, np.clip(level, 0, 255), 0).astype(np.uint8)
        ticking = _written({f"10:15:{i // 10 % 60:02d}.{i % 10}": CLOCK_AT}) if clock else np.zeros_like(fixed)
        writing = np.maximum(fixed, ticking)
        drawn |= writing > 0
        stored.append(_stored(frame, writing, kind))
    _write(path, kind, stored, regions)
    return MarkedClip(path, drawn, inside)


def _speckle(rng: np.random.Generator, layers: int) -> NDArray[np.float64]:
    fine = rng.rayleigh(60, (layers, ROWS, COLUMNS))
    return (fine + np.roll(fine, 1, axis=2) + np.roll(fine, 1, axis=1)) / 3


def _written(texts: dict[str, tuple[int, int]]) -> NDArray[np.uint8]:
    picture = Image.new("L", (COLUMNS, ROWS))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(12)
    for text, place in texts.items():
        pen.text(place, text, fill=220, font=font)
    return np.asarray(picture)


def _stored(frame: NDArray[np.uint8], writing: NDArray[np.uint8], kind: str) -> NDArray[np.uint8]:
    """Return the samples of a frame with the writing over it, opaque where it is opaque."""
    alpha = writing / 220.0
    grey = (frame * (1 - alpha) + writing).clip(0, 255).astype(np.uint8)
    if kind in ("grey", "palette"):
        # The palette of `_write` runs backwards.
        return grey if kind == "grey" else np.subtract(255, grey, dtype=np.uint8)
    if kind == "inverted":
        return np.subtract(255, grey, dtype=np.uint8)
    plain = (frame * (1 - alpha)).astype(np.uint8)
    rgb = np.stack([grey, grey, plain], axis=-1)  # yellow writing
    return rgb if kind != "YBR_FULL" else np.asarray(Image.fromarray(rgb).convert("YCbCr"))


def _write(path: Path, kind: str, frames: list[NDArray[np.uint8]], regions: bool) -> None:
    stack = np.stack(frames)
    left, top, right, bottom = PICTURE
    box = region(
        RegionLocationMinX0=left, RegionLocationMinY0=top, RegionLocationMaxX1=right, RegionLocationMaxY1=bottom
    )
    elements: dict[str, object] = {"SequenceOfUltrasoundRegions": [box] if regions else None}
    if kind == "inverted":
        elements["PhotometricInterpretation"] = "MONOCHROME1"
    elif kind == "palette":
        elements["PhotometricInterpretation"] = "PALETTE COLOR"
        for colour in ("Red", "Green", "Blue"):
            elements[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
            elements[f"{colour}PaletteColorLookupTableData"] = bytes(range(255, -1, -1))
    elif kind == "YBR_FULL":
        elements["PhotometricInterpretation"] = "YBR_FULL"
    if kind == "YBR_FULL_422 JPEG":
        elements["PhotometricInterpretation"] = "YBR_FULL_422"
        streams = [_jpeg(frame) for frame in frames]
        write(path, header_of(stack, **elements), encapsulate(streams), JPEGBaseline8Bit)
    else:
        write(path, header_of(stack, **elements), stack.tobytes(), ExplicitVRLittleEndian)


def _jpeg(frame: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=90, subsampling="4:2:2")
    return buffer.getvalue()
