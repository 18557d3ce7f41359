import streamlit as st

from case_library.server import app_arguments

app = st.App(**app_arguments())
