"""Take a clip out of a draft, or discard a draft: with its pixels, wherever they lie."""

from __future__ import annotations

from case_library.errors import CaseLibraryError
from case_library.model.case import Case, Status
from case_library.store.files import remove_tree, sync_folder
from case_library.store.library import CaseChange, Library


def remove_clip(library: Library, slug: str, clip_id: str, based_on: int) -> Case:
    """Save a draft without one of its clips, and delete the clip's file.

    Raises
    ------
    CaseLibraryError
        If the case is published, has no such clip or no other one.
    StaleEditError
    """
    with library.changing(slug) as (folder, current):
        _require_draft(slug, current)
        clip = current.clip(clip_id)
        if clip is None:
            raise CaseLibraryError(f"Case '{slug}' has no clip '{clip_id}'; it may have been removed already")
        if len(current.clips) == 1:
            raise CaseLibraryError(f"'{clip_id}' is the only clip of case '{slug}'; discard the draft instead")
        rest = tuple(other for other in current.clips if other.clip_id != clip_id)
        saved = library.save_locked(folder, current, current.model_copy(update={"clips": rest}), based_on)
        (folder / clip.file).unlink(missing_ok=True)
        sync_folder((folder / clip.file).parent)
    library.tell(CaseChange(library.root, slug, current, saved))
    return saved


def discard_draft(library: Library, slug: str) -> None:
    """Delete a draft whole; nothing of its pixels or its history stays.

    Raises
    ------
    CaseLibraryError
        If the case is published.
    """
    with library.changing(slug) as (folder, current):
        _require_draft(slug, current)
        remove_tree(folder)
    library.tell(CaseChange(library.root, slug, current, None))


def _require_draft(slug: str, case: Case) -> None:
    if case.status is not Status.DRAFT:
        raise CaseLibraryError(f"Case '{slug}' is published; only a draft can be changed in this way")
