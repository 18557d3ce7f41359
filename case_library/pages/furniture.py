"""Streamlit's own furniture out of sight, and plain words where there is nothing to show."""

from __future__ import annotations

import streamlit as st

_CSS = """
<style>
[data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stDecoration"], [data-testid="stSidebar"],
[data-testid="stSidebarCollapsedControl"], [data-testid="stStatusWidget"], footer { display: none !important; }
[data-testid="stApp"], [data-testid="stMain"] { background: #0f1114; }
[data-testid="stMainBlockContainer"] { padding: 0 !important; max-width: none !important; }
.st-key-message { max-width: 44rem; margin: 20vh auto 0; padding: 0 1.5rem; gap: 1rem; }
.st-key-message [data-testid="stElementContainer"]:first-child [data-testid="stText"] { font-size: 1.5rem; }
.st-key-message [data-testid="stText"] { white-space: pre-wrap; }
.st-key-message [data-testid="stPageLink-NavLink"] { padding-left: 0; background: none; }
.st-key-message [data-testid="stPageLink-NavLink"] p { color: #56b4e9; font-size: 1rem; }
.st-key-draft-bar {
  position: fixed; inset: auto 0 0 0; height: var(--case-library-bar); z-index: 1000001; justify-content: center;
  padding: 0 1rem; background: #1d2126; border-top: 1px solid #2a2f36;
}
.st-key-draft-bar p, .st-key-draft-bar [data-testid="stMarkdownContainer"] { margin: 0 !important; }
[data-testid="stToastContainer"] { z-index: 1000002; }
</style>
"""
_BAR = """
<style>
:root { --case-library-bar: 3.5rem; }
@media (max-width: 900px) { :root { --case-library-bar: 8.5rem; } }
</style>
"""


def hide_furniture() -> None:
    """Give the whole window to the page."""
    st.html(_CSS)


def make_room_for_bar() -> None:
    """Keep the viewer clear of a bar at the bottom of the window."""
    st.html(_BAR)


def say(what: str, next_step: str) -> None:
    """Say why there is nothing to show, and where to go from here."""
    with st.container(key="message"):
        st.text(what)
        st.text(next_step)
        st.page_link("library.py", label="‹ Library")
