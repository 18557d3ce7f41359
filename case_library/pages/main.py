"""The entry page: which pages there are. Streamlit runs this file again at every interaction."""

import streamlit as st

from case_library.pages.furniture import hide_furniture

st.set_page_config(page_title="case library", layout="wide", initial_sidebar_state="collapsed")
hide_furniture()
page = st.navigation(
    [
        st.Page("library.py", title="Library", default=True),
        st.Page("case.py", title="Case", url_path="case"),
    ],
    position="hidden",
)
page.run()
