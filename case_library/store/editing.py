"""Save what a person changed in a case, item by item."""

from __future__ import annotations

from case_library.errors import StaleEditError
from case_library.model.case import Case
from case_library.model.editing import Edit, Identify, edited
from case_library.store.library import Library


def save_edit(library: Library, slug: str, edit: Edit, identify: Identify) -> tuple[Case, Case]:
    """Save an edit; return the case before and after it. An edit that changes nothing writes nothing.

    Raises
    ------
    StaleEditError
        If the case was changed since `edit.based_on`; its `yours` is the edit.
    EditRefusedError
        If an item cannot be part of the case.
    CaseNotFoundError, CaseFormatError, LibraryBusyError, ReadOnlyError
    """
    # Hashing frames may take a moment, for which nobody else should have to wait.
    read = library.read(slug)
    if read.revision != edit.based_on:
        raise StaleEditError(slug, read, edit, edit.based_on)
    case = edited(read, edit.changes, identify)
    if case == read:
        return read, read
    saved = library.save(slug, case, edit.based_on)
    return read, saved
