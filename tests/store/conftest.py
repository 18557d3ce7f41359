from pathlib import Path

import pytest

from case_library.store.library import Library

SECRET = b"s" * 32


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")
