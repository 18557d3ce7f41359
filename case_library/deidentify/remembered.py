"""Masks that a person confirmed, by the machine and the size of its screen: offered for the next clip of it.

They lie in the user's config folder. A machine is a keyed digest: no name of it is in the file.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock
from pydicom.dataset import Dataset

from case_library.dicom.elements import text
from case_library.model.mask import Box, MaskOrigin, MaskRectangle

FILE_NAME = "masks.json"
_MOST_SCREENS = 500
_LOCK_TIMEOUT_S = 10.0
_WHY = "black in the last clip that was confirmed from this machine at this size"
_NAMED_BY = ("Manufacturer", "ManufacturerModelName", "SoftwareVersions")


def screen_digest(secret: bytes, header: Dataset, columns: int, rows: int) -> str | None:
    """Return the keyed digest of maker, model, software and size; None where the file names neither maker nor model.

    Parameters
    ----------
    header : Dataset
        As the file has it, before it is cleaned.
    """
    named = [text(header, keyword).casefold() for keyword in _NAMED_BY]
    if not any(named[:2]):
        return None
    said = "\0".join(("screen", *named, str(columns), str(rows)))
    return hmac.new(secret, said.encode(errors="backslashreplace"), "sha256").hexdigest()


class RememberedMasks:
    """The masks of one user."""

    def __init__(self, config_folder: Path) -> None:
        self._path = config_folder / FILE_NAME

    def offer(self, screen: str | None, columns: int, rows: int) -> tuple[MaskRectangle, ...]:
        """Return what was confirmed for this screen; nothing where it is unknown or the file cannot be read."""
        found = []
        for box in self._read().get(screen or "", ()):
            try:
                x, y, width, height = (int(number) for number in box)
                rectangle = MaskRectangle(x=x, y=y, width=width, height=height, origin=MaskOrigin.REMEMBERED, why=_WHY)
            except (TypeError, ValueError):
                continue
            if rectangle.right <= columns and rectangle.bottom <= rows:
                found.append(rectangle)
        return tuple(found)

    def remember(self, screen: str, boxes: Sequence[Box]) -> None:
        """Keep the boxes for this screen in the place of those before; the screens used longest ago are forgotten."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_name(f"{FILE_NAME}.lock"), timeout=_LOCK_TIMEOUT_S):
            kept = self._read()
            kept.pop(screen, None)
            kept[screen] = [list(box) for box in boxes]
            newest = dict(list(kept.items())[-_MOST_SCREENS:])
            temporary = self._path.with_name(f".{FILE_NAME}.{uuid4().hex}.tmp")
            try:
                with temporary.open("w", encoding="utf-8") as file:
                    json.dump(newest, file)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)

    def _read(self) -> dict[str, list[Any]]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
