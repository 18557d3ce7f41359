"""A zip as files: each member is checked, unpacked within limits under a name of our own, or refused by itself."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from case_library.errors import RefusedInputError

_CHUNK_BYTES = 1 << 20
_LARGEST_DIRECTORY_BYTES = 64 * 1024**2
_END = b"PK\5\6"
_END_64 = b"PK\6\6"
_HIDDEN_FOLDERS = frozenset(("__MACOSX",))


@dataclass(frozen=True)
class UnpackLimits:
    """How much may come out of the zips of one import.

    Attributes
    ----------
    member_bytes, total_bytes : int
        Of one member, and of all.
    members : int
    ratio : int
        Unpacked over packed, above which a member of over `ratio_from_bytes` is a bomb. Deflate reaches 1032; a cine
        with large black margins stays below 200.
    """

    member_bytes: int = 4 * 1024**3
    total_bytes: int = 16 * 1024**3
    members: int = 100_000
    ratio: int = 400
    ratio_from_bytes: int = 64 * 1024**2


class Budget:
    """What is left of the total while zips are unpacked."""

    def __init__(self, limits: UnpackLimits) -> None:
        self.limits = limits
        self.bytes_left = limits.total_bytes
        self.members_left = limits.members


@dataclass(frozen=True)
class Member:
    """An unpacked member: where its bytes lie, and its name in the zip."""

    path: Path
    name: PurePosixPath


def unpacked(archive: Path, folder: Path, budget: Budget, refuse: Callable[[str, str], None]) -> Iterator[Member]:
    """Unpack the members one by one; whatever is wrong with one stops none of the others.

    Parameters
    ----------
    folder : Path
        Empty; gets files named by running numbers: no name of the archive ever reaches the disk.
    refuse : callable
        Called with the printable name and the reason for a member that is left out.

    Raises
    ------
    RefusedInputError
        If it cannot be read as a zip at all.
    """
    _check_directory(archive)
    try:
        zipped = zipfile.ZipFile(archive)
    except MemoryError:
        raise
    except Exception:  # the parser may raise anything on a hostile file
        raise RefusedInputError("the zip is damaged: its table of contents cannot be read") from None
    with zipped:
        names: set[PurePosixPath] = set()
        for number, info in enumerate(zipped.infolist()):
            if info.filename.endswith("/") or not info.filename:
                continue
            name = _name_of(info)
            if any(part in _HIDDEN_FOLDERS or (part.startswith(".") and part != "..") for part in name.parts):
                continue
            target = folder / f"{number}"
            try:
                _check(info, name, names, budget)
                names.add(name)
                _copy(zipped, info, target, budget)
            except RefusedInputError as refusal:
                target.unlink(missing_ok=True)
                refuse(printable(info.filename), refusal.reason)
                continue
            yield Member(target, name)


def printable(name: str) -> str:
    """Return a name as it may be shown on a terminal."""
    return "".join(char if char.isprintable() else "?" for char in name)[:300]


def _check_directory(archive: Path) -> None:
    """Refuse a table of contents that would fill the memory before a single member is looked at."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557 - 20))
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) < at + 22:
            raise RefusedInputError("the zip is damaged: its end is missing")
        directory_bytes = struct.unpack_from("<I", tail, at + 12)[0]
        if directory_bytes == 0xFFFFFFFF:
            if at < 20:
                raise RefusedInputError("the zip is damaged: its end is missing")
            file.seek(min(struct.unpack_from("<Q", tail, at - 12)[0], size))
            record = file.read(56)
            if len(record) < 56 or record[:4] != _END_64:
                raise RefusedInputError("the zip is damaged: its end is missing")
            directory_bytes = struct.unpack_from("<Q", record, 40)[0]
    if directory_bytes > _LARGEST_DIRECTORY_BYTES:
        raise RefusedInputError(f"the zip's table of contents has {directory_bytes} bytes, more than any archive needs")


def _name_of(info: zipfile.ZipInfo) -> PurePosixPath:
    # Some writers on Windows separate with a backslash, against the format.
    return PurePosixPath(info.filename.replace("\\", "/"))


def _check(info: zipfile.ZipInfo, name: PurePosixPath, names: set[PurePosixPath], budget: Budget) -> None:
    """Refuse a member by what the table of contents says, before anything is unpacked."""
    limits = budget.limits
    if name.is_absolute() or ".." in name.parts or info.filename[1:2] == ":" or "\0" in info.orig_filename:
        raise RefusedInputError("its name leads out of the archive")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise RefusedInputError("it is a link to another file")
    if info.flag_bits & 0x1:
        raise RefusedInputError("it is locked with a password; unpack the zip and give the folder")
    if name in names:
        raise RefusedInputError("the zip holds another file of the same name")
    if budget.members_left <= 0:
        raise RefusedInputError(f"the zip holds over {limits.members} files")
    budget.members_left -= 1
    if info.file_size > limits.member_bytes:
        raise RefusedInputError(
            f"unpacked it has {info.file_size} bytes; up to {limits.member_bytes} are imported (setting "
            "max_source_bytes)"
        )
    if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * max(info.compress_size, 1):
        raise RefusedInputError(
            f"it would unpack from {info.compress_size} to {info.file_size} bytes, more than any picture does"
        )
    if info.file_size > budget.bytes_left:
        raise RefusedInputError(f"together the files would unpack to over {limits.total_bytes} bytes")


def _copy(zipped: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: Budget) -> None:
    """Unpack one member; it may not grow beyond what the table of contents says."""
    written = 0
    with target.open("xb") as file:
        for chunk in _chunks(zipped, info):
            written += len(chunk)
            budget.bytes_left -= len(chunk)
            if written > info.file_size or budget.bytes_left < 0:
                raise RefusedInputError("it grows beyond the size that the table of contents says")
            file.write(chunk)


def _chunks(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    packed: IO[bytes] | None = None
    try:
        packed = zipped.open(info)
        while chunk := packed.read(_CHUNK_BYTES):
            yield chunk
    except MemoryError:
        raise
    except Exception:  # each decompressor raises errors of its own, and a false offset one of the system
        raise RefusedInputError("it is damaged and cannot be unpacked") from None
    finally:
        if packed is not None:
            packed.close()
