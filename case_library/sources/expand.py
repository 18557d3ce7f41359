"""From the paths that were given to the files that may be imported, in natural order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from case_library.errors import RefusedInputError


def natural_key(path: Path) -> list[tuple[int, int | str]]:
    """Return a sort key by which `clip2` comes before `clip10`."""
    return [(0, int(part)) if part.isdigit() else (1, part.lower()) for part in re.split(r"(\d+)", str(path)) if part]


def files_in(path: Path) -> Iterator[Path]:
    """Give the file itself, or the files of a folder and its folders; hidden ones and a DICOMDIR are left out.

    Raises
    ------
    RefusedInputError
        If there is nothing.
    """
    if path.is_dir():
        inside = [
            file
            for file in path.rglob("*")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if not inside:
            raise RefusedInputError("the folder holds no file")
        yield from sorted((file for file in inside if file.name.upper() != "DICOMDIR"), key=natural_key)
    elif path.is_file():
        yield path
    else:
        raise RefusedInputError("there is no such file or folder")
