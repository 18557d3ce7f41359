"""Find the bytes of each frame in (7FE0,0010) *Pixel Data* without reading the pixels.

References
----------
DICOM PS3.5, 8 and Annex A.4 Encapsulation of encoded pixel data
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from case_library.errors import RefusedInputError

UNDEFINED_LENGTH = 0xFFFFFFFF
_ITEM = b"\xfe\xff\x00\xe0"
_SEQUENCE_DELIMITER = b"\xfe\xff\xdd\xe0"
# SOI of the JPEG family, SOC of JPEG 2000: a fragment that starts so starts a frame.
_CODESTREAM_STARTS = (b"\xff\xd8", b"\xff\x4f")
MAX_FRAGMENTS = 2_000_000


@dataclass(frozen=True)
class Fragment:
    """A stretch of the file: absolute offset and length in bytes."""

    offset: int
    length: int


@dataclass(frozen=True)
class PixelDataElement:
    """Where the pixel data element lies.

    Attributes
    ----------
    offset, length : int
        Of the value, in bytes from the start of the file; the length is `UNDEFINED_LENGTH` where encapsulated.
    vr : str or None
        None in Implicit VR.
    """

    offset: int
    length: int
    vr: str | None


def native_frames(element: PixelDataElement, file_bytes: int, frame_count: int, frame_bytes: int) -> list[Fragment]:
    """Return the place of each frame of native (uncompressed) pixel data.

    Raises
    ------
    RefusedInputError
        If the value is shorter than the frames that the header declares.
    """
    available = min(element.length, file_bytes - element.offset)
    if element.length == UNDEFINED_LENGTH:
        raise RefusedInputError("uncompressed Pixel Data of undefined length; the standard does not allow it")
    needed = frame_count * frame_bytes
    if available < needed:
        raise RefusedInputError(
            f"Pixel Data is cut short: {available} bytes, but {frame_count} frame(s) need {needed}; "
            f"{available // frame_bytes} of them are whole"
        )
    return [Fragment(element.offset + i * frame_bytes, frame_bytes) for i in range(frame_count)]


def encapsulated_frames(
    file: BinaryIO, element: PixelDataElement, file_bytes: int, frame_count: int
) -> list[list[Fragment]]:
    """Return the fragments of each frame of encapsulated pixel data, from item headers alone.

    Parameters
    ----------
    file : BinaryIO
        Seekable; only item headers, the Basic Offset Table and, where needed, the first two bytes of a fragment are
        read.

    Raises
    ------
    RefusedInputError
        If the items are damaged or do not hold the declared number of frames.
    """
    table, fragments = _items(file, element, file_bytes, 8 * max(frame_count, 1))
    # Some writers add empty fragments after the last frame.
    while fragments and fragments[-1].length == 0 and len(fragments) > frame_count:
        fragments.pop()
    if not fragments:
        raise RefusedInputError("compressed Pixel Data holds no fragment")
    return _group(file, fragments, table, frame_count)


def stored_fragments(file: BinaryIO, element: PixelDataElement, file_bytes: int) -> list[Fragment]:
    """Return the fragments of encapsulated pixel data in order, whatever frames they hold.

    Raises
    ------
    RefusedInputError
        If the items are damaged or there is none.
    """
    fragments = [fragment for fragment in _items(file, element, file_bytes, 0)[1] if fragment.length]
    if not fragments:
        raise RefusedInputError("compressed Pixel Data holds no fragment")
    return fragments


def _items(
    file: BinaryIO, element: PixelDataElement, file_bytes: int, longest_table: int
) -> tuple[bytes, list[Fragment]]:
    """Return the Basic Offset Table, where it is no longer than allowed, and the fragments."""
    file.seek(element.offset)
    table = b""
    fragments: list[Fragment] = []
    first = True
    while True:
        head = file.read(8)
        if len(head) < 8 or head[:4] == _SEQUENCE_DELIMITER:
            # A missing delimiter at the very end harms no frame.
            break
        (length,) = struct.unpack("<I", head[4:])
        here = file.tell()
        if head[:4] != _ITEM or length == UNDEFINED_LENGTH:
            raise RefusedInputError("compressed Pixel Data is damaged: an item tag is missing between fragments")
        if here + length > file_bytes:
            raise RefusedInputError(
                f"Pixel Data is cut short: fragment {len(fragments) + 1} ends beyond the end of the file"
            )
        if first:
            table = file.read(length) if length <= longest_table else b""
            first = False
        else:
            fragments.append(Fragment(here, length))
            if len(fragments) > MAX_FRAGMENTS:
                raise RefusedInputError(f"Pixel Data has over {MAX_FRAGMENTS} fragments")
        file.seek(here + length)
    return table, fragments


def _group(file: BinaryIO, fragments: list[Fragment], table: bytes, frame_count: int) -> list[list[Fragment]]:
    if len(fragments) == frame_count:
        return [[fragment] for fragment in fragments]
    if frame_count == 1:
        return [fragments]
    offsets = list(struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))
    base = fragments[0].offset - 8
    starts = {fragment.offset - 8 - base: i for i, fragment in enumerate(fragments)}
    if len(offsets) == frame_count and all(o in starts for o in offsets) and offsets == sorted(set(offsets)):
        cuts = [starts[o] for o in offsets]
    else:
        cuts = []
        for i, fragment in enumerate(fragments):
            file.seek(fragment.offset)
            if file.read(2) in _CODESTREAM_STARTS:
                cuts.append(i)
    if len(cuts) != frame_count or cuts[0] != 0:
        raise RefusedInputError(
            f"compressed Pixel Data has {len(fragments)} fragment(s) in {max(len(cuts), 1)} recognisable frame(s), "
            f"but Number of Frames is {frame_count}"
        )
    return [fragments[a:b] for a, b in zip(cuts, [*cuts[1:], len(fragments)], strict=True)]
