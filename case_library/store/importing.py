"""From files to draft cases: read, group, clean, write; what cannot come in is refused by name with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset

from case_library.deidentify.free_text import HeldIdentity
from case_library.deidentify.identifiers import new_uid, source_digest
from case_library.dicom.classes import require_ultrasound
from case_library.dicom.elements import integer, text
from case_library.errors import CaseLibraryError, RefusedInputError
from case_library.model.case import Case
from case_library.sources.clips import ClipInput, clips_of
from case_library.sources.dicom import open_header
from case_library.sources.dicom_video import is_dicom_video
from case_library.sources.expand import Expansion
from case_library.sources.kinds import VIDEOS, Kind
from case_library.sources.scratch import scratch_folder
from case_library.sources.video import require_video
from case_library.sources.zip_archive import UnpackLimits
from case_library.store.clip_writing import ClipWriter
from case_library.store.import_report import (
    Announce,
    Begin,
    ImportedClip,
    ImportOptions,
    ImportReport,
    Progress,
    Refusal,
)
from case_library.store.library import Library, new_slug
from case_library.store.placing import Placement, known_digests


@dataclass(frozen=True)
class _Candidate:
    """A clip that may come in: with whom it makes a case, and from what the study of that case gets its UID.

    Its keyed digest is computed beside the rest, and is waited for where it is needed.
    """

    clip: ClipInput
    digest: Future[str]
    group: str
    study_uid: str
    order: tuple[str, int, int, int]


def import_files(
    library: Library,
    paths: Sequence[Path],
    secret: bytes,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
    announce: Announce | None = None,
    begin: Begin | None = None,
) -> ImportReport:
    """Import files, folders and zips as draft cases: one for each study, and one for what comes from none.

    A file that is refused never takes the others with it; a study that fails in the middle leaves nothing behind.

    Parameters
    ----------
    secret : bytes
        The key of this user; see `deidentify.identifiers`.
    progress : callable or None
        Called with the bytes done and the bytes in all; what it raises stops the import.
    announce : callable or None
        Called before a conversion of more than one frame begins, with its predicted size; may raise as well.
    begin : callable or None
        Called with the source of each clip before it is written.
    """
    options = options or ImportOptions()
    with scratch_folder(options.scratch) as scratch, ThreadPoolExecutor(1) as digests:
        try:
            return _Import(library, secret, options, progress, announce, begin, digests).run(list(paths), scratch)
        finally:
            digests.shutdown(cancel_futures=True)


class _Import:
    """One import while it runs."""

    def __init__(
        self,
        library: Library,
        secret: bytes,
        options: ImportOptions,
        progress: Progress | None,
        announce: Announce | None,
        begin: Begin | None,
        digests: ThreadPoolExecutor,
    ) -> None:
        self._library, self._secret, self._options = library, secret, options
        self._progress, self._announce, self._begin = progress, announce, begin
        self._digests, self._known = digests, known_digests(library)
        self._report = ImportReport(import_id=new_slug().replace("case", "import"))
        self._done = self._total = 0
        self._held = HeldIdentity()

    def run(self, paths: list[Path], scratch: Path) -> ImportReport:
        limits = UnpackLimits(member_bytes=self._options.max_source_bytes)
        files = Expansion(scratch, limits, self._refuse).files(paths)
        clips = clips_of(files, self._refuse)
        self._total = sum(clip.size_bytes for clip in clips)
        for candidates in self._studies(clips).values():
            candidates.sort(key=lambda candidate: candidate.order)
            self._import_study(candidates)
        return self._report

    def _refuse(self, source: str, reason: str) -> None:
        self._report.refused.append(Refusal(source, reason))

    def _advance(self, size_bytes: int, share: float = 1.0) -> None:
        """Report a share of a clip as done; the whole of it for good."""
        if share >= 1.0:
            self._done += size_bytes
            share = 0.0
        if self._progress is not None:
            self._progress(self._done + int(share * size_bytes), self._total)

    def _studies(self, clips: list[ClipInput]) -> dict[str, list[_Candidate]]:
        studies: dict[str, list[_Candidate]] = {}
        for position, clip in enumerate(clips):
            try:
                candidate = self._examined(clip, position)
                studies.setdefault("" if self._options.add_to else candidate.group, []).append(candidate)
            except RefusedInputError as refusal:
                self._refuse(clip.shown, refusal.reason)
                self._done += clip.size_bytes
        return _with_loose_together(studies) if self._options.loose_together else studies

    def _examined(self, clip: ClipInput, position: int) -> _Candidate:
        options, size = self._options, clip.size_bytes
        if size > options.max_source_bytes:
            raise RefusedInputError(
                f"the file has {size} bytes; up to {options.max_source_bytes} are imported (setting max_source_bytes)"
            )
        part = "" if options.statements.trim is None else str(options.statements.trim)
        order, study_uid = ("", 0, 0, position), ""
        if clip.kind is Kind.DICOM:
            file, _, header, syntax, _ = open_header(clip.paths[0])
            file.close()
            require_ultrasound(header, options.force)
            if is_dicom_video(syntax):
                require_video()
            else:
                part = ""  # it comes in whole
            order, study_uid = _order(header, position), text(header, "StudyInstanceUID")
            group = study_uid or f"alone: {position}"
        else:
            if clip.kind in VIDEOS:
                require_video()
            # Of no study: what lies in one folder or zip is one case, and so is what was given by itself.
            group = f"given together: {clip.given_as}"
        digest = self._digests.submit(_digest, self._secret, clip, part)
        if clip.kind is not Kind.DICOM:
            digest.result()  # the conversion takes far longer, and need not begin for what is known
        return _Candidate(clip, digest, group, study_uid, order)

    def _require_new(self, candidate: _Candidate) -> None:
        known = self._known.get(candidate.digest.result())
        if known is not None:
            raise RefusedInputError(f"the same file is in the library already: {known}")

    def _import_study(self, candidates: list[_Candidate]) -> None:
        options = self._options
        base = self._library.read(options.add_to) if options.add_to else None
        first = candidates[0]
        study_uid = base.study_instance_uid if base else new_uid(self._secret, first.study_uid or first.digest.result())
        with self._library.staging() as stage:
            writer = ClipWriter(
                stage, self._secret, study_uid, options, self._refuse, self._announce or (lambda announcement: None)
            )
            self._held = HeldIdentity()
            clips = self._write_clips(candidates, writer, base)
            self._report.held |= self._held
            if not clips:
                return
            try:
                imported = Placement(self._library, stage, self._report, study_uid, options, self._held).of(clips)
            except CaseLibraryError as error:
                self._report.refused.extend(Refusal(clip.source, str(error)) for clip in clips)
                return
        if imported is not None:
            self._report.imported.append(imported)

    def _write_clips(self, candidates: list[_Candidate], writer: ClipWriter, base: Case | None) -> list[ImportedClip]:
        taken = [clip.clip_id for clip in base.clips] if base else []
        next_number = max((int(clip_id.removeprefix("clip-")) for clip_id in taken), default=0) + 1
        sop_uids = {clip.sop_instance_uid for clip in base.clips} if base else set()
        clips: list[ImportedClip] = []
        for candidate in candidates:
            size, shown = candidate.clip.size_bytes, candidate.clip.shown

            def part_done(done: int, total: int, size: int = size) -> None:
                self._advance(size, min(done / max(total, 1), 0.999))

            if self._begin is not None:
                self._begin(shown)
            try:
                if candidate.digest.done():
                    self._require_new(candidate)
                written = writer.write(candidate.clip, candidate.digest, f"clip-{next_number}", part_done)
                try:
                    self._require_new(candidate)
                    if written.clip.sop_instance_uid in sop_uids:
                        raise RefusedInputError("another clip of this case has the same SOP Instance UID")
                except RefusedInputError:
                    (writer.stage / written.clip.file).unlink(missing_ok=True)
                    raise
                self._known[candidate.digest.result()] = "it was given twice"
            except RefusedInputError as refusal:
                self._refuse(shown, refusal.reason)
                continue
            finally:
                self._advance(size)
            sop_uids.add(written.clip.sop_instance_uid)
            self._held |= written.held
            files = candidate.clip.files_shown
            clip = written.clip.model_copy(update={"import_id": self._report.import_id})
            clips.append(ImportedClip(shown, files, clip, written.cleaning, written.notes, written.predicted))
            next_number += 1
        return clips


def _with_loose_together(studies: dict[str, list[_Candidate]]) -> dict[str, list[_Candidate]]:
    loose = [group for group, candidates in studies.items() if candidates[0].clip.kind is not Kind.DICOM]
    named = [group for group in studies if group not in loose]
    if not loose:
        return studies
    home = named[0] if len(named) == 1 else loose[0]
    rest = {group: studies[group] for group in studies if group == home or group in named}
    rest[home] = [*studies[home], *(c for group in loose if group != home for c in studies[group])]
    return rest


def _digest(secret: bytes, clip: ClipInput, part: str) -> str:
    try:
        return source_digest(secret, *clip.paths, part=part)
    except OSError as error:
        raise RefusedInputError(f"the file cannot be read ({error.strerror})") from None


def _order(header: Dataset, position: int) -> tuple[str, int, int, int]:
    moment = text(header, "AcquisitionDateTime") or (
        text(header, "AcquisitionDate") + text(header, "AcquisitionTime")
        if text(header, "AcquisitionTime")
        else text(header, "ContentDate") + text(header, "ContentTime")
    )
    return moment, integer(header, "SeriesNumber") or 0, integer(header, "InstanceNumber") or 0, position
