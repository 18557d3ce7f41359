"""Real ultrasound files that lie beside the project; a test skips with a reason where they are absent."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """Return the path of a real file, or skip the test."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"real file {name} is not beside this checkout")
    return path
