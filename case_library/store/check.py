"""Everything that can be wrong with a library on disk, each with its path and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from case_library.dicom.elements import text
from case_library.errors import CaseFormatError, CaseLibraryError, CaseNotBuiltError
from case_library.model.case import Case, Clip, Source, Status
from case_library.sources.describe import describe_clip
from case_library.sources.dicom import open_dicom
from case_library.store.built import BUILT_FILE, TRUTH
from case_library.store.check_told import told_problems
from case_library.store.files import sha256_of
from case_library.store.import_record import record_at
from case_library.store.library import (
    CASE_FILE,
    DRAFTS,
    HISTORY,
    LOCKS,
    MEDIA,
    REPORTS,
    STAGING,
    CaseEntry,
    Library,
)

# Beside these a case folder holds what a person put there, which is named and left alone.
_OWN = {CASE_FILE, BUILT_FILE, MEDIA, HISTORY, REPORTS, TRUTH}
_SYSTEM = {".gitignore", ".git", ".DS_Store", "Thumbs.db", "desktop.ini"}
_CONCLUSIONS = ("frame_count", "columns", "rows", "clock", "scale", "regions", "playback", "sop_instance_uid")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    case : str
        Slug, or empty for the library itself.
    path : str
        Relative to the library, with forward slashes.
    """

    case: str
    path: str
    problem: str
    remedy: str


def check_library(library: Library, slugs: Sequence[str] = ()) -> list[Problem]:
    """Return what is wrong with the named cases, or with the whole library.

    Reads every byte of the media that it checks.

    Raises
    ------
    CaseNotFoundError
        If a named case is not there.
    """
    for slug in slugs:
        library.folder(slug)
    entries = [entry for entry in library.entries() if not slugs or entry.slug in slugs]
    problems = [problem for entry in entries for problem in _check_entry(library, entry)]
    if not slugs:
        problems += _check_root(library)
        problems += _twins(entries)
    return problems


def _check_root(library: Library) -> Iterator[Problem]:
    root = library.root
    if not root.is_dir():
        return
    for path in sorted(root.iterdir()):
        known = path.name in {DRAFTS, LOCKS} | _SYSTEM or (path.is_dir() and _slug_like(path.name))
        if path.name.startswith(".gone-"):
            yield Problem("", path.name, "the rest of an interrupted removal", "Delete it")
        elif not known:
            yield Problem("", path.name, "not a case folder", "Move it out, or rename it to small letters and hyphens")
    for path in sorted((root / LOCKS).glob("*.lock")) if (root / LOCKS).is_dir() else ():
        slug = path.name.removesuffix(".lock")
        if not (root / slug).is_dir() and not (root / DRAFTS / slug).is_dir() and not _is_held(path):
            yield Problem(
                "", f"{LOCKS}/{path.name}", "a lock left behind: its case is gone, and nobody holds it", "Delete it"
            )
    staging = root / DRAFTS / STAGING
    for path in sorted(staging.iterdir()) if staging.is_dir() else ():
        yield Problem(
            "",
            f"{DRAFTS}/{STAGING}/{path.name}",
            "the rest of an import or confirmation that was interrupted, or one that is running now",
            "If none is running, delete it",
        )
    for path in sorted((root / DRAFTS).iterdir()) if (root / DRAFTS).is_dir() else ():
        if path.name.startswith(".gone-"):
            yield Problem("", f"{DRAFTS}/{path.name}", "the rest of an interrupted removal", "Delete it")
        elif path.is_dir() and (root / path.name).is_dir() and _slug_like(path.name):
            yield Problem(
                path.name,
                f"{DRAFTS}/{path.name}",
                "a draft of a case that is published: its confirmation was interrupted",
                "Delete the draft; the published case is whole",
            )


def _is_held(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def _slug_like(name: str) -> bool:
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None


def _twins(entries: list[CaseEntry]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for entry in entries:
        if entry.case is None:
            continue
        other = seen.setdefault(entry.case.case_id, entry.slug)
        if other != entry.slug:
            yield Problem(
                entry.slug,
                entry.slug,
                f"has the same case_id as '{other}': the folder was copied",
                "Delete one, or give the copy a case_id of its own in case.json",
            )


def _check_entry(library: Library, entry: CaseEntry) -> Iterator[Problem]:
    inside = entry.folder.relative_to(library.root).as_posix()
    if isinstance(entry.problem, CaseNotBuiltError):
        return  # nothing is wrong: its clips are made when they are wanted
    if entry.case is None:
        problem = entry.problem or CaseFormatError(entry.slug, "cannot be read", "Restore it from a backup")
        yield Problem(entry.slug, f"{inside}/{CASE_FILE}", problem.reason, problem.remedy)
        return
    case = entry.case
    expected = Status.DRAFT if entry.folder.parent.name == DRAFTS else Status.PUBLISHED
    if case.status is not expected:
        yield Problem(
            entry.slug,
            inside,
            f"the case says it is {case.status}, but lies where {expected} ones lie",
            "Move the folder into drafts/ and confirm it again",
        )
    if case.status is Status.PUBLISHED and case.source is Source.PATIENT and case.confirmation is None:
        yield Problem(
            entry.slug,
            f"{inside}/{CASE_FILE}",
            "published, but nobody has confirmed the pixels",
            "Move the folder into drafts/, set its status to draft and confirm it",
        )
    for told, remedy in told_problems(entry.folder, case):
        yield Problem(entry.slug, f"{inside}/{CASE_FILE}", told, remedy)
    for clip in case.clips:
        if case.status is Status.PUBLISHED and clip.mask is not None and not clip.mask.is_empty:
            yield Problem(
                entry.slug,
                f"{inside}/{CASE_FILE}",
                f"{clip.clip_id}: published, but its mask was never burned in",
                "Move the folder into drafts/, set its status to draft and confirm it again",
            )
    named = {clip.file for clip in case.clips}
    for clip in case.clips:
        yield from _check_clip(entry.slug, inside, entry.folder, case, clip)
    for path in sorted((entry.folder / MEDIA).iterdir()) if (entry.folder / MEDIA).is_dir() else ():
        if f"{MEDIA}/{path.name}" not in named and path.name not in _SYSTEM:
            yield Problem(
                entry.slug,
                f"{inside}/{MEDIA}/{path.name}",
                "no clip of the case names this file",
                "Import it, or delete it: its identity may not have been removed",
            )
    for path in [path for part in (HISTORY, REPORTS) for path in sorted((entry.folder / part).glob(".*.tmp"))]:
        shown = f"{inside}/{path.parent.name}/{path.name}"
        yield Problem(entry.slug, shown, "the rest of an interrupted save", "Delete it")
    for path in sorted((entry.folder / REPORTS).glob("[!.]*")):
        if record_at(path) is None:
            yield Problem(
                entry.slug,
                f"{inside}/{REPORTS}/{path.name}",
                "not the record of an import",
                "Restore it from a backup, or move it out: nothing has removed an identity from it",
            )
    for path in sorted(entry.folder.iterdir()):
        if path.name not in _OWN | _SYSTEM:
            rest = path.name.startswith(".") and path.suffix == ".tmp"
            yield Problem(
                entry.slug,
                f"{inside}/{path.name}",
                "the rest of an interrupted save" if rest else "not part of a case",
                "Delete it" if rest else "Move it out: nothing has removed an identity from it",
            )


def _what_changed(path: Path, clip: Clip) -> str:
    try:
        with open_dicom(path) as source:
            same = text(source.header, "SOPInstanceUID") == clip.sop_instance_uid
    except CaseLibraryError:
        return "the media file is damaged: its bytes have changed, and it cannot be read"
    if same:
        return "the media file is not the one that was imported: its bytes have changed"
    return "the media file is another object than the one that was imported: its SOP Instance UID differs"


def _is_stated(clip: Clip, name: str) -> bool:
    return bool(getattr(clip, name).origin == "stated_by_user")


def _check_clip(slug: str, inside: str, folder: Path, case: Case, clip: Clip) -> Iterator[Problem]:
    path, shown = folder / clip.file, f"{inside}/{clip.file}"
    if not path.is_file():
        yield Problem(slug, shown, "the media file is missing", "Restore it from a backup, or import it again")
        return
    if sha256_of(path) != clip.file_sha256:
        yield Problem(slug, shown, _what_changed(path, clip), "Restore it from a backup, or import it again")
        return
    try:
        with open_dicom(path) as source:
            found = describe_clip(source, clip.clip_id, clip.file, clip.file_sha256, clip.file_bytes)
            removed = text(source.header, "PatientIdentityRemoved")
            burned_in = text(source.header, "BurnedInAnnotation")
    except CaseLibraryError as error:
        yield Problem(slug, shown, f"the media file cannot be read: {error}", "Restore it from a backup")
        return
    stated = {name for name in ("clock", "scale") if _is_stated(clip, name) and not _is_stated(found, name)}
    for name in _CONCLUSIONS:
        if name not in stated and getattr(found, name) != getattr(clip, name):
            yield Problem(
                slug,
                f"{inside}/{CASE_FILE}",
                f"{clip.clip_id}: {name} differs from what the media file says",
                "Import the file again; the case was edited, or was written by an older version",
            )
    if case.status is Status.PUBLISHED and (removed, burned_in) != ("YES", "NO"):
        yield Problem(
            slug,
            shown,
            "published, but its header does not say that the identity was removed",
            "Move the folder into drafts/, set its status to draft and confirm it again",
        )
