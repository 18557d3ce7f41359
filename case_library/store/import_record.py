"""What an import removed, from where, and what a person must still look at: kept with the case, without any value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from case_library.deidentify.free_text import TextMatch
from case_library.deidentify.report import CleaningReport
from case_library.model.case import Clip
from case_library.model.item import ClipId, ItemId, Model
from case_library.model.mask import MaskRectangle, PixelMask
from case_library.store.files import write_whole
from case_library.store.import_report import ImportedClip
from case_library.store.library import REPORTS, Library

_NOTHING_BLACK = "nothing of it goes black: look at it whole at 100 % before you confirm"
_LOOK_INSIDE = "writing inside the picture is not known from the header: look at the first, a middle and the last frame"


class HeaderRecord(Model):
    """What became of the elements of a header, by keyword of the standard's dictionary."""

    kept: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    private: int
    unknown: int


class ClipRecord(Model):
    """What was done to one clip.

    Attributes
    ----------
    burned, pending : tuple of MaskRectangle
        What is black since the import, and what goes black when the draft is confirmed, as the import suggested it.
    look_at : tuple of str
        What a person must still look at.
    """

    clip_id: ClipId
    header: HeaderRecord
    burned: tuple[MaskRectangle, ...] = ()
    pending: tuple[MaskRectangle, ...] = ()
    look_at: tuple[str, ...] = ()


class TextRecord(Model):
    """A text of the case that says what an element of the header held: where, and which element; not what."""

    field: str
    start: int
    end: int
    element: str


class ImportRecord(Model):
    """One import into one case."""

    record_version: int = 1
    import_id: ItemId
    at: datetime
    clips: tuple[ClipRecord, ...]
    texts: tuple[TextRecord, ...] = ()


def import_record(
    import_id: ItemId, at: datetime, clips: Sequence[ImportedClip], texts: Sequence[TextMatch] = ()
) -> ImportRecord:
    """Return the record of what came in."""
    return ImportRecord(
        import_id=import_id,
        at=at,
        clips=tuple(
            ClipRecord(
                clip_id=imported.clip.clip_id,
                header=_header(imported.cleaning),
                burned=_rectangles(imported.clip.burned),
                pending=_rectangles(imported.clip.mask),
                look_at=(*look_at(imported.clip), *imported.notes),
            )
            for imported in clips
        ),
        texts=tuple(TextRecord(field=t.field, start=t.start, end=t.end, element=t.element) for t in texts),
    )


def look_at(clip: Clip) -> tuple[str, ...]:
    """Return what a person must still look at in a clip of a draft."""
    found = [_LOOK_INSIDE if _rectangles(clip.mask) or _rectangles(clip.burned) else _NOTHING_BLACK]
    if not clip.clock.trusted and clip.frame_count > 1:
        found.append(f"the clock is not trusted: {clip.clock.why}")
    if not clip.scale.trusted:
        found.append(f"the scale is not trusted: {clip.scale.why}")
    return tuple(found)


def write_record(folder: Path, record: ImportRecord) -> None:
    """Write a record into a case folder."""
    (folder / REPORTS).mkdir(exist_ok=True)
    data = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
    write_whole(folder / REPORTS / f"{record.import_id}.json", data.encode())


def read_records(library: Library, slug: str) -> list[ImportRecord]:
    """Return the records of a case, oldest first; one that cannot be read is left out, `check` names it."""
    found = [record_at(path) for path in sorted((library.folder(slug) / REPORTS).glob("*.json"))]
    return sorted((record for record in found if record is not None), key=lambda record: record.at)


def record_at(path: Path) -> ImportRecord | None:
    """Return the record in a file, or None where it holds none."""
    try:
        return ImportRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _header(cleaning: CleaningReport) -> HeaderRecord:
    return HeaderRecord(
        kept=cleaning.kept,
        changed=cleaning.changed,
        removed=cleaning.removed,
        added=cleaning.added,
        private=cleaning.private,
        unknown=cleaning.unknown,
    )


def _rectangles(mask: PixelMask | None) -> tuple[MaskRectangle, ...]:
    return () if mask is None else mask.rectangles
