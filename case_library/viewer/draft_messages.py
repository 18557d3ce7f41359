"""What the add-case page is told of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from case_library.model.case import Case
from case_library.viewer.messages import ClipLink, ClipMessage, clip_message


class DraftMessage(TypedDict):
    """A draft, with the revision that an edit names."""

    slug: str
    revision: int
    title: str
    summary: str
    clips: list[ClipMessage]


class AddCaseData(TypedDict):
    """Where the page asks, with which token, and the draft that its address names."""

    api: str
    token: str
    slug: str | None
    base_path: str


def draft_message(slug: str, case: Case, links: Mapping[str, ClipLink]) -> DraftMessage:
    """Return what the page shows of a draft.

    Parameters
    ----------
    links : mapping of str to ClipLink
        By clip id.
    """
    return {
        "slug": slug,
        "revision": case.revision,
        "title": case.title,
        "summary": case.summary,
        "clips": [clip_message(clip, links[clip.clip_id], published=False) for clip in case.clips],
    }
