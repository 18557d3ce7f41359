"""Decoders that nobody here wrote."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image


def dcmtk_frame(path: Path, frame_number: int) -> NDArray[np.uint8]:
    """Return one frame (from 1) as DCMTK shows it: (rows, columns) grey or (rows, columns, 3) RGB.

    Skips where DCMTK is not installed; on the build server that is a failure.
    """
    tool = shutil.which("dcmj2pnm")
    if tool is None:
        reason = "DCMTK's dcmj2pnm is not installed"
        if os.environ.get("CASE_LIBRARY_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    command = [tool, "--frame", str(frame_number), "--write-raw-pnm", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.asarray(Image.open(io.BytesIO(done.stdout)))
