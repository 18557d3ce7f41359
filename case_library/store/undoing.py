"""Undo an import as a whole: what it brought into drafts goes, with its pixels; what is published stays."""

from __future__ import annotations

from dataclasses import dataclass, field

from case_library.errors import CaseLibraryError
from case_library.model.case import Status
from case_library.store.library import Library
from case_library.store.removing import discard_draft, remove_clip


class UnknownImportError(CaseLibraryError):
    """No clip of the library came with this import; nothing was changed."""


@dataclass
class UndoneImport:
    """What became of an import that was undone.

    Attributes
    ----------
    discarded : list of str
        Drafts that held nothing else.
    shortened : dict of str to list of str
        Drafts that go on without these clips.
    kept : dict of str to list of str
        Published cases with clips of it, which stay.
    """

    discarded: list[str] = field(default_factory=list)
    shortened: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)


def undo_import(library: Library, import_id: str) -> UndoneImport:
    """Take out every clip that an import brought, and discard the drafts that held nothing else.

    Raises
    ------
    UnknownImportError
        If no clip came with it.
    """
    undone = UndoneImport()
    for entry in library.entries():
        if entry.case is None:
            continue
        clips = [clip.clip_id for clip in entry.case.clips if clip.import_id == import_id]
        if not clips:
            continue
        if entry.case.status is Status.PUBLISHED:
            undone.kept[entry.slug] = clips
        elif len(clips) == len(entry.case.clips):
            discard_draft(library, entry.slug)
            undone.discarded.append(entry.slug)
        else:
            for clip_id in clips:
                remove_clip(library, entry.slug, clip_id, library.read(entry.slug).revision)
            undone.shortened[entry.slug] = clips
    if not (undone.discarded or undone.shortened or undone.kept):
        raise UnknownImportError(
            f"No clip of this library came with the import '{import_id}'; `case-library show CASE` names the import of "
            "each clip"
        )
    return undone
