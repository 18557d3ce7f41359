"""From files to draft cases: read, group, clean, write; what cannot come in is refused by name with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydicom.uid import UID

from case_library.deidentify.codestream import strip_codestream
from case_library.deidentify.header import clean_header
from case_library.deidentify.identifiers import new_uid, source_digest
from case_library.deidentify.report import CleaningReport, cleaning_report
from case_library.dicom.elements import integer, text
from case_library.dicom.write import write_dicom
from case_library.errors import CaseLibraryError, RefusedInputError
from case_library.model.case import Case, Clip, Status
from case_library.sources.describe import describe_clip
from case_library.sources.dicom import DicomSource, open_dicom
from case_library.store.files import sha256_of
from case_library.store.library import MEDIA, Library, new_slug

ULTRASOUND_CLASSES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.6.1",  # Ultrasound Image
        "1.2.840.10008.5.1.4.1.1.3.1",  # Ultrasound Multi-frame Image
        "1.2.840.10008.5.1.4.1.1.6",  # the same, retired
        "1.2.840.10008.5.1.4.1.1.3",
    )
)
SECONDARY_CAPTURE_CLASSES = frozenset(
    ("1.2.840.10008.5.1.4.1.1.7", *(f"1.2.840.10008.5.1.4.1.1.7.{kind}" for kind in (1, 2, 3, 4)))
)
ENHANCED_US_VOLUME = "1.2.840.10008.5.1.4.1.1.6.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


@dataclass(frozen=True)
class ImportedClip:
    """A clip that came in, with the path it was given by (for the terminal; never logged or stored).

    Attributes
    ----------
    cleaning : CleaningReport
        What became of the elements of its header.
    """

    source: str
    clip: Clip
    cleaning: CleaningReport


@dataclass(frozen=True)
class ImportedCase:
    """A case that was made or added to."""

    slug: str
    case: Case
    clips: tuple[ImportedClip, ...]


@dataclass(frozen=True)
class Refusal:
    """An input that did not come in."""

    source: str
    reason: str


@dataclass
class ImportReport:
    """What an import did."""

    imported: list[ImportedCase] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True)
class ImportOptions:
    """How to import.

    Attributes
    ----------
    add_to : str or None
        Slug of a draft that takes all clips; else one new case for each study.
    title : str
    force : bool
        Take pictures of other modalities too.
    dry_run : bool
        Do everything but keep nothing.
    max_source_bytes : int
        Larger files are refused.
    """

    add_to: str | None = None
    title: str = ""
    force: bool = False
    dry_run: bool = False
    max_source_bytes: int = 4 * 1024**3


@dataclass(frozen=True)
class _Candidate:
    path: Path
    digest: str
    study_uid: str
    order: tuple[str, int, int, int]


Progress = Callable[[int, int], None]


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


def natural_key(path: Path) -> list[tuple[int, int | str]]:
    """Return a sort key by which `clip2` comes before `clip10`."""
    return [(0, int(part)) if part.isdigit() else (1, part.lower()) for part in re.split(r"(\d+)", str(path)) if part]


def _expanded(path: Path, report: ImportReport) -> Iterator[Path]:
    if path.is_dir():
        inside = [
            file
            for file in path.rglob("*")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if not inside:
            report.refused.append(Refusal(str(path), "the folder holds no file"))
        yield from sorted((file for file in inside if file.name.upper() != "DICOMDIR"), key=natural_key)
    elif path.is_file():
        yield path
    else:
        report.refused.append(Refusal(str(path), "there is no such file or folder"))


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
        _require_ultrasound(source, options.force)
        header = source.header
        moment = text(header, "AcquisitionDateTime") or (
            text(header, "AcquisitionDate") + text(header, "AcquisitionTime")
            if text(header, "AcquisitionTime")
            else text(header, "ContentDate") + text(header, "ContentTime")
        )
        order = (moment, integer(header, "SeriesNumber") or 0, integer(header, "InstanceNumber") or 0, position)
        study_uid = text(header, "StudyInstanceUID")
    digest = source_digest(secret, path)
    return _Candidate(path, digest, study_uid or digest, order)


def _require_ultrasound(source: DicomSource, force: bool) -> None:
    uid = text(source.header, "SOPClassUID")
    if uid in ULTRASOUND_CLASSES:
        return
    if uid == ENHANCED_US_VOLUME:
        raise RefusedInputError("an Enhanced US Volume (3D) is not opened here")
    if uid in SECONDARY_CAPTURE_CLASSES and text(source.header, "Modality") == "US":
        return
    if not force:
        name = UID(uid).name if UID(uid).is_valid and UID(uid).name != uid else "an object of unknown kind"
        raise RefusedInputError(f"not an ultrasound image but {name}; --force imports it all the same")


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
                clip, cleaning = _write_clip(candidate, stage, f"clip-{next_number}", secret)
                if clip.sop_instance_uid in sop_uids:
                    (stage / clip.file).unlink()
                    raise RefusedInputError("another clip of this case has the same SOP Instance UID")
            except RefusedInputError as refusal:
                report.refused.append(Refusal(str(candidate.path), refusal.reason))
                continue
            finally:
                advance(size)
            sop_uids.add(clip.sop_instance_uid)
            clips.append(ImportedClip(str(candidate.path), clip, cleaning))
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


def _write_clip(candidate: _Candidate, stage: Path, clip_id: str, secret: bytes) -> tuple[Clip, CleaningReport]:
    """Clean one file into the staged folder and say what it holds, read back from what was written."""
    file = f"{MEDIA}/{clip_id}.dcm"
    target = stage / file
    try:
        with open_dicom(candidate.path) as source:
            source.read_frame(0)
            header = clean_header(
                source.header, secret, confirmed=False, frame_count=source.frame_count, source_key=candidate.digest
            )
            cleaning = cleaning_report(source.header, header)
            syntax = source.transfer_syntax_uid
            stored = (source.stored_frame(i) for i in range(source.frame_count))
            if UID(syntax).is_encapsulated:
                frames = (strip_codestream(frame, syntax) for frame in stored)
            else:
                # Big Endian, Implicit and deflated objects become the one native form; their samples stay.
                frames, syntax = stored, EXPLICIT_VR_LITTLE_ENDIAN
            write_dicom(target, header, syntax, frames, source.frame_count)
        with open_dicom(target) as written:
            clip = describe_clip(written, clip_id, file, sha256_of(target), target.stat().st_size)
        return clip.model_copy(update={"source_hmac": candidate.digest}), cleaning
    except RefusedInputError:
        target.unlink(missing_ok=True)
        raise
    except CaseLibraryError as error:
        target.unlink(missing_ok=True)
        raise RefusedInputError(str(error)) from None
