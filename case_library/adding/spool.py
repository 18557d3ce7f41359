"""Where uploaded files wait for their import: a private folder outside the library, emptied as soon as may be.

Each server process has a folder of its own under one root and holds a lock on it as long as it lives. A starting server
removes the folders whose lock it can take: what a process left that is gone, and nothing of one that runs.

    spool/<server>.lock
    spool/<server>/<batch>/file-<position>/0       a file by itself
    spool/<server>/<batch>/folder-<number>/<place>  one of several that belong together

Server and batch are random; of the user's names nothing becomes part of a path. What belongs together keeps its
distances: of pictures whose numbers are 17, 18 and 20 the places are 0, 1 and 3, so that the gap is noticed.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from filelock import FileLock, Timeout

from case_library.errors import CaseLibraryError

MOST_FILES = 100_000
MOST_PLACES = 10**9
# This much of the disk is left free beside what is written: other programs need some, and so does the import, which
# writes each file once more.
KEPT_FREE_BYTES = 256 * 1024**2
_FORGOTTEN_AFTER_S = 6 * 3600.0
_ALONE, _TOGETHER, _ARRIVING = "file-", "folder-", ".arriving-"
_ROOT_LOCK = "root.lock"


class UploadRefusedError(CaseLibraryError):
    """An upload that is not taken.

    Attributes
    ----------
    status : int
        Of the HTTP answer.
    """

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


@dataclass
class Batch:
    """The files of one import, as they arrive.

    Attributes
    ----------
    batch_id : str
        Random.
    folder : Path
    touched_at : float
        `time.monotonic` of the last sign of life.
    task_id : str or None
        Of its import, once that has begun; nothing is added from then on. Files about which a person is asked first
        wait longer, and the last of their imports is named here.
    chosen : int or None
        The place of the file that the last import was of, where it was of one.
    made : list of str or None
        Slugs of the cases that came of it; None where all of it is added to a draft.
    """

    batch_id: str
    folder: Path
    touched_at: float = field(default_factory=time.monotonic)
    task_id: str | None = None
    chosen: int | None = None
    made: list[str] | None = None
    _files: dict[int, Path] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def paths(self) -> list[Path]:
        """Return what an import is given: the folders, and the files that lie in none, in the order of the user."""
        with self._lock:
            files = [self._files[position] for position in sorted(self._files)]
        given = [file if file.parent.name.startswith(_ALONE) else file.parent for file in files]
        return list(dict.fromkeys(given))

    def positions(self) -> dict[Path, int]:
        """Return the place of each file in the user's list, by path."""
        with self._lock:
            return {path: position for position, path in self._files.items()}

    def remove(self, position: int) -> None:
        """Forget a file and delete it."""
        with self._lock:
            path = self._files.pop(position, None)
        if path is not None:
            path.unlink(missing_ok=True)

    @contextmanager
    def receive(self, position: int, limit_bytes: int, *, folder: int = 0, place: int = 0) -> Iterator[Incoming]:
        """Take one file in pieces; unless the block ends well, nothing of it stays.

        Parameters
        ----------
        position : int
            Its place in the user's list, from 0.
        folder : int
            Number, from 1, of what it belongs to; 0 where it stands by itself.
        place : int
            Its place in that.

        Raises
        ------
        UploadRefusedError
        """
        if position >= MOST_FILES or folder >= MOST_FILES or place >= MOST_PLACES or min(position, folder, place) < 0:
            raise UploadRefusedError(f"Up to {MOST_FILES} files are taken at once", 400)
        home = self.folder / (f"{_TOGETHER}{folder}" if folder else f"{_ALONE}{position}")
        home.mkdir(mode=0o700, exist_ok=True)
        path = home / (f"{place:09d}" if folder else "0")
        arriving = self.folder / f"{_ARRIVING}{secrets.token_hex(8)}"
        try:
            with arriving.open("xb") as file:
                yield Incoming(file, limit_bytes)
            with self._lock:
                if any(other == path and taken != position for taken, other in self._files.items()):
                    raise UploadRefusedError("Two files claim the same place", 409)
                replaced = self._files.get(position)
                arriving.replace(path)
                self._files[position] = path
        except BaseException:
            arriving.unlink(missing_ok=True)
            raise
        self.touched_at = time.monotonic()
        if replaced is not None and replaced != path:
            replaced.unlink(missing_ok=True)


class Incoming:
    """A file being written, within its limit."""

    def __init__(self, file: BinaryIO, limit_bytes: int) -> None:
        self._file = file
        self._limit_bytes = limit_bytes
        self.size = 0

    def write(self, data: bytes | bytearray) -> None:
        """Append.

        Raises
        ------
        UploadRefusedError
            If the file grows beyond the limit.
        """
        self.size += len(data)
        require_size(self.size, self._limit_bytes)
        self._file.write(data)


class Spool:
    """The uploads of one server process. Thread-safe; nothing is on disk before the first upload."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._held: FileLock | None = None
        self._batches: dict[str, Batch] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def new_batch(self) -> Batch:
        """Open a batch; those that nobody has touched for hours are removed."""
        with self._lock:
            folder = self._own_folder()
            batch_id = secrets.token_hex(16)
            batch = Batch(batch_id, folder / batch_id)
            batch.folder.mkdir(mode=0o700)
            forgotten = [b for b in self._batches.values() if time.monotonic() - b.touched_at > _FORGOTTEN_AFTER_S]
            self._batches[batch_id] = batch
        for old in forgotten:
            self.drop(old.batch_id)
        return batch

    def batch(self, batch_id: str) -> Batch | None:
        """Return an open batch, and note that it was asked for."""
        with self._lock:
            batch = self._batches.get(batch_id)
        if batch is not None:
            batch.touched_at = time.monotonic()
        return batch

    def drop(self, batch_id: str) -> None:
        """Delete a batch with all its files."""
        with self._lock:
            batch = self._batches.pop(batch_id, None)
        if batch is not None:
            shutil.rmtree(batch.folder, ignore_errors=True)

    def require_room(self, size: int) -> None:
        """Refuse what the disk cannot take, before a byte of it is read.

        Raises
        ------
        UploadRefusedError
        """
        with self._lock:
            folder = self._own_folder()
        if shutil.disk_usage(folder).free < size + KEPT_FREE_BYTES:
            raise UploadRefusedError("There is not enough free space on this computer's disk for this file", 507)

    def sweep(self) -> None:
        """Remove what processes left that are gone."""
        if not self._root.is_dir():
            return
        with FileLock(self._root / _ROOT_LOCK, thread_local=False):
            for lock in self._root.glob("*.lock"):
                if lock.name != _ROOT_LOCK:
                    _remove_if_abandoned(lock)
            for folder in self._root.iterdir():
                if folder.is_dir() and not (self._root / f"{folder.name}.lock").exists():
                    shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Delete everything that waits here."""
        with self._lock:
            folder, self._folder = self._folder, None
            held, self._held = self._held, None
            self._batches.clear()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            held.release()
            Path(held.lock_file).unlink(missing_ok=True)

    def _own_folder(self) -> Path:
        if self._folder is None:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(OSError):
                self._root.chmod(0o700)
            name = secrets.token_hex(8)
            # Under the lock of the root: a server that sweeps meanwhile would find a folder that nobody holds.
            with FileLock(self._root / _ROOT_LOCK, thread_local=False):
                held = FileLock(self._root / f"{name}.lock", thread_local=False)
                held.acquire()
                self._held = held
                self._folder = self._root / name
                self._folder.mkdir(mode=0o700)
        return self._folder


def require_size(size: int, limit_bytes: int) -> None:
    """Refuse a file that is larger than the settings allow.

    Raises
    ------
    UploadRefusedError
    """
    if size > limit_bytes:
        raise UploadRefusedError(
            f"The file is larger than {limit_bytes} bytes, the most that is taken (setting max_source_bytes)", 413
        )


def _remove_if_abandoned(lock: Path) -> None:
    held = FileLock(lock, timeout=0, thread_local=False)
    try:
        held.acquire()
    except Timeout:
        return
    shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
    held.release()
    lock.unlink(missing_ok=True)
