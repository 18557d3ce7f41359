"""Burn a mask into every frame of an object: decoded once, blacked out, stored again without a loss.

References
----------
DICOM PS3.15, E.3.1 Clean Pixel Data Option; PS3.3, C.7.6.1.1.2 Image Type, C.7.6.1.1.5 Lossy Image Compression,
C.7.6.1.1.3 Derivation Description (CID 7203); PS3.5, 8.2.3 JPEG-LS Image Compression
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from case_library.deidentify.identifiers import new_uid
from case_library.dicom.elements import text, values
from case_library.dicom.encode import jpeg_ls
from case_library.dicom.write import write_dicom
from case_library.errors import FrameError
from case_library.model.mask import MaskRectangle
from case_library.sources.dicom import DicomSource

FrameProgress = Callable[[int, int], None]
# CID 7203 Image Derivation.
_MASKED = ("113047", "Pixel by pixel mask")
_LOSSY_METHODS = {
    JPEGBaseline8Bit: "ISO_10918_1",
    JPEGExtended12Bit: "ISO_10918_1",
    JPEGLSNearLossless: "ISO_14495_1",
    JPEG2000: "ISO_15444_1",
    HTJ2K: "ISO_15444_15",
}


@dataclass(frozen=True)
class ReplacedFrame:
    """What the stored bytes of one frame were and are: SHA-256, hexadecimal."""

    before: str
    after: str


@dataclass
class Burning:
    """What was done to an object.

    Attributes
    ----------
    uid_before, uid_after : str
        SOP Instance UID. Other pixels are another object (PS3.3 C.12.1.1.1), with a UID made from the old one and the
        mask: the same mask on the same object gives the same bytes.
    frames : list of ReplacedFrame
    frames : dict of int to ReplacedFrame
        By number, those that something hangs on.
    black_frames : list of int
        Numbers (from 1) of frames that cannot be decoded and are black as a whole: another decoder might show them.
    """

    uid_before: str
    uid_after: str
    frames: dict[int, ReplacedFrame] = field(default_factory=dict)
    black_frames: list[int] = field(default_factory=list)


def burn(
    source: DicomSource,
    target: Path,
    rectangles: Sequence[MaskRectangle],
    header: Dataset | None = None,
    progress: FrameProgress = lambda done, total: None,
    hung_on: Collection[int] = (),
) -> Burning:
    """Write an object whose frames are black inside the rectangles and equal the decoded ones elsewhere.

    One sample per pixel stays as it is stored (grey, or the index of a palette); three become RGB as shown. The frames
    are JPEG-LS Lossless; native where that cannot hold them: signed, or with bits that no value uses.

    Parameters
    ----------
    source : DicomSource
        With a cleaned header.
    target : Path
        Must not exist.
    rectangles : sequence of MaskRectangle
        Within the frame.
    header : Dataset or None
        To be written instead of the source's own, with the same pixels.
    progress : callable
        Called with the frames done and their number; what it raises ends the work.
    hung_on : collection of int
        Numbers of the frames whose identity is asked for.
    """
    header = source.header if header is None else header
    uid_before = text(header, "SOPInstanceUID")
    boxes = [rectangle.box for rectangle in rectangles]
    done = Burning(uid_before, new_uid(uid_before.encode(), repr(sorted(boxes))))
    lossless = _fits_jpeg_ls(source)
    written = _masked_header(header, source, done.uid_after)
    frames = _masked_frames(source, boxes, lossless, done, progress, hung_on)
    write_dicom(target, written, JPEGLSLossless if lossless else ExplicitVRLittleEndian, frames, source.frame_count)
    return done


def black_out(frame: NDArray[Any], boxes: Sequence[tuple[int, int, int, int]], black: int = 0) -> None:
    """Set the pixels inside the boxes `(x, y, width, height)` to black, in place."""
    for x, y, width, height in boxes:
        frame[y : y + height, x : x + width] = black


def _fits_jpeg_ls(source: DicomSource) -> bool:
    f = source.pixel_format
    return f.samples == 3 or (not f.signed and f.bits_stored == f.bits_allocated)


def _masked_frames(
    source: DicomSource,
    boxes: Sequence[tuple[int, int, int, int]],
    lossless: bool,
    done: Burning,
    progress: FrameProgress,
    hung_on: Collection[int],
) -> Iterator[bytes]:
    f = source.pixel_format
    black = 0 if f.samples == 3 else source.black
    for frame_index in range(source.frame_count):
        stored = source.stored_frame(frame_index)
        try:
            decoded = source.decoded(frame_index, stored) if f.samples == 3 else source.samples(frame_index, stored)
            frame = np.array(decoded)
        except FrameError:
            done.black_frames.append(frame_index + 1)
            frame = _black_frame(source, black)
        black_out(frame, boxes, black)
        if lossless:
            data = jpeg_ls(frame)
            # As it will stand in the file, where an item has even length (PS3.5 A.4): that is what a frame is known by.
            data += b"\0" * (len(data) % 2)
        else:
            data = frame.astype(frame.dtype.newbyteorder("<")).tobytes()
        if frame_index + 1 in hung_on:
            before, after = (hashlib.sha256(part).hexdigest() for part in (stored, data))
            done.frames[frame_index + 1] = ReplacedFrame(before, after)
        yield data
        progress(frame_index + 1, source.frame_count)


def _black_frame(source: DicomSource, black: int) -> NDArray[Any]:
    f = source.pixel_format
    if f.samples == 3:
        return np.zeros((f.rows, f.columns, 3), np.uint8)
    kind = f"{'i' if f.signed else 'u'}{f.bits_allocated // 8}"
    return np.full((f.rows, f.columns), black, dtype=kind)


def _masked_header(header: Dataset, source: DicomSource, uid: str) -> Dataset:
    masked = Dataset()
    # Elements are replaced and never changed: the two headers share those that stay.
    masked.update(header)
    for keyword in ("SOPInstanceUID", "ImageType", "DerivationCodeSequence", *_PIXEL_ELEMENTS, *_LOSSY_ELEMENTS):
        masked.pop(keyword, None)
    masked.SOPInstanceUID = uid
    kept = [str(value) for value in values(header, "ImageType")]
    masked.ImageType = ["DERIVED", *(kept[1:] or ["PRIMARY"])]
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = _MASKED[0], "DCM", _MASKED[1]
    masked.DerivationCodeSequence = [item]
    _set_pixel_elements(masked, source)
    _set_lossy_history(masked, header, source)
    masked.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    return masked


_PIXEL_ELEMENTS = ("PhotometricInterpretation", "PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit")
_LOSSY_ELEMENTS = ("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod")


def _set_pixel_elements(masked: Dataset, source: DicomSource) -> None:
    f = source.pixel_format
    if f.samples == 3:
        masked.PhotometricInterpretation, masked.PlanarConfiguration = "RGB", 0
        masked.BitsAllocated = masked.BitsStored = 8
        masked.HighBit = 7
        return
    masked.PhotometricInterpretation = f.photometric_interpretation
    masked.BitsAllocated, masked.BitsStored, masked.HighBit = f.bits_allocated, f.bits_stored, f.bits_stored - 1


def _set_lossy_history(masked: Dataset, header: Dataset, source: DicomSource) -> None:
    """Keep what was lost before on record: once lossy, always lossy, also behind a lossless step."""
    method = _LOSSY_METHODS.get(UID(source.transfer_syntax_uid))
    had = {keyword: header[keyword] for keyword in _LOSSY_ELEMENTS if keyword in header}
    for element in had.values():
        masked.add(element)
    if method is None or (text(header, "LossyImageCompression") == "01" and len(had) == len(_LOSSY_ELEMENTS)):
        return
    f = source.pixel_format
    unpacked = f.rows * f.columns * f.samples * f.bits_allocated // 8 * source.frame_count
    packed = sum(len(source.stored_frame(i)) for i in range(source.frame_count))
    masked.LossyImageCompression = "01"
    masked.LossyImageCompressionRatio = f"{unpacked / max(packed, 1):.9g}"
    masked.LossyImageCompressionMethod = method
