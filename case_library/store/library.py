"""A library: a folder of case folders, and the one path by which a case is changed."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from case_library.errors import (
    CaseFormatError,
    CaseLibraryError,
    CaseNotFoundError,
    LibraryBusyError,
    StaleEditError,
)
from case_library.model.case import Case, Status
from case_library.store.built import put_built, with_built
from case_library.store.files import sync_folder, sync_tree, write_whole
from case_library.store.upgrade import dump_case, parse_case

CASE_FILE = "case.json"
MEDIA = "media"
HISTORY = "history"
REPORTS = "reports"
DRAFTS = "drafts"
STAGING = ".staging"
LOCKS = ".locks"
# What a git repository around the library must never take up.
_IGNORED = f"{DRAFTS}/\n{LOCKS}/\n"
_LOCK_TIMEOUT_S = 10.0
# Another import holds it while it makes up to gigabytes durable.
_IMPORT_TIMEOUT_S = 120.0
# Without the suffix of a case's lock: no case can be called so.
IMPORTS = "imports"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# No vowels and no look-alikes: a random name spells nothing and reads well aloud.
_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"


@dataclass(frozen=True)
class CaseEntry:
    """One folder of the library: its case, or the reason why it cannot be read."""

    slug: str
    folder: Path
    case: Case | None
    problem: CaseFormatError | None = None


@dataclass(frozen=True)
class CaseChange:
    """What listeners hear after a change is on disk."""

    library: Path
    slug: str
    before: Case | None
    after: Case | None


Listener = Callable[[CaseChange], None]


class ReadOnlyError(CaseLibraryError):
    """A change was asked of a library that is open for reading alone."""


def new_slug() -> str:
    """Return a fresh random name: `case-` plus eight characters, from nothing that is in a file."""
    return "case-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


class Library:
    """A folder of cases.

    Parameters
    ----------
    root : Path
        Made at the first write.
    read_only : bool
        Published cases alone, and no change to any.
    listeners : sequence of callables
        Called with a `CaseChange` after each change.
    """

    def __init__(self, root: Path, *, read_only: bool = False, listeners: Sequence[Listener] = ()) -> None:
        self.root = root
        self.read_only = read_only
        self._listeners = tuple(listeners)

    # Reading

    def entries(self) -> list[CaseEntry]:
        """Return every case folder, by slug; drafts too unless the library is read-only."""
        found: dict[str, CaseEntry] = {}
        for parent in (self.root,) if self.read_only else (self.root / DRAFTS, self.root):
            if not parent.is_dir():
                continue
            for folder in parent.iterdir():
                # A published case hides its own draft: the draft is the rest of an interrupted confirmation.
                if folder.is_dir() and _SLUG.fullmatch(folder.name) and folder != self.root / DRAFTS:
                    found[folder.name] = self._entry(folder)
        return [found[slug] for slug in sorted(found)]

    def _entry(self, folder: Path) -> CaseEntry:
        try:
            return CaseEntry(folder.name, folder, self._read(folder))
        except CaseFormatError as problem:
            return CaseEntry(folder.name, folder, None, problem)

    def folder(self, slug: str) -> Path:
        """Return the folder of a case.

        Raises
        ------
        CaseNotFoundError
        """
        if _SLUG.fullmatch(slug) and slug != DRAFTS:
            published, draft = self.root / slug, self.root / DRAFTS / slug
            if published.is_dir():
                return published
            if draft.is_dir() and not self.read_only:
                return draft
        raise CaseNotFoundError(slug)

    def read(self, slug: str) -> Case:
        """Return a case.

        Raises
        ------
        CaseNotFoundError, CaseFormatError
        """
        return self._read(self.folder(slug))

    def _read(self, folder: Path) -> Case:
        try:
            data = (folder / CASE_FILE).read_bytes()
        except FileNotFoundError:
            raise CaseFormatError(
                folder.name,
                "the folder has no case.json",
                "Restore it from history/ or a backup, or move the folder out",
            ) from None
        except OSError as error:
            raise CaseFormatError(
                folder.name, f"case.json cannot be read ({error.strerror})", "Check the permissions of the folder"
            ) from None
        return parse_case(data, folder.name, lambda document: with_built(document, folder))

    # Writing

    def create(self, slug: str, case: Case, media: Mapping[str, Path]) -> Case:
        """Make a new case folder, whole or not at all; its status decides where it stands.

        Parameters
        ----------
        media : mapping
            Path inside the case folder (`media/clip-1.dcm`, `truth/clip-1.json`) -> file to copy.
        """
        with self.staging() as stage:
            for inside, source in media.items():
                target = stage / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            return self.adopt(stage, slug, case)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a folder to build a case in; whatever is left in it goes away at the end."""
        self._require_writable()
        stage = self.root / DRAFTS / STAGING / secrets.token_hex(8)
        (stage / MEDIA).mkdir(parents=True)
        self._prepare_root()
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def adopt(self, stage: Path, slug: str, case: Case) -> Case:
        """Turn a staged folder into a new case.

        Raises
        ------
        CaseLibraryError
            If the slug is taken or is none.
        """
        if not _SLUG.fullmatch(slug) or slug == DRAFTS:
            raise CaseLibraryError(f"'{slug}' cannot name a case: small letters, digits and single hyphens can")
        with self._locked(slug):
            if (self.root / slug).exists() or (self.root / DRAFTS / slug).exists():
                raise CaseLibraryError(f"There is a case '{slug}' already; nothing was written")
            write_whole(stage / CASE_FILE, dump_case(case))
            self._move_in(stage, self._place(slug, case.status))
        self.tell(CaseChange(self.root, slug, None, case))
        return case

    def save(self, slug: str, case: Case, based_on: int) -> Case:
        """Replace a case by an edited one; what it replaces is kept under `history/`.

        Parameters
        ----------
        case : Case
            Its revision and time of change are set here.
        based_on : int
            The revision that was edited.

        Raises
        ------
        StaleEditError
            If the library holds another revision by now; it has both versions.
        CaseNotFoundError, CaseFormatError, LibraryBusyError, ReadOnlyError
        """
        with self.changing(slug) as (folder, current):
            saved = self.save_locked(folder, current, case, based_on)
        self.tell(CaseChange(self.root, slug, current, saved))
        return saved

    @contextmanager
    def changing(self, slug: str) -> Iterator[tuple[Path, Case]]:
        """Hold the lock of a case while this package's other modules change it; give its folder and what it holds."""
        self._require_writable()
        with self._locked(slug):
            folder = self.folder(slug)
            yield folder, self._read(folder)

    def save_locked(self, folder: Path, current: Case, case: Case, based_on: int) -> Case:
        """Do what `save` does, under the lock that `changing` holds."""
        if based_on != current.revision:
            raise StaleEditError(folder.name, current, case, based_on)
        if (case.case_id, case.status) != (current.case_id, current.status):
            raise CaseLibraryError(f"Case '{folder.name}': an edit cannot change its identity or its status")
        saved = case.model_copy(update={"revision": current.revision + 1, "changed_at": datetime.now(UTC)})
        (folder / HISTORY).mkdir(exist_ok=True)
        write_whole(folder / HISTORY / f"{current.revision:06d}.json", dump_case(current))
        write_whole(folder / CASE_FILE, dump_case(saved))
        return saved

    def add_media(self, slug: str, stage: Path, case: Case, based_on: int) -> Case:
        """Save a draft together with new files that were staged under `media/` and `reports/`.

        Raises
        ------
        StaleEditError, CaseLibraryError
            The staged files are then not taken.
        """
        self._require_writable()
        with self._locked(slug):
            folder = self.folder(slug)
            current = self._read(folder)
            if current.status is not Status.DRAFT:
                raise CaseLibraryError(
                    f"Case '{slug}' is published, and new pixels are not confirmed yet; import them as a new case"
                )
            sync_tree(stage)
            moved: list[Path] = []
            try:
                for source in [file for part in (MEDIA, REPORTS) for file in sorted((stage / part).glob("*"))]:
                    target = folder / source.parent.name / source.name
                    target.parent.mkdir(exist_ok=True)
                    if target.exists():
                        raise CaseLibraryError(f"Case '{slug}' has a file '{target.parent.name}/{target.name}' already")
                    source.rename(target)
                    moved.append(target)
                for parent in {target.parent for target in moved}:
                    sync_folder(parent)
                saved = self.save_locked(folder, current, case, based_on)
            except BaseException:
                for target in moved:
                    target.unlink(missing_ok=True)
                raise
        self.tell(CaseChange(self.root, slug, current, saved))
        return saved

    def publish(self, stage: Path, slug: str) -> None:
        """Move a staged folder among the published cases, under the lock that `changing` holds."""
        self._move_in(stage, self.root / slug)

    def add_built(self, slug: str, clips: Mapping[str, str], files: Mapping[str, Path]) -> Case:
        """Put the clips of an example case, which were made just now, into its folder.

        Parameters
        ----------
        clips, files : mappings
            As `put_built` takes them.

        Raises
        ------
        CaseNotFoundError, LibraryBusyError, ReadOnlyError
        """
        self._require_writable()
        with self._locked(slug):
            folder = self.folder(slug)
            put_built(folder, clips, files)
            case = self._read(folder)
        self.tell(CaseChange(self.root, slug, None, case))
        return case

    # Parts

    def _place(self, slug: str, status: Status) -> Path:
        return self.root / slug if status is Status.PUBLISHED else self.root / DRAFTS / slug

    def _move_in(self, stage: Path, place: Path) -> None:
        sync_tree(stage)
        stage.rename(place)
        sync_folder(place.parent)

    def _prepare_root(self) -> None:
        ignore = self.root / ".gitignore"
        if not ignore.exists():
            write_whole(ignore, _IGNORED.encode())

    def _require_writable(self) -> None:
        if self.read_only:
            raise ReadOnlyError("This library is open for reading only; nothing was written")

    @contextmanager
    def taking_in(self) -> Iterator[None]:
        """Hold the lock under which an import makes its clips part of the library, one import at a time."""
        self._require_writable()
        with self._held(IMPORTS, "The library", _IMPORT_TIMEOUT_S):
            yield

    @contextmanager
    def _locked(self, slug: str) -> Iterator[None]:
        # The operating system gives the lock back when a process dies; the empty file that stays is no lock.
        with self._held(f"{slug}.lock", f"Case '{slug}'", _LOCK_TIMEOUT_S):
            yield

    @contextmanager
    def _held(self, name: str, what: str, timeout_s: float) -> Iterator[None]:
        folder = self.root / LOCKS
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / name, timeout=timeout_s):
                yield
        except Timeout:
            raise LibraryBusyError(what, timeout_s) from None

    def tell(self, change: CaseChange) -> None:
        """Let the listeners know of a change that is on disk."""
        for listener in self._listeners:
            listener(change)
