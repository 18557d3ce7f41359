"""A temporary folder for what is unpacked: outside the library, empty at the end, and emptied at the next start."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "case-library-unpacked-"
_LOCK = ".in-use"
_YOUNG_S = 60


@contextmanager
def scratch_folder(parent: Path | None = None) -> Iterator[Path]:
    """Give an empty folder that only this user can read; it is gone when the block ends, however it ends.

    What a process left behind that was killed is removed first: the patient's identity is still in it.

    Parameters
    ----------
    parent : Path or None
        None for the system's temporary folder.
    """
    parent = parent or Path(tempfile.gettempdir())
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    lock = FileLock(folder / _LOCK)
    lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    for left in parent.glob(f"{_PREFIX}*"):
        try:
            # One that is being made this moment may not be locked yet.
            if time.time() - left.stat().st_mtime > _YOUNG_S:
                with FileLock(left / _LOCK, timeout=0):
                    pass
                shutil.rmtree(left, ignore_errors=True)
        except (Timeout, OSError):
            continue  # in use, or another user's
