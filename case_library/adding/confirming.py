"""What decodes every frame of a draft, in the process of a task: looking for writing, and publishing."""

from __future__ import annotations

from typing import Any, Protocol

from case_library.deidentify.remembered import RememberedMasks
from case_library.packs.cache import PackCache
from case_library.settings import Settings
from case_library.store.confirming import confirm_draft
from case_library.store.library import Library
from case_library.store.masking import suggest_mask


class Listener(Protocol):
    """Whoever is told how far it is."""

    def progress(self, done: int, total: int) -> None:
        """Hear how many frames are done."""


def suggest(settings: Settings, request: dict[str, Any], tell: Listener) -> dict[str, Any]:
    """Return the rectangles that may hold writing, for a person to decide on; nothing is written.

    Parameters
    ----------
    request : dict
        `slug`, `clip_id`.
    """
    remembered = RememberedMasks(settings.config_folder)
    library = Library(settings.library)
    found = suggest_mask(
        library, request["slug"], request["clip_id"], remembered=remembered, progress=tell.progress
    ).mask.model_dump(mode="json")
    return {"rectangles": found["rectangles"], "note": found["note"]}


def confirm(settings: Settings, request: dict[str, Any], tell: Listener) -> dict[str, Any]:
    """Publish the revision of a draft that somebody has looked at.

    Parameters
    ----------
    request : dict
        `slug`, `by`, `revision`.
    """
    library = Library(settings.library, listeners=(PackCache(settings).on_case_change,))
    confirm_draft(
        library,
        request["slug"],
        request["by"],
        based_on=request["revision"],
        remembered=RememberedMasks(settings.config_folder),
        progress=tell.progress,
    )
    return {"case": request["slug"]}
