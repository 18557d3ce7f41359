"""A DICOMDIR as the files that it names.

References
----------
DICOM PS3.3, F.3.2.2; PS3.10, 8.5 and 8.6: a Referenced File ID has up to eight parts of capital letters and digits
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.filereader import dcmread, read_file_meta_info

from case_library.dicom.elements import items, text, values
from case_library.errors import RefusedInputError

_DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
_LARGEST_BYTES = 64 * 1024**2
_MOST_PARTS = 32


def is_dicomdir(path: Path) -> bool:
    """Whether a DICOM file is a media storage directory."""
    try:
        return text(read_file_meta_info(path), "MediaStorageSOPClassUID") == _DIRECTORY_CLASS
    except Exception:  # a damaged file is none; the reader will say what is wrong with it
        return False


def files_of(path: Path, refuse: Callable[[str, str], None]) -> Iterator[Path]:
    """Give the image files that a DICOMDIR names, in its order; none outside its own folder.

    Parameters
    ----------
    refuse : callable
        Called with the name and the reason for a file that is not there.

    Raises
    ------
    RefusedInputError
        If the directory cannot be read or names nothing.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        raise RefusedInputError(f"the DICOMDIR has over {_LARGEST_BYTES} bytes")
    try:
        records = items(dcmread(path), "DirectoryRecordSequence")
    except MemoryError:
        raise
    except Exception as error:  # the parser may raise anything on a hostile file; its text may quote the data
        raise RefusedInputError(f"the DICOMDIR is damaged and cannot be read ({type(error).__name__})") from None
    found = 0
    for number, record in enumerate(records, start=1):
        if text(record, "DirectoryRecordType") != "IMAGE":
            continue
        found += 1
        file = _file_of(path.parent, record)
        if file is None:
            refuse(f"{path}, record {number}", "the DICOMDIR names a file that is not beside it")
        else:
            yield file
    if not found:
        raise RefusedInputError("the DICOMDIR names no image")


def _file_of(folder: Path, record: Dataset) -> Path | None:
    parts = [str(part) for part in values(record, "ReferencedFileID")]
    if not 0 < len(parts) <= _MOST_PARTS:
        return None
    here = folder
    for part in parts:
        if part in ("", ".", "..") or any(char in part for char in "/\\:\0"):
            return None
        # Copied media often have small letters, or a version behind a semicolon that the directory does not say.
        same = [p for p in here.iterdir() if p.name.upper().split(";")[0] == part.upper()] if here.is_dir() else []
        if not same:
            return None
        here = same[0]
    inside = here.resolve().is_relative_to(folder.resolve())
    return here if here.is_file() and inside else None
