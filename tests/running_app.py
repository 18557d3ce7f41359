"""A whole Streamlit app, runtime included, that answers inside the test process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from starlette.testclient import TestClient
from streamlit.runtime import Runtime


@contextmanager
def running_app(app: st.App) -> Iterator[TestClient]:
    """Give a client on this computer of an app that runs meanwhile."""
    # A process has one runtime, and Streamlit does not forget one that has ended.
    Runtime._instance = None
    try:
        with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)) as client:
            yield client
    finally:
        Runtime._instance = None
