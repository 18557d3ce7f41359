"""The pack folder: one clip's frames as the viewer fetches them.

A pack is `<packs>/<key>/` with `index.json`, `segment-000.bin`, … (JPEG frames back to back), and for a published clip
`poster.jpg` and `exact/000061.png`. It is derived, named by the content it was made from, and may be deleted at any
time. Nothing in it names the case, the file or the patient.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import PIL
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT_VERSION = 1
FRAMES_PER_SEGMENT = 16
# A segment is read and sent in one piece; large frames close it earlier.
MAX_SEGMENT_BYTES = 4 * 1024**2

INDEX_NAME = "index.json"
POSTER_NAME = "poster.jpg"
MEDIA_TYPE = "image/jpeg"

_KEY = re.compile(r"[0-9a-f]{64}")


class Segment(BaseModel):
    """A run of frames in one file.

    Attributes
    ----------
    first : int
        Frame index, from 0.
    lengths : tuple of int
        Bytes of each frame, back to back; 0 where the frame is broken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: int = Field(ge=0)
    lengths: tuple[int, ...]


class PackIndex(BaseModel):
    """What `index.json` holds, and what the viewer is sent.

    Attributes
    ----------
    passed_through : bool
        Whether every frame is the stored JPEG itself rather than a new encoding of it.
    broken : dict of int to str
        Frame number (from 1) -> why it cannot be shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT_VERSION
    frame_count: int = Field(ge=1)
    columns: int = Field(ge=1)
    rows: int = Field(ge=1)
    media_type: str = MEDIA_TYPE
    passed_through: bool
    segments: tuple[Segment, ...]
    broken: dict[int, str] = {}

    def to_json(self) -> str:
        """Return the document; `broken` only where there is any."""
        return self.model_dump_json(exclude=None if self.broken else {"broken"})


def pack_key(file_sha256: str) -> str:
    """Return the name of the pack of a file: 64 hexadecimal digits that change whenever the pack's bytes may.

    The encoder is part of it: a browser keeps segments for a year, so those of one key must never differ.
    """
    made_by = f"case-library pack {FORMAT_VERSION}, Pillow {PIL.__version__}"
    return hashlib.sha256(f"{made_by}\n{file_sha256}".encode()).hexdigest()


def is_pack_key(text: str) -> bool:
    """Whether `text` has the form of a key; nothing else is ever made part of a path."""
    return _KEY.fullmatch(text) is not None


def segment_path(pack: Path, number: int) -> Path:
    """Return the path of a segment, numbered from 0."""
    return pack / f"segment-{number:03d}.bin"


def exact_path(pack: Path, frame_number: int) -> Path:
    """Return the path of an exact frame, numbered from 1."""
    return pack / "exact" / f"{frame_number:06d}.png"


def read_index(pack: Path) -> PackIndex | None:
    """Return the index of a pack; None where there is no pack or where it is not whole."""
    try:
        index = PackIndex.model_validate_json((pack / INDEX_NAME).read_bytes())
        whole = index.format == FORMAT_VERSION and all(
            segment_path(pack, number).stat().st_size == sum(segment.lengths)
            for number, segment in enumerate(index.segments)
        )
    except (OSError, ValidationError):
        return None
    return index if whole else None
