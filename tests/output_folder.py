"""Where tests leave what a person should look at: a folder that the environment names, else a temporary one."""

import os
from pathlib import Path

VARIABLE = "CASE_LIBRARY_TEST_OUTPUT"


def output_folder(tmp_path: Path) -> Path:
    """Return the folder, made where it is missing."""
    folder = Path(os.environ.get(VARIABLE) or tmp_path / "output")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
