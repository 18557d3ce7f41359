"""Write a DICOM file one frame at a time.

References
----------
DICOM PS3.10, 7 DICOM File Format; PS3.5, Annex A.4 Encapsulation of encoded pixel data
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from case_library.errors import CaseLibraryError

# A UUID-derived UID (PS3.5 B.2) made once for this software.
IMPLEMENTATION_CLASS_UID = "2.25.204816412905735467098732153847162094413"
IMPLEMENTATION_VERSION_NAME = "CASE_LIBRARY_1"
_ITEM = b"\xfe\xff\x00\xe0"
_SEQUENCE_DELIMITER = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
_LARGEST = 0xFFFFFFFE


class WriteError(CaseLibraryError):
    """An object that would not be valid is not written."""


def write_dicom(
    path: Path, header: Dataset, transfer_syntax_uid: str, frames: Iterable[bytes], frame_count: int
) -> None:
    """Write an object from its header and the stored bytes of its frames.

    The frames are taken one at a time. Encapsulated ones get one fragment each and a filled Basic Offset Table. The
    same arguments give the same bytes.

    Parameters
    ----------
    path : Path
        Must not exist.
    header : Dataset
        Every element before the pixel data; with SOP Class and SOP Instance UID.
    transfer_syntax_uid : str
        An encapsulated one, or Explicit VR Little Endian.
    frames : iterable of bytes
        Native frames in Little Endian order.
    frame_count : int

    Raises
    ------
    WriteError
        If the header does not say what the object is, or the number or size of the frames is not what the format can
        hold.
    """
    for keyword in ("SOPClassUID", "SOPInstanceUID"):
        if not header.get(keyword):
            raise WriteError(f"an object without a {keyword} of the standard's form cannot be written")
    uid = UID(transfer_syntax_uid)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = header.SOPClassUID
    meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    meta.TransferSyntaxUID = uid
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    dataset = Dataset()
    dataset.update(header)
    dataset.file_meta = meta
    with path.open("xb") as file:
        pydicom.dcmwrite(file, dataset, implicit_vr=False, little_endian=True, enforce_file_format=True)
        if uid.is_encapsulated:
            _write_encapsulated(file, frames, frame_count)
        else:
            _write_native(file, frames, frame_count, words=int(header.BitsAllocated) > 8)


def _write_encapsulated(file: BinaryIO, frames: Iterable[bytes], frame_count: int) -> None:
    file.write(struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF))
    file.write(_ITEM + struct.pack("<I", 4 * frame_count))
    table_at = file.tell()
    file.write(bytes(4 * frame_count))
    start = file.tell()
    offsets: list[int] = []
    for data in frames:
        if not 0 < len(data) < _LARGEST:
            raise WriteError(f"Frame {len(offsets) + 1} has {len(data)} bytes; a fragment holds 1 to {_LARGEST - 1}")
        offsets.append(file.tell() - start)
        padding = b"\0" if len(data) % 2 else b""
        file.write(_ITEM + struct.pack("<I", len(data) + len(padding)))
        file.write(data + padding)
    if len(offsets) != frame_count:
        raise WriteError(f"{len(offsets)} frames were given, but Number of Frames is {frame_count}")
    file.write(_SEQUENCE_DELIMITER)
    if offsets[-1] > _LARGEST:
        raise WriteError(f"the clip has over {_LARGEST} bytes of frames, more than one object can index")
    file.seek(table_at)
    file.write(struct.pack(f"<{frame_count}I", *offsets))
    file.seek(0, 2)


def _write_native(file: BinaryIO, frames: Iterable[bytes], frame_count: int, words: bool) -> None:
    file.write(struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW" if words else b"OB", 0, 0))
    length_at = file.tell() - 4
    written = count = 0
    for data in frames:
        written += file.write(data)
        count += 1
    if count != frame_count:
        raise WriteError(f"{count} frames were given, but Number of Frames is {frame_count}")
    written += file.write(b"\0" * (written % 2))
    if written > _LARGEST:
        raise WriteError(f"the clip has {written} bytes of pixels; one object holds {_LARGEST}")
    file.seek(length_at)
    file.write(struct.pack("<I", written))
    file.seek(0, 2)
