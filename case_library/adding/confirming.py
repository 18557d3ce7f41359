"""Publish a draft, in the process of a task: every frame of it is written again."""

from __future__ import annotations

from typing import Any

from case_library.deidentify.remembered import RememberedMasks
from case_library.packs.cache import PackCache
from case_library.settings import Settings
from case_library.store import confirming
from case_library.store.library import Library


def confirm_draft(settings: Settings, request: dict[str, Any]) -> dict[str, Any]:
    """Publish the revision of a draft that somebody has looked at.

    Parameters
    ----------
    request : dict
        `slug`, `by`, `revision`.

    Raises
    ------
    StaleEditError
        If the draft was changed meanwhile: nobody has seen what it is now.
    """
    library = Library(settings.library, listeners=(PackCache(settings).on_case_change,))
    slug, revision = request["slug"], request["revision"]
    confirming.confirm_draft(
        library, slug, request["by"], based_on=revision, remembered=RememberedMasks(settings.config_folder)
    )
    return {"case": slug}
