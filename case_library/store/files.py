"""Whole writes: what is on disk is the old or the new, never between."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Replace the content of a file whole: temporary file beside it, fsync, rename, fsync of the folder."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the platform can (Windows cannot open a folder)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_tree(folder: Path) -> None:
    """Make every file below a folder, and every name, durable."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sync_file(path)
        else:
            sync_folder(path)
    sync_folder(folder)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def durable_sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal, and make its content durable meanwhile."""
    with ThreadPoolExecutor(1) as beside:
        synced = beside.submit(sync_file, path)
        digest = sha256_of(path)
        synced.result()
    return digest


def remove_tree(folder: Path) -> None:
    """Remove a folder so that no half of it is ever seen under its name: rename first, then delete."""
    grave = folder.with_name(f".gone-{secrets.token_hex(4)}")
    try:
        folder.rename(grave)
    except FileNotFoundError:
        return
    shutil.rmtree(grave, ignore_errors=True)
