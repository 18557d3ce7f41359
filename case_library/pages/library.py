"""The library page: a card for each case."""

import streamlit as st

from case_library.pages.links import poster_links
from case_library.routes.serving import serving
from case_library.viewer.component import case_gallery
from case_library.viewer.messages import gallery_data

shared = serving()
editor = not shared.settings.read_only
entries = shared.library.entries()

opened = case_gallery(
    gallery_data(
        entries,
        poster_links(shared, entries),
        editor=editor,
        # Where it lies is the editor's business alone.
        library_hint=str(shared.settings.library) if editor else "",
        base_path=shared.base_path,
    ),
    key="gallery",
)
if opened is not None:
    st.switch_page("case.py", query_params={"case": opened})
