"""What a file is, by its content; its name does not count."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

HEAD_BYTES = 564  # up to the third synchronisation byte of an MPEG transport stream


class Kind(StrEnum):
    """What can be opened."""

    DICOM = "dicom"
    ZIP = "zip"
    PNG = "PNG"
    JPEG = "JPEG"
    BMP = "BMP"
    TIFF = "TIFF"
    GIF = "GIF"
    WEBP = "WEBP"
    MP4 = "mp4"
    AVI = "avi"
    MATROSKA = "matroska"
    MPEG = "mpeg"
    MPEG_TS = "mpegts"
    HEIF = "heif"
    UNKNOWN = "unknown"


PICTURES = frozenset((Kind.PNG, Kind.JPEG, Kind.BMP, Kind.TIFF, Kind.GIF, Kind.WEBP))
VIDEOS = frozenset((Kind.MP4, Kind.AVI, Kind.MATROSKA, Kind.MPEG, Kind.MPEG_TS))

_STARTS = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"BM", Kind.BMP),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),
    (b"MM\0+", Kind.TIFF),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"\x1a\x45\xdf\xa3", Kind.MATROSKA),
    (b"\0\0\1\xba", Kind.MPEG),
)
_RIFF = {b"WEBP": Kind.WEBP, b"AVI ": Kind.AVI}
# Of ISO 14496-12 and QuickTime: the boxes that such a file may begin with.
_PICTURE_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"))
_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))


def kind_of(head: bytes) -> Kind:
    """Return the kind of a file from its first `HEAD_BYTES` bytes."""
    # First of all: the preamble of a DICOM file may hold the beginning of a TIFF (PS3.10 7.1).
    if head[128:132] == b"DICM":
        return Kind.DICOM
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], Kind.UNKNOWN)
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS:
        return Kind.HEIF
    if head[4:8] in _BOXES:
        return Kind.MP4
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return Kind.MPEG_TS
    return next((kind for start, kind in _STARTS if head.startswith(start)), Kind.UNKNOWN)


def kind_of_file(path: Path) -> Kind:
    """Return the kind of a file."""
    with path.open("rb") as file:
        return kind_of(file.read(HEAD_BYTES))
