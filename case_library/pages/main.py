"""The entry page: which pages there are. Streamlit runs this file again at every interaction."""

import streamlit as st

from case_library.pages.furniture import hide_furniture
from case_library.routes.serving import serving

st.set_page_config(page_title="case library", layout="wide", initial_sidebar_state="collapsed")
hide_furniture()
pages = [
    st.Page("library.py", title="Library", default=True),
    st.Page("case.py", title="Case", url_path="case"),
]
if not serving().settings.read_only:
    pages.append(st.Page("add_case.py", title="Add a case", url_path="add"))
page = st.navigation(pages, position="hidden")
page.run()
