"""From files to draft cases: read, group, clean, write; what cannot come in is refused by name with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from case_library.deidentify.identifiers import new_uid, source_digest
from case_library.dicom.classes import require_ultrasound
from case_library.dicom.elements import integer, text
from case_library.errors import CaseLibraryError, RefusedInputError
from case_library.model.case import Case, Status
from case_library.sources.dicom import open_dicom
from case_library.sources.expand import files_in
from case_library.store.clip_writing import write_clip
from case_library.store.import_report import (
    ImportedCase,
    ImportedClip,
    ImportOptions,
    ImportReport,
    Progress,
    Refusal,
)
from case_library.store.library import Library, new_slug


@dataclass(frozen=True)
class _Candidate:
    path: Path
    digest: str
    study_uid: str
    order: tuple[str, int, int, int]


def import_files(
    library: Library,
    paths: Sequence[Path],
    secret: bytes,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import files and folders as draft cases, one for each study.

    A file that is refused never takes the others with it; a study that fails in the middle leaves nothing behind.

    Parameters
    ----------
    secret : bytes
        The key of this user; see `deidentify.identifiers`.
    progress : callable or None
        Called with the bytes done and the bytes in all.
    """
    options = options or ImportOptions()
    report = ImportReport()
    files = [file for path in paths for file in _expanded(path, report)]
    known = _known_digests(library)
    total = sum(file.stat().st_size for file in files)
    done = 0
    studies: dict[str, list[_Candidate]] = {}
    for position, file in enumerate(files):
        try:
            candidate = _examine(file, position, secret, options)
            if candidate.digest in known:
                raise RefusedInputError(f"the same file is in the library already: {known[candidate.digest]}")
            known[candidate.digest] = "it was given twice"
            studies.setdefault("" if options.add_to else candidate.study_uid, []).append(candidate)
        except RefusedInputError as refusal:
            report.refused.append(Refusal(str(file), refusal.reason))
            done += file.stat().st_size
    for candidates in studies.values():
        candidates.sort(key=lambda candidate: candidate.order)

        def advance(size: int) -> None:
            nonlocal done
            done += size
            if progress is not None:
                progress(done, total)

        _import_study(library, candidates, secret, options, report, advance)
    return report


def _expanded(path: Path, report: ImportReport) -> Iterator[Path]:
    try:
        yield from files_in(path)
    except RefusedInputError as refusal:
        report.refused.append(Refusal(str(path), refusal.reason))


def _known_digests(library: Library) -> dict[str, str]:
    return {
        clip.source_hmac: f"{clip.clip_id} of case '{entry.slug}'"
        for entry in library.entries()
        if entry.case is not None
        for clip in entry.case.clips
        if clip.source_hmac is not None
    }


def _examine(path: Path, position: int, secret: bytes, options: ImportOptions) -> _Candidate:
    size = path.stat().st_size
    if size > options.max_source_bytes:
        raise RefusedInputError(
            f"the file has {size} bytes; up to {options.max_source_bytes} are imported (setting max_source_bytes)"
        )
    with open_dicom(path) as source:
        header = source.header
        require_ultrasound(header, options.force)
        moment = text(header, "AcquisitionDateTime") or (
            text(header, "AcquisitionDate") + text(header, "AcquisitionTime")
            if text(header, "AcquisitionTime")
            else text(header, "ContentDate") + text(header, "ContentTime")
        )
        order = (moment, integer(header, "SeriesNumber") or 0, integer(header, "InstanceNumber") or 0, position)
        study_uid = text(header, "StudyInstanceUID")
    digest = source_digest(secret, path)
    return _Candidate(path, digest, study_uid or digest, order)


def _import_study(
    library: Library,
    candidates: list[_Candidate],
    secret: bytes,
    options: ImportOptions,
    report: ImportReport,
    advance: Callable[[int], None],
) -> None:
    base = library.read(options.add_to) if options.add_to else None
    taken = [clip.clip_id for clip in base.clips] if base else []
    next_number = max((int(clip_id.removeprefix("clip-")) for clip_id in taken), default=0) + 1
    sop_uids = {clip.sop_instance_uid for clip in base.clips} if base else set()
    clips: list[ImportedClip] = []
    with library.staging() as stage:
        for candidate in candidates:
            size = candidate.path.stat().st_size
            try:
                written = write_clip(candidate.path, candidate.digest, stage, f"clip-{next_number}", secret)
                clip = written.clip
                if clip.sop_instance_uid in sop_uids:
                    (stage / clip.file).unlink()
                    raise RefusedInputError("another clip of this case has the same SOP Instance UID")
            except RefusedInputError as refusal:
                report.refused.append(Refusal(str(candidate.path), refusal.reason))
                continue
            finally:
                advance(size)
            sop_uids.add(clip.sop_instance_uid)
            clips.append(ImportedClip(str(candidate.path), clip, written.cleaning))
            next_number += 1
        if not clips:
            return
        slug, case = _case_of(base, clips, candidates[0], secret, options)
        if not options.dry_run:
            try:
                if base is not None:
                    case = library.add_media(slug, stage, case, base.revision)
                else:
                    case = library.adopt(stage, slug, case)
            except CaseLibraryError as error:
                report.refused.extend(Refusal(clip.source, str(error)) for clip in clips)
                return
    report.imported.append(ImportedCase(slug, case, tuple(clips)))


def _case_of(
    base: Case | None, clips: list[ImportedClip], first: _Candidate, secret: bytes, options: ImportOptions
) -> tuple[str, Case]:
    new = tuple(imported.clip for imported in clips)
    if base is not None and options.add_to is not None:
        return options.add_to, base.model_copy(update={"clips": (*base.clips, *new)})
    slug, now = new_slug(), datetime.now(UTC)
    case = Case(
        case_id=slug,
        title=options.title,
        status=Status.DRAFT,
        created_at=now,
        changed_at=now,
        study_instance_uid=new_uid(secret, first.study_uid),
        clips=new,
    )
    return slug, case
