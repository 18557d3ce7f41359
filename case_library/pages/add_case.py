"""The add-case page: from files to a published case, for the editor at this computer."""

import streamlit as st

from case_library.pages.links import editor_token
from case_library.routes.add_case import ADD_CASE_PATH
from case_library.routes.serving import serving
from case_library.viewer.component import add_case
from case_library.viewer.draft_messages import add_case_data

shared = serving()
st.set_page_config(page_title="Add a case · case library")
api, slug = f"{shared.base_path}{ADD_CASE_PATH}", st.query_params.get("case")
wish = add_case(add_case_data(api, editor_token(shared), slug), key="add-case")
if wish.open_library:
    st.switch_page("library.py")
elif wish.open_case is not None:
    st.switch_page("case.py", query_params={"case": wish.open_case})
