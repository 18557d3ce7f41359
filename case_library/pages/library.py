"""The library page: a card for each case."""

import streamlit as st

from case_library.model.case import Status
from case_library.pages.examples import builds_of, wait_for_examples
from case_library.pages.links import poster_links
from case_library.routes.serving import serving
from case_library.viewer.component import case_gallery
from case_library.viewer.messages import gallery_data

shared = serving()
editor = not shared.settings.read_only
entries = shared.library.entries()

wish = case_gallery(
    gallery_data(
        entries,
        poster_links(shared, entries),
        editor=editor,
        # Where it lies is the editor's business alone.
        library_hint=str(shared.settings.library) if editor else "",
        base_path=shared.base_path,
        building=builds_of(shared, entries),
    ),
    key="gallery",
)
if shared.examples.running:
    wait_for_examples(shared, entries)
if wish.add_case:
    st.switch_page("add_case.py")
elif wish.open_case is not None:
    drafts = {entry.slug for entry in entries if entry.case is not None and entry.case.status is Status.DRAFT}
    page = "add_case.py" if wish.open_case in drafts else "case.py"
    st.switch_page(page, query_params={"case": wish.open_case})
