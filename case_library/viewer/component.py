"""The browser components as functions of Python."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from case_library.viewer.draft_messages import AddCaseData
from case_library.viewer.messages import GalleryData, ViewerData

FRONTEND = Path(__file__).with_name("frontend")
# The add-case page shows frames on the viewer's own stage.
_SHEETS = {
    "viewer": ("viewer.css", "tools.css"),
    "gallery": ("gallery.css",),
    "add-case": ("viewer.css", "add-case.css"),
}
# The viewer fills the window; a page that shows a bar below it says how high that is.
_ABOVE_BAR = ".viewer { bottom: var(--case-library-bar, 0px); }\n"


def cine_viewer(data: ViewerData, *, key: str) -> bool:
    """Show the clips of a case; return whether its reader wants to go back to the library.

    Where its tokens are worth nothing any more, it asks for this page to be run again.
    """
    result = _mount("viewer")(key=key, data=data, on_open_library_change=_nothing, on_renew_change=_nothing)
    return result.open_library is not None


class GalleryWish(NamedTuple):
    """Where the reader of a library wants to go: to one of its cases, or to the page on which one is added."""

    open_case: str | None
    add_case: bool


def case_gallery(data: GalleryData, *, key: str) -> GalleryWish:
    """Show the cards of a library; return where its reader wants to go."""
    result = _mount("gallery")(key=key, data=data, on_open_case_change=_nothing, on_add_case_change=_nothing)
    return GalleryWish(_slug(result.open_case), result.add_case is not None)


class AddCaseWish(NamedTuple):
    """Where whoever adds a case wants to go: to the library, or to the case that is published now."""

    open_library: bool
    open_case: str | None


def add_case(data: AddCaseData, *, key: str) -> AddCaseWish:
    """Show the page on which a case is added; return where its reader wants to go."""
    result = _mount("add-case")(key=key, data=data, on_open_library_change=_nothing, on_open_case_change=_nothing)
    return AddCaseWish(result.open_library is not None, _slug(result.open_case))


@functools.cache
def _mount(name: str) -> Callable[..., Any]:
    # At the first use and not at import: without a running server Streamlit finds no manifest. The style sheet goes
    # inline, for a linked one is fetched again whenever an element before the component comes or goes.
    return st.components.v2.component(
        f"case-library.{name}",
        html=f'<div class="case-library-{name}"></div>',
        css="\n".join((FRONTEND / sheet).read_text(encoding="utf-8") for sheet in _SHEETS[name]) + "\n" + _ABOVE_BAR,
        js=f"{name}-component.js",
        isolate_styles=name != "viewer",
    )


def _nothing() -> None:
    """Streamlit keeps a value of the browser's only where somebody listens for its change."""


def _slug(opened: Any) -> str | None:
    return str(opened["slug"]) if isinstance(opened, dict) and "slug" in opened else None
