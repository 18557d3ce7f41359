"""Import a batch of uploads: what came in and what did not, by the place of each file in the user's list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from case_library.deidentify.identifiers import load_secret
from case_library.deidentify.remembered import RememberedMasks
from case_library.errors import CaseLibraryError, CaseNotFoundError
from case_library.model.case import Case
from case_library.packs.cache import PackCache
from case_library.settings import Settings
from case_library.store.import_report import ImportOptions, ImportReport
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.removing import discard_draft, remove_clip


class Listener(Protocol):
    """Whoever is told how far it is."""

    def progress(self, done: int, total: int) -> None:
        """Hear how much is done."""

    def part(self, name: str, what: Any) -> None:
        """Hear what is known of one file, named by its place in the user's list."""


def import_batch(settings: Settings, request: dict[str, Any], tell: Listener) -> dict[str, Any]:
    """Import as drafts; an interrupt leaves nothing of it.

    Parameters
    ----------
    request : dict
        `paths`: files and folders in the order of the user; `positions`: the place of each file in the user's list, by
        path; `add_to`: a draft that takes all clips, or None; `scratch`: a folder for what is unpacked.

    Returns
    -------
    dict
        `cases`: the slugs of the drafts that were made or added to. `clips` and `refused`: lists of what came in and
        what did not, each with the `positions` of its files; none names a file. `held`: what the headers held, for the
        memory of the server alone.
    """
    library = _Remembering(settings.library, listeners=(PackCache(settings).on_case_change,))
    add_to = request["add_to"]
    before = library.read(add_to) if add_to else None
    options = ImportOptions(
        add_to=add_to,
        loose_together=True,
        max_source_bytes=settings.max_source_bytes,
        scratch=Path(request["scratch"]),
        remembered=RememberedMasks(settings.config_folder),
    )
    paths = [Path(path) for path in request["paths"]]
    positions = {Path(path): position for path, position in request["positions"].items()}

    def begin(source: str) -> None:
        for position in _positions(source, positions):
            tell.part(str(position), "begun")

    try:
        secret = load_secret(settings.config_folder)
        report = import_files(library, paths, secret, options, tell.progress, begin=begin)
    except BaseException:
        _undo(library, before, add_to)
        raise
    return _result(report, positions)


class _Remembering(Library):
    """Remembers what is about to become a case of this import, whether or not the import is interrupted then."""

    def __init__(self, root: Path, **options: Any) -> None:
        super().__init__(root, **options)
        self.made: list[str] = []

    def adopt(self, stage: Path, slug: str, case: Case) -> Case:
        self.made.append(slug)
        return super().adopt(stage, slug, case)


def _undo(library: _Remembering, before: Case | None, add_to: str | None) -> None:
    for slug in library.made:
        try:
            discard_draft(library, slug)
        except CaseNotFoundError:
            pass  # interrupted before it was one
    if before is None or add_to is None:
        return
    try:
        current = library.read(add_to)
        for clip in current.clips:
            if before.clip(clip.clip_id) is None:
                current = remove_clip(library, add_to, clip.clip_id, current.revision)
    except CaseLibraryError:
        pass  # gone, published or changed by somebody else meanwhile: theirs now


def _result(report: ImportReport, positions: dict[Path, int]) -> dict[str, Any]:
    return {
        "cases": [imported.slug for imported in report.imported],
        "clips": [
            {"positions": _all_positions(clip.files, positions), "case": imported.slug, "clip_id": clip.clip.clip_id}
            for imported in report.imported
            for clip in imported.clips
        ],
        "refused": [
            {"positions": _positions(refusal.source, positions), "reason": refusal.reason} for refusal in report.refused
        ],
        "held": report.held.to_list(),
    }


def _all_positions(sources: Sequence[str], positions: dict[Path, int]) -> Sequence[int]:
    return sorted({position for source in sources for position in _positions(source, positions)})


def _positions(source: str, positions: dict[Path, int]) -> Sequence[int]:
    """Return which files a source is: itself, all of a folder, or the archive or file that it lay in."""
    path = Path(source)
    if path in positions:
        return [positions[path]]
    inside = sorted(position for file, position in positions.items() if path in file.parents)
    if inside:
        return inside
    return [positions[parent] for parent in path.parents if parent in positions][:1]
