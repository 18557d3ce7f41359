"""MPEG-2, H.264 and HEVC inside DICOM, as frames.

References
----------
DICOM PS3.5, 8.2.5 to 8.2.10: the whole stream lies in the fragments, one after the other
"""

from __future__ import annotations

import io
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from pydicom.uid import MPEGTransferSyntaxes

from case_library.dicom.elements import integer
from case_library.dicom.pixel_data import Fragment, stored_fragments
from case_library.errors import RefusedInputError
from case_library.sources.dicom import open_header
from case_library.sources.kinds import HEAD_BYTES, Kind, kind_of
from case_library.sources.reader import FrameProgress
from case_library.sources.video import DEMUXERS, VideoReader, require_video

_HEVC = frozenset(("1.2.840.10008.1.2.4.107", "1.2.840.10008.1.2.4.108"))
_MPEG2 = frozenset(
    ("1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.100.1", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.101.1")
)
SAID_COUNT = "its header says another number of frames than the video holds; the video's own was taken"


def is_dicom_video(transfer_syntax_uid: str) -> bool:
    """Whether a transfer syntax is a video stream."""
    return transfer_syntax_uid in MPEGTransferSyntaxes


class _Fragments(io.RawIOBase):
    """The stretches of a file, read as one."""

    def __init__(self, file: BinaryIO, fragments: list[Fragment]) -> None:
        self._file, self._fragments = file, fragments
        self._starts = [0, *accumulate(fragment.length for fragment in fragments)]
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at >= self._starts[-1]:
            return 0
        number = bisect_right(self._starts, self._at) - 1
        fragment, inside = self._fragments[number], self._at - self._starts[number]
        self._file.seek(fragment.offset + inside)
        data = self._file.read(min(len(buffer), fragment.length - inside))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def open_dicom_video(path: Path, progress: FrameProgress | None = None) -> VideoReader:
    """Open a DICOM file whose transfer syntax is a video stream; its header comes along.

    Raises
    ------
    RefusedInputError
    """
    require_video()
    file, file_bytes, header, syntax, element = open_header(path)
    try:
        fragments = stored_fragments(file, element, file_bytes)
        stream = io.BufferedReader(_Fragments(file, fragments))
        head = stream.read(HEAD_BYTES)
        reader = VideoReader(stream, _demuxer(head, syntax), sum(f.length for f in fragments), progress)
    except BaseException:
        file.close()
        raise
    reader.header = header
    declared = integer(header, "NumberOfFrames")
    if declared != reader.frame_count:
        reader.say(SAID_COUNT)
    return reader


def _demuxer(head: bytes, syntax: str) -> str:
    kind = kind_of(head)
    if kind in (Kind.MP4, Kind.MPEG, Kind.MPEG_TS):
        return DEMUXERS[kind]
    if head[:3] != b"\0\0\1" and head[:4] != b"\0\0\0\1":
        raise RefusedInputError("the video inside the DICOM file is in no container that is opened here")
    if syntax in _HEVC:
        return "hevc"
    return "mpegvideo" if syntax in _MPEG2 else "h264"
