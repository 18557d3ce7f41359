"""Clips as the browser fetches them: registered with the routes, with a token that stays the same between runs."""

from __future__ import annotations

import time
from pathlib import Path

import streamlit as st

from case_library.model.case import Case, Clip, Status
from case_library.routes.access import Token
from case_library.routes.cases import CASES_PATH
from case_library.routes.editor import EDITOR_KEY
from case_library.routes.serving import Serving
from case_library.routes.tables import TABLES_PATH, table_key
from case_library.store.library import CaseEntry
from case_library.viewer.edit_messages import EditorLink
from case_library.viewer.messages import ClipLink, LinkedClip, linked_clip

# A token that changed would be new data for the component; one that ends is no use to a page left open.
_RENEWED_BEFORE_END_S = 3600.0


def clip_link(shared: Serving, clip: Clip, folder: Path, *, draft: bool) -> ClipLink:
    """Return where a clip is fetched, after letting the routes serve it."""
    served = shared.serve(clip, folder, draft)
    return ClipLink(shared.url(served.key), _token(shared, served.key, draft))


def editor_link(shared: Serving, slug: str) -> EditorLink | None:
    """Return where the changes of a case are sent; None where the library is open for reading only."""
    if shared.library.read_only:
        return None
    return EditorLink(f"{shared.base_path}{CASES_PATH}/{slug}", editor_token(shared))


def editor_token(shared: Serving) -> str:
    """Return the token of whoever may change the library, the same between runs."""
    return _token(shared, EDITOR_KEY, True)


def case_links(shared: Serving, case: Case, folder: Path) -> dict[str, ClipLink]:
    """Return where each clip of a case is fetched, by clip id."""
    draft = case.status is Status.DRAFT
    return {clip.clip_id: clip_link(shared, clip, folder, draft=draft) for clip in case.clips}


def tables_link(shared: Serving, slug: str, case: Case) -> ClipLink | None:
    """Return where the tables of a case are fetched; None for a draft, of which nothing leaves the library."""
    if case.status is Status.DRAFT:
        return None
    return ClipLink(f"{shared.base_path}{TABLES_PATH}/{slug}/", _token(shared, table_key(slug), False))


def linked_clips(shared: Serving, case: Case) -> list[LinkedClip]:
    """Return the published clips of other cases that this one names: the normal, the other side, the follow-up."""
    links = [link for link in case.links if link.to_case not in (None, case.case_id)]
    if not links:
        return []
    others = {
        entry.case.case_id: (entry, entry.case)
        for entry in shared.library.entries()
        if entry.case is not None and entry.case.status is Status.PUBLISHED
    }
    found: list[LinkedClip] = []
    for link in links:
        entry, other = others.get(link.to_case or "", (None, None))
        if entry is None or other is None:
            continue
        clip = other.clip(link.to_clip) if link.to_clip else next(iter(other.clips), None)
        if clip is not None and (entry.folder / clip.file).is_file():
            found.append(linked_clip(link, entry.slug, other, clip, clip_link(shared, clip, entry.folder, draft=False)))
    return found


def poster_links(shared: Serving, entries: list[CaseEntry]) -> dict[str, ClipLink]:
    """Return where each published case's poster is fetched, by slug: that of its first clip."""
    links: dict[str, ClipLink] = {}
    for entry in entries:
        if entry.case is not None and entry.case.clips and entry.case.status is Status.PUBLISHED:
            link = clip_link(shared, entry.case.clips[0], entry.folder, draft=False)
            links[entry.slug] = ClipLink(f"{link.url}poster", link.token)
    return links


def _token(shared: Serving, key: str, draft: bool) -> str:
    tokens: dict[tuple[str, bool], Token] = st.session_state.setdefault("tokens", {})
    token = tokens.get((key, draft))
    if token is None or token.ends_at - time.time() < _RENEWED_BEFORE_END_S:
        token = tokens[key, draft] = shared.signer.mint(key, draft)
    return token.text
