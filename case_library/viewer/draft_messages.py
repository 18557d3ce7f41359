"""What the add-case page is told of a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from case_library.deidentify.free_text import TextMatch
from case_library.model.case import Case, Clip
from case_library.model.mask import PixelMask
from case_library.store.confirming import obstacles
from case_library.viewer.messages import ClipLink, ClipMessage, clip_message
from case_library.vocabulary.tables import structures


class DraftClipMessage(ClipMessage):
    """A clip of a draft: what the viewer is told, and what becomes of its pixels."""

    mask: MaskMessage | None
    burned: list[dict[str, Any]]
    viewed: bool
    notes: list[str]
    file_bytes: int


class MaskMessage(TypedDict):
    """What goes black when the draft is confirmed."""

    rectangles: list[dict[str, Any]]
    note: str


class DraftMessage(TypedDict):
    """A draft, with the revision that an edit names."""

    slug: str
    revision: int
    title: str
    summary: str
    region: str
    laterality: str
    clips: list[DraftClipMessage]
    obstacles: list[dict[str, str]]
    matches: list[dict[str, Any]]


class AddCaseData(TypedDict):
    """Where the page asks, with which token, and the draft that its address names."""

    api: str
    token: str
    slug: str | None
    regions: list[dict[str, str]]


def add_case_data(api: str, token: str, slug: str | None) -> AddCaseData:
    """Return what the page is told when it opens."""
    regions = [entry for entry in structures().values() if entry.kind == "region" and entry.key != "phantom"]
    return {
        "api": api,
        "token": token,
        "slug": slug or None,
        "regions": [{"code": entry.key, "meaning": entry.display} for entry in regions],
    }


def draft_message(
    slug: str, case: Case, links: Mapping[str, ClipLink], matches: Sequence[TextMatch] = ()
) -> DraftMessage:
    """Return what the page shows of a draft.

    Parameters
    ----------
    links : mapping of str to ClipLink
        By clip id.
    matches : sequence of TextMatch
        Where its texts say what the headers held.
    """
    return {
        "slug": slug,
        "revision": case.revision,
        "title": case.title,
        "summary": case.summary,
        "region": case.site.region.code if case.site.region else "",
        "laterality": case.laterality.value if case.laterality else "",
        "clips": [_clip(clip, links[clip.clip_id]) for clip in case.clips],
        "obstacles": [{"clip_id": o.clip_id, "sentence": o.sentence} for o in obstacles(case)],
        "matches": [
            {"field": match.field, "start": match.start, "end": match.end, "kind": match.kind.value}
            for match in matches
        ],
    }


def _mask(mask: PixelMask) -> MaskMessage:
    rectangles = [rectangle.model_dump(mode="json") for rectangle in mask.rectangles]
    return {"rectangles": rectangles, "note": mask.note}


def _clip(clip: Clip, link: ClipLink) -> DraftClipMessage:
    return {
        **clip_message(clip, link, published=False),
        "mask": None if clip.mask is None else _mask(clip.mask),
        "burned": [] if clip.burned is None else _mask(clip.burned)["rectangles"],
        "viewed": clip.viewed is not None,
        "notes": list(clip.conversion.notes) if clip.conversion else [],
        "file_bytes": clip.file_bytes,
    }
