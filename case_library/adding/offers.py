"""What a person is asked about before it comes in: a video or an animation, of which a part may be enough."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from case_library.adding.spool import UploadRefusedError
from case_library.deidentify.identifiers import new_uid, source_digest
from case_library.dicom.classes import require_ultrasound
from case_library.dicom.elements import text
from case_library.errors import RefusedInputError
from case_library.model.trim import Trim
from case_library.sources.clips import ClipInput, open_clip
from case_library.sources.converted import ConvertedSource
from case_library.sources.dicom import open_header, transfer_syntax_of
from case_library.sources.dicom_video import is_dicom_video
from case_library.sources.kinds import PICTURES, VIDEOS, Kind, kind_of_file
from case_library.sources.pictures import facts_of
from case_library.sources.reader import FrameProgress
from case_library.sources.stored_size import predicted_size


@dataclass(frozen=True)
class Offer:
    """A clip that would come in, and how large.

    Attributes
    ----------
    frame_count : int
        By decoding.
    duration_s : float or None
        None where it has no times.
    lossless_bytes, compact_bytes : int or None
        As predicted; None for a single frame, and compact for one of 16 bits.
    """

    frame_count: int
    duration_s: float | None
    lossless_bytes: int | None
    compact_bytes: int | None

    def to_message(self) -> dict[str, Any]:
        """Return it for the browser."""
        return asdict(self)


@dataclass(frozen=True)
class Choice:
    """What a person chose for one file, named by its place in the user's list."""

    position: int
    trim: Trim | None = None
    compact: bool = False

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Self:
        """Return the choice that a message says.

        Parameters
        ----------
        message : mapping
            `position`; `from_s` and `to_s`, or `from_frame` and `to_frame` from 1, each a number or None; `compact`.

        Raises
        ------
        UploadRefusedError
        """
        position, compact = message.get("position"), message.get("compact", False)
        if not isinstance(position, int) or isinstance(position, bool) or not isinstance(compact, bool):
            raise UploadRefusedError("A choice names the place of a file, and whether it is stored compact", 400)
        trim = Trim(
            _seconds(message.get("from_s")),
            _seconds(message.get("to_s")),
            _frame_number(message.get("from_frame")),
            _frame_number(message.get("to_frame")),
        )
        return cls(position, None if trim == Trim() else trim, compact)

    def to_message(self) -> dict[str, Any]:
        """Return it as `of` takes it."""
        return {"position": self.position, "compact": self.compact} | (asdict(self.trim) if self.trim else {})


def asked_about(path: Path) -> ClipInput | None:
    """Return the clip that a file is, where a person is asked before it comes in; None for all else."""
    if not path.is_file():
        return None
    kind = kind_of_file(path)
    is_animated = False
    if kind in PICTURES:
        try:
            is_animated = facts_of(path).is_animated
        except RefusedInputError:
            return None  # the import says what is wrong
    is_video = kind in VIDEOS or (kind is Kind.DICOM and is_dicom_video(transfer_syntax_of(path)))
    return ClipInput((path,), kind, "", ("",), None, is_animated) if is_video or is_animated else None


def examine(clip: ClipInput, secret: bytes, known: Mapping[str, str], progress: FrameProgress) -> Offer:
    """Look through a clip and predict its size; nothing is written.

    Parameters
    ----------
    known : mapping
        Keyed digests of what is in the library, and where.

    Raises
    ------
    RefusedInputError, FrameError
        If it cannot come in, whatever is chosen.
    """
    there = known.get(source_digest(secret, *clip.paths))
    if there is not None:
        raise RefusedInputError(f"the same file is in the library already: {there}")
    if clip.kind is Kind.DICOM:
        file, _, header, _, _ = open_header(clip.paths[0])
        file.close()
        require_ultrasound(header, False)
    with open_clip(clip, progress=progress) as source:
        if isinstance(source, ConvertedSource) and source.frame_count > 1:
            size = predicted_size(source)
            return Offer(source.frame_count, source.clock.duration_s, size.lossless_bytes, size.compact_bytes)
        return Offer(source.frame_count, None, None, None)


def study_of(path: Path, secret: bytes) -> str | None:
    """Return the UID that a case of a DICOM file's study has here; None for what is of no study."""
    if kind_of_file(path) is not Kind.DICOM:
        return None
    file, _, header, _, _ = open_header(path)
    file.close()
    uid = text(header, "StudyInstanceUID")
    return new_uid(secret, uid) if uid else None


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return float(value)
    raise UploadRefusedError("A part begins and ends at seconds after the first frame, from 0", 400)


def _frame_number(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise UploadRefusedError("A part begins and ends at frame numbers, from 1", 400)
