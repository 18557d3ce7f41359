"""The two browser components as functions of Python."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from case_library.viewer.messages import GalleryData, ViewerData

FRONTEND = Path(__file__).with_name("frontend")
_SHEETS = {"viewer": ("viewer.css", "tools.css"), "gallery": ("gallery.css",)}
# The viewer fills the window; a page that shows a bar below it says how high that is.
_ABOVE_BAR = ".viewer { bottom: var(--case-library-bar, 0px); }\n"


def cine_viewer(data: ViewerData, *, key: str) -> bool:
    """Show the clips of a case; return whether its reader wants to go back to the library.

    Where its tokens are worth nothing any more, it asks for this page to be run again.
    """
    result = _mount("viewer")(key=key, data=data, on_open_library_change=_nothing, on_renew_change=_nothing)
    return result.open_library is not None


def case_gallery(data: GalleryData, *, key: str) -> str | None:
    """Show the cards of a library; return the slug of the case that its reader opens, if any."""
    result = _mount("gallery")(key=key, data=data, on_open_case_change=_nothing)
    opened = result.open_case
    return str(opened["slug"]) if isinstance(opened, dict) and "slug" in opened else None


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
