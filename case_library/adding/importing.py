"""Import a batch of uploads: what came in, what did not, and what is asked about, by its place in the user's list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from case_library.adding.offers import Choice, asked_about, examine, study_of
from case_library.deidentify.identifiers import load_secret
from case_library.deidentify.remembered import RememberedMasks
from case_library.errors import CaseLibraryError, CaseNotFoundError, RefusedInputError
from case_library.model.case import Case
from case_library.packs.cache import PackCache
from case_library.settings import Settings
from case_library.sources.clips import ClipInput
from case_library.sources.converted import Statements
from case_library.store.import_report import ImportOptions, ImportReport, Refusal
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.placing import known_digests
from case_library.store.removing import discard_draft, remove_clip


class Listener(Protocol):
    """Whoever is told how far it is."""

    def progress(self, done: int, total: int) -> None:
        """Hear how much is done."""

    def part(self, name: str, what: Any) -> None:
        """Hear what is known of one file, named by its place in the user's list."""


def import_batch(settings: Settings, request: dict[str, Any], tell: Listener) -> dict[str, Any]:
    """Import as drafts; an interrupt leaves nothing of it. Videos and animations are looked through, and wait.

    Parameters
    ----------
    request : dict
        `paths`: files and folders in the order of the user; `positions`: the place of each file in the user's list, by
        path; `add_to`: a draft that takes all clips, or None; `scratch`: a folder for what is unpacked. `choice`: of a
        file that waited, how it comes in, or None. `made`: the drafts that came of its batch, where the batch was not
        added to one; what is of a study goes to that study's, whichever is open.
    tell : Listener
        Of each part it hears `reading` or `read`, or what is offered: see `Offer`.

    Returns
    -------
    dict
        `cases`: the slugs of the drafts that were made or added to. `clips` and `refused`: lists of what came in and
        what did not, each with the `positions` of its files; none names a file. `held`: what the headers held, for the
        memory of the server alone.
    """
    library = _Remembering(settings.library, listeners=(PackCache(settings).on_case_change,))
    paths = [Path(path) for path in request["paths"]]
    positions = {Path(path): position for path, position in request["positions"].items()}
    secret = load_secret(settings.config_folder)
    choice = None if request["choice"] is None else Choice.of(request["choice"])
    add_to = request["add_to"]
    if choice is not None and request["made"] is not None:
        add_to = _home(library, paths[0], secret, request["made"], add_to)
    before = library.read(add_to) if add_to else None
    options = ImportOptions(
        add_to=add_to,
        loose_together=True,
        max_source_bytes=settings.max_source_bytes,
        scratch=Path(request["scratch"]),
        remembered=RememberedMasks(settings.config_folder),
        statements=Statements(trim=None if choice is None else choice.trim),
        compact=choice is not None and choice.compact,
    )
    waiting = {path: clip for path in paths if choice is None and (clip := asked_about(path))}
    later = sum(clip.size_bytes for clip in waiting.values())
    at_once = [path for path in paths if path not in waiting]
    reading: list[int] = []

    def is_read() -> None:
        for position in reading:
            tell.part(str(position), "read")

    def begin(source: str) -> None:
        is_read()
        reading[:] = _positions(source, positions)
        for position in reading:
            tell.part(str(position), "reading")

    done = 0

    def progress(done_bytes: int, total: int) -> None:
        nonlocal done
        done = total
        tell.progress(done_bytes, total + later)

    try:
        report = ImportReport()
        if at_once:
            report = import_files(library, at_once, secret, options, progress, begin=begin)
        if waiting:
            is_read()
            _examine(library, waiting, positions, secret, report, tell, done)
    except BaseException:
        _undo(library, before, add_to)
        raise
    return _result(report, positions)


def _examine(
    library: Library,
    waiting: dict[Path, ClipInput],
    positions: dict[Path, int],
    secret: bytes,
    report: ImportReport,
    tell: Listener,
    done: int,
) -> None:
    """Say what each would be; what cannot come in is refused in the report."""
    known, total = known_digests(library), done + sum(clip.size_bytes for clip in waiting.values())
    for path, clip in waiting.items():
        start, size = done, clip.size_bytes

        def looked(frames: int, of: int, start: int = start, size: int = size) -> None:
            tell.progress(start + size * frames // max(of, 1), total)

        tell.part(str(positions[path]), "looking")
        try:
            tell.part(str(positions[path]), examine(clip, secret, known, looked).to_message())
        except (CaseLibraryError, OSError, MemoryError) as error:
            tell.part(str(positions[path]), "read")
            report.refused.append(Refusal(str(path), _reason(error)))
        done += size
        tell.progress(done, total)


def _reason(error: Exception) -> str:
    if isinstance(error, RefusedInputError):
        return error.reason
    if isinstance(error, CaseLibraryError):
        return str(error)
    # The text of any other error may quote the path.
    return "there is not enough memory for it" if isinstance(error, MemoryError) else "the file cannot be read"


def _home(library: Library, path: Path, secret: bytes, made: Sequence[str], is_open: str | None) -> str | None:
    """Return the draft that a file joins: of its study, if it is of one, else the one that is open."""
    study = study_of(path, secret)
    if study is None:
        return is_open
    for slug in made:
        try:
            if library.read(slug).study_instance_uid == study:
                return slug
        except CaseNotFoundError:
            pass  # discarded meanwhile
    return None


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
