"""Take identity out of a stored frame without decoding it: comments, application data, and what lies behind the end.

Pixels do not change; only segments that no decoder needs are left out.

References
----------
ITU-T T.81, B.1 and B.2 (JPEG); T.87, C.2 (JPEG-LS); T.800, Annex A (JPEG 2000) and Annex I (JP2); T.871 (JFIF)
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.uid import (
    AllTransferSyntaxes,
    JPEG2000TransferSyntaxes,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSTransferSyntaxes,
    RLELossless,
)

from case_library.errors import RefusedInputError

# With the processes that the standard has retired since.
_JPEG = frozenset((*JPEGLSTransferSyntaxes, JPEGLosslessSV1, *(f"1.2.840.10008.1.2.4.{n}" for n in range(50, 67))))
_JPEG_2000 = frozenset(JPEG2000TransferSyntaxes)
_UNCHANGED = frozenset((*(uid for uid in AllTransferSyntaxes if not uid.is_encapsulated), RLELossless))

_SOI, _EOI, _SOS, _DNL, _DRI, _COM = 0xD8, 0xD9, 0xDA, 0xDC, 0xDD, 0xFE
_APP0, _APP8, _APP14 = 0xE0, 0xE8, 0xEE
_SOF = frozenset((*range(0xC0, 0xD0), 0xF7)) - {0xC4, 0xC8, 0xCC}
_DHT, _DAC, _DQT, _LSE = 0xC4, 0xCC, 0xDB, 0xF8
_KEPT = _SOF | {_DHT, _DAC, _DQT, _DRI, _DNL, _LSE}
# Extensions, reserved ones among them, that a decoder skips.
_DROPPED = frozenset((_COM, *range(0xE0, 0xF0), *range(0xF0, 0xF7), *range(0xF9, 0xFE)))
# Before a marker, decoders skip stray bytes, fill bytes, and markers that stand alone.
_NEXT_MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")
# In entropy-coded data a byte below 80 after FF is data (JPEG: 00, JPEG-LS: a stuffed bit); D0-D7 are restarts.
_END_OF_SCAN = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
# More than any encoder writes.
_MAX_SEGMENTS = 10_000
# Version 1.01, no density, no thumbnail.
_JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00"

_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_SOC, _SOT, _SOD, _EOC, _J2K_COM = b"\xff\x4f", 0xFF90, 0xFF93, b"\xff\xd9", 0xFF64
# Marker segments of Parts 1, 2 and 15 that a decoder may need.
_J2K_KEPT = frozenset((*range(0xFF50, 0xFF64), *range(0xFF70, 0xFF7A)))


@dataclass(frozen=True)
class JpegSummary:
    """What the header of a JPEG codestream says.

    Attributes
    ----------
    sof_marker : int
        Of the frame header: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS.
    precision : int
        Bits per sample.
    rows, columns : int
        `rows` is 0 where the number of lines follows the first scan.
    component_ids : tuple of int
    has_jfif : bool
    adobe_transform : int or None
        Of the Adobe segment: 0 none, 1 YCbCr, 2 YCCK; None where there is no such segment.
    """

    sof_marker: int
    precision: int
    rows: int
    columns: int
    component_ids: tuple[int, ...]
    has_jfif: bool
    adobe_transform: int | None

    @property
    def components(self) -> int:
        """Number of components."""
        return len(self.component_ids)


@dataclass(frozen=True)
class _Segment:
    """A marker segment from its marker to behind its last byte, which is that of the scan where one follows."""

    marker: int
    start: int
    end: int
    data: bytes


def strip_codestream(data: bytes, transfer_syntax_uid: str = JPEGBaseline8Bit) -> bytes:
    """Return a stored frame without what may hold identity; it decodes to the same pixels.

    JPEG and JPEG-LS keep a JFIF header of fixed content, the colour transform of an Adobe or JPEG-LS segment, and what
    decodes the pixels. JPEG 2000 loses its comments and a file format around it; a comment inside a tile-part is filled
    with zeros, because lengths elsewhere count its bytes. Native and RLE frames have no room for anything and come back
    as they are.

    Parameters
    ----------
    data : bytes
        One frame.

    Raises
    ------
    RefusedInputError
        If the frame cannot be understood as a codestream, or is of a kind that is not cleaned here.
    """
    if transfer_syntax_uid in _UNCHANGED:
        return data
    if transfer_syntax_uid in _JPEG:
        return _strip_jpeg(data)
    if transfer_syntax_uid in _JPEG_2000:
        return _strip_jpeg_2000(data)
    raise RefusedInputError("frames of this transfer syntax may hold identity and cannot be cleaned")


def jpeg_summary(data: bytes) -> JpegSummary:
    """Return what the header of a JPEG or JPEG-LS frame says; the scans are not read.

    Raises
    ------
    RefusedInputError
        If the header cannot be understood, or no picture follows it.
    """
    has_jfif, transform, frame = False, None, b""
    sof_marker = 0
    for segment in _jpeg_segments(data):
        if segment.marker == _APP0:
            has_jfif |= segment.data.startswith(b"JFIF\0")
        elif segment.marker == _APP14:
            adobe = _adobe(segment.data)
            transform = adobe[-1] if adobe else transform
        elif segment.marker in _SOF and not frame:
            sof_marker, frame = segment.marker, segment.data
        elif segment.marker == _SOS and frame:
            precision, rows, columns, _ = struct.unpack_from(">BHHB", frame)
            return JpegSummary(sof_marker, precision, rows, columns, tuple(frame[6::3]), has_jfif, transform)
    raise RefusedInputError("a JPEG frame holds no picture")


def _jpeg_segments(data: bytes) -> Iterator[_Segment]:
    """Walk a JPEG or JPEG-LS codestream up to its end marker, in linear time."""
    if data[:2] != bytes((0xFF, _SOI)):
        raise RefusedInputError("a frame that should be JPEG does not begin like one")
    at = 2
    for _ in range(_MAX_SEGMENTS):
        found = _NEXT_MARKER.search(data, at)
        if found is None:
            return
        at = found.start()
        marker = data[at + 1]
        if marker == _EOI:
            yield _Segment(marker, at, at + 2, b"")
            return
        if marker != _SOS and marker not in _KEPT and marker not in _DROPPED:
            raise RefusedInputError("a JPEG frame has a marker that does not belong there")
        length = int.from_bytes(data[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise RefusedInputError("a JPEG frame has a segment that is cut short")
        content = data[at + 4 : end]
        if not _has_its_size(marker, content):
            raise RefusedInputError("a JPEG frame has a segment whose size does not fit its content")
        if marker == _SOS:
            next_marker = _END_OF_SCAN.search(data, end)
            end = next_marker.start() if next_marker else len(data)
        yield _Segment(marker, at, end, content)
        at = end
    raise RefusedInputError(f"a JPEG frame has over {_MAX_SEGMENTS} segments")


def _has_its_size(marker: int, content: bytes) -> bool:
    if marker in _SOF:
        return len(content) >= 9 and len(content) == 6 + 3 * content[5]
    if marker == _SOS:
        return len(content) >= 6 and len(content) == 4 + 2 * content[0]
    return len(content) == 2 if marker == _DNL else True


def _strip_jpeg(data: bytes) -> bytes:
    kept: list[bytes | memoryview] = [data[:2]]
    view = memoryview(data)
    pictured = False
    for segment in _jpeg_segments(data):
        if segment.marker == _APP0 and segment.data.startswith(b"JFIF\0"):
            kept.append(_JFIF)
        elif segment.marker == _APP14 and (adobe := _adobe(segment.data)):
            kept.append(b"\xff\xee\x00\x0e" + adobe)
        elif segment.marker == _APP8 and len(segment.data) == 5 and segment.data.startswith(b"mrfx"):
            # The colour transform that JPEG-LS decoders know as an extension.
            kept.append(view[segment.start : segment.end])
        elif segment.marker not in _DROPPED:
            kept.append(view[segment.start : segment.end])
            pictured |= segment.marker == _SOS
    if not pictured:
        raise RefusedInputError("a JPEG frame holds no picture")
    return b"".join(kept)


def _adobe(content: bytes) -> bytes | None:
    """Return an Adobe segment's content with nothing in it but the colour transform, or None where it is none."""
    if not content.startswith(b"Adobe") or len(content) < 12:
        return None
    return b"Adobe" + struct.pack(">HHH", 100, 0, 0) + content[11:12]


def _strip_jpeg_2000(data: bytes) -> bytes:
    if data.startswith(_JP2_SIGNATURE):
        data = _contiguous_codestream(data)
    if not data.startswith(_SOC):
        raise RefusedInputError("a frame that should be JPEG 2000 does not begin like one")
    kept = bytearray(_SOC)
    at = len(_SOC)
    while (marker := _u16(data, at)) != _SOT:
        end = _j2k_segment_end(data, at)
        if marker != _J2K_COM:
            kept += data[at:end]
        at = end
    while _u16(data, at) == _SOT:
        at = _copy_tile_part(data, at, kept)
    if not data.startswith(_EOC, at) and any(data[at:]):
        raise RefusedInputError("a JPEG 2000 frame has bytes between its tile-parts")
    return bytes(kept + _EOC)


def _copy_tile_part(data: bytes, start: int, kept: bytearray) -> int:
    """Append the tile-part at `start` to `kept`, its comments filled with zeros, and return where the next one is."""
    length = int.from_bytes(data[start + 6 : start + 10])
    at = _j2k_segment_end(data, start)
    kept += data[start:at]
    while (marker := _u16(data, at)) != _SOD:
        end = _j2k_segment_end(data, at)
        kept += data[at : at + 4] + bytes(end - at - 4) if marker == _J2K_COM else data[at:end]
        at = end
    if length == 0:
        # The last one, up to the end: no FF in packet data is followed by a byte above 8F.
        end = data.find(_EOC, at + 2)
        end = len(data) if end < 0 else end
    else:
        end = start + length
    if not at + 2 <= end <= len(data):
        raise RefusedInputError("a JPEG 2000 frame is cut short")
    kept += data[at:end]
    return end


def _j2k_segment_end(data: bytes, at: int) -> int:
    marker = _u16(data, at)
    if marker not in _J2K_KEPT and marker not in (_SOT, _J2K_COM):
        raise RefusedInputError(
            "a JPEG 2000 frame is cut short, or has a marker that the standard does not define there"
        )
    end = at + 2 + _u16(data, at + 2)
    if end < at + 4 or end > len(data):
        raise RefusedInputError("a JPEG 2000 frame has a segment that is cut short")
    return end


def _u16(data: bytes, at: int) -> int:
    """Return two bytes as a number; 0 beyond the end, which is no marker and no length."""
    return int.from_bytes(data[at : at + 2]) if at + 2 <= len(data) else 0


def _contiguous_codestream(data: bytes) -> bytes:
    """Return the codestream in a JP2 or JPH file, which DICOM does not allow and real files hold.

    References
    ----------
    DICOM PS3.5, 8.2.4: the file format is left out
    """
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = at + 8
        if length == 1:
            length, content = int.from_bytes(data[content : content + 8]), at + 16
        end = at + length if length else len(data)
        if end < content or end > len(data):
            break
        if kind == b"jp2h" and b"pclr" in data[content:end]:
            raise RefusedInputError("a JPEG 2000 frame has a palette in a file format that DICOM does not allow")
        if kind == b"jp2c":
            return data[content:end]
        at = end
    raise RefusedInputError("a JPEG 2000 file holds no codestream")
