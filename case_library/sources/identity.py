"""By what a frame is recognised again: a hash of its stored bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from case_library.errors import FrameError
from case_library.sources.dicom import open_dicom


def stored_hashes(media: Path, frame_numbers: Sequence[int]) -> list[str | None]:
    """Return the SHA-256 of the stored bytes of each frame (from 1); None where the file ends before the frame does.

    Raises
    ------
    RefusedInputError
        If the file cannot be opened.
    """
    with open_dicom(media) as source:
        return [_hash_of(source.stored_frame, number - 1) for number in frame_numbers]


def _hash_of(stored_frame: Callable[[int], bytes], frame_index: int) -> str | None:
    try:
        return hashlib.sha256(stored_frame(frame_index)).hexdigest()
    except FrameError:
        return None
