"""Where packs lie, which go first when the space is used up, and what becomes of them when a case changes.

Packs of published cases share one folder of the user's cache. Packs of drafts lie under the library's own `drafts/`:
pixels that nobody has confirmed exist nowhere else.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from case_library.model.case import Case, Clip, Status
from case_library.packs.build import MAKING_PREFIX, settle
from case_library.packs.format import INDEX_NAME, PackIndex, is_pack_key, pack_key, read_index
from case_library.settings import Settings
from case_library.store.library import CaseChange

_DROPPED_PREFIX = ".dropped-"
_TOUCHED_EVERY_S = 60.0
# A folder still being made or removed is never this old; older ones were left by a process that was killed.
_ABANDONED_AFTER_S = 3600.0


class PackCache:
    """The packs of one library; several processes may share it."""

    def __init__(self, settings: Settings) -> None:
        self._published = settings.cache_folder / "packs"
        self._drafts = settings.library / "drafts" / ".packs"
        self._limit_bytes = settings.pack_cache_bytes

    def folder(self, key: str, draft: bool) -> Path:
        """Return where the pack of this key lies or would lie.

        Raises
        ------
        ValueError
            If `key` is no key: nothing else becomes part of a path.
        """
        if not is_pack_key(key):
            raise ValueError("not the key of a pack")
        return (self._drafts if draft else self._published) / key

    def use(self, key: str, draft: bool) -> PackIndex | None:
        """Return the index of a pack and note that it was wanted; None where there is no pack."""
        folder = self.folder(key, draft)
        index = read_index(folder)
        if index is not None:
            with suppress(OSError):
                path = folder / INDEX_NAME
                if time.time() - path.stat().st_mtime > _TOUCHED_EVERY_S:
                    os.utime(path)
        return index

    def trim(self) -> None:
        """Drop the least recently used packs of published cases until the rest fits the limit."""
        trim(self._published, self._limit_bytes)

    @property
    def limit_bytes(self) -> int:
        """How much the packs of published cases may take."""
        return self._limit_bytes

    def drop(self, key: str, draft: bool) -> None:
        """Remove a pack, if it is there."""
        _drop(self.folder(key, draft))

    def drop_drafts_except(self, keys: Collection[str]) -> None:
        """Remove the packs of drafts that are no longer there."""
        for folder in _children(self._drafts):
            if folder.name not in keys and (is_pack_key(folder.name) or _is_abandoned(folder)):
                _drop(folder)

    def on_case_change(self, change: CaseChange) -> None:
        """Follow a change of a case: move the packs of a draft that was confirmed, drop those nobody can ask for.

        Confirming rewrites the headers of the files, and with them the keys, but no frame.
        """
        before, after = _packs_of(change.before), _packs_of(change.after)
        if change.before is not None and change.after is not None:
            if (change.before.status, change.after.status) == (Status.DRAFT, Status.PUBLISHED):
                for old in change.before.clips:
                    new = change.after.clip(old.clip_id)
                    if new is not None and _same_frames(old, new):
                        self._publish(pack_key(old.file_sha256), pack_key(new.file_sha256))
        for key, draft in before - after:
            self.drop(key, draft)

    def _publish(self, draft_key: str, published_key: str) -> None:
        draft, published = self.folder(draft_key, draft=True), self.folder(published_key, draft=False)
        if read_index(draft) is None or published.exists():
            return
        making = published.parent / f"{MAKING_PREFIX}{uuid.uuid4().hex}"
        try:
            published.parent.mkdir(parents=True, exist_ok=True)
            # The two may lie on different disks, where a folder cannot be renamed into place.
            shutil.copytree(draft, making)
            settle(making, published)
        except OSError:
            pass  # the pack is made again when it is asked for
        finally:
            shutil.rmtree(making, ignore_errors=True)


@dataclass(frozen=True)
class _Kept:
    folder: Path
    used_at: float
    size_bytes: int


def trim(packs: Path, limit_bytes: int) -> None:
    """Drop the least recently used packs of a folder until the rest fits `limit_bytes`; what vanishes is ignored."""
    kept: list[_Kept] = []
    for folder in _children(packs):
        if is_pack_key(folder.name):
            with suppress(OSError):
                size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                kept.append(_Kept(folder, (folder / INDEX_NAME).stat().st_mtime, size))
        elif _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    used = sum(pack.size_bytes for pack in kept)
    for pack in sorted(kept, key=lambda pack: pack.used_at):
        if used <= limit_bytes:
            break
        _drop(pack.folder)
        used -= pack.size_bytes


def _packs_of(case: Case | None) -> set[tuple[str, bool]]:
    return {(pack_key(clip.file_sha256), case.status is Status.DRAFT) for clip in case.clips} if case else set()


def _same_frames(old: Clip, new: Clip) -> bool:
    # Other pixels are another object: a mask that was burned in gives a new SOP Instance UID.
    same = ("sop_instance_uid", "frame_count", "columns", "rows", "transfer_syntax_uid", "photometric_interpretation")
    return all(getattr(old, name) == getattr(new, name) for name in same)


def _children(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


def _is_abandoned(folder: Path) -> bool:
    if not folder.name.startswith((MAKING_PREFIX, _DROPPED_PREFIX)):
        return False
    try:
        return time.time() - folder.stat().st_mtime > _ABANDONED_AFTER_S
    except OSError:
        return False


def _drop(folder: Path) -> None:
    # Renamed first: another process finds the whole pack or none, never half of one.
    dropped = folder.with_name(f"{_DROPPED_PREFIX}{uuid.uuid4().hex}")
    try:
        folder.rename(dropped)
    except OSError:
        return  # gone already, or on Windows in use: the next trim takes it
    shutil.rmtree(dropped, ignore_errors=True)
