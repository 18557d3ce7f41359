"""Write one clip into a staged case folder: cleaned; a DICOM image with its stored frames, all else converted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from case_library.deidentify.burning import burn
from case_library.deidentify.codestream import strip_codestream
from case_library.deidentify.free_text import HeldIdentity
from case_library.deidentify.header import clean_header
from case_library.deidentify.remembered import screen_digest
from case_library.deidentify.report import CleaningReport, cleaning_report
from case_library.deidentify.unchanged import require_same_measures, require_trust_kept
from case_library.dicom.write import write_dicom
from case_library.errors import CaseLibraryError, FrameError, RefusedInputError
from case_library.model.case import Clip, Conversion, MadeOf
from case_library.model.mask import PixelMask, require_inside
from case_library.sources.clips import ClipInput, open_clip
from case_library.sources.converted import ConvertedSource
from case_library.sources.describe import describe_clip
from case_library.sources.dicom import DicomSource, open_dicom
from case_library.sources.reader import FrameProgress
from case_library.sources.stored_size import StoredSize, predicted_size
from case_library.store.conversion import MeasuredError, require_room, write_compact, write_lossless
from case_library.store.files import durable_sha256_of
from case_library.store.import_report import Announce, Announcement, ImportOptions
from case_library.store.library import MEDIA
from case_library.store.masking import default_mask
from case_library.store.statements import with_statements

# Of a sequence so many pictures may be damaged before the whole of it is refused.
_MOST_DAMAGED = 20
_NOTHING_YET = "0" * 64


@dataclass(frozen=True)
class WrittenClip:
    """A clip that stands in a staged folder, what became of its header, and what a person should know."""

    clip: Clip
    cleaning: CleaningReport
    notes: tuple[str, ...] = ()
    predicted: StoredSize | None = None
    held: HeldIdentity = field(default=HeldIdentity(), repr=False)


@dataclass(frozen=True)
class ClipWriter:
    """Writes the clips of one case.

    Parameters
    ----------
    stage : Path
        The staged case folder.
    secret : bytes
    study_instance_uid : str
        The new UID of the case's study, for what comes from no study.
    options : ImportOptions
    refuse : callable
        Called with the shown name and the reason for a single picture of a sequence that is left out.
    announce : callable
        Called before a conversion of more than one frame begins.
    """

    stage: Path
    secret: bytes
    study_instance_uid: str
    options: ImportOptions
    refuse: Callable[[str, str], None]
    announce: Announce

    def write(self, clip_input: ClipInput, digest: Future[str], clip_id: str, progress: FrameProgress) -> WrittenClip:
        """Write one clip and say what it holds, read back from what was written.

        Parameters
        ----------
        digest : Future
            Keyed digest of its bytes; waited for where it is needed.
        progress : callable
            Called with steps done and steps in all.

        Raises
        ------
        RefusedInputError
            Nothing is then left in the folder.
        """
        file = f"{MEDIA}/{clip_id}.dcm"
        target = self.stage / file
        try:
            with self._opened(clip_input, lambda done, total: progress(done, 2 * total)) as source:
                header = clean_header(
                    source.header,
                    self.secret,
                    confirmed=False,
                    frame_count=source.frame_count,
                    source_key=digest.result,
                )
                cleaning = cleaning_report(source.header, header)
                if isinstance(source, DicomSource):
                    burned = self._write_dicom(target, header, source, progress)
                    clip, notes, predicted = _described(target, clip_id, file), clip_input.notes, None
                    require_trust_kept(source, clip)
                    clip = clip.model_copy(update={"burned": burned})
                else:
                    if "StudyInstanceUID" not in source.header:
                        header.StudyInstanceUID = self.study_instance_uid
                    clip, predicted = self._convert(
                        target,
                        header,
                        source,
                        clip_input,
                        clip_id,
                        lambda done, total: progress(total + done, 2 * total),
                    )
                    notes = clip.conversion.notes if clip.conversion is not None else ()
                held = HeldIdentity.of(source.header)
                screen = screen_digest(self.secret, source.header, source.columns, source.rows)
            clip, more = with_statements(clip, self.options.statements)
            clip = self._masked(clip.model_copy(update={"source_hmac": digest.result(), "screen_hmac": screen}))
            return WrittenClip(clip, cleaning, (*notes, *more), predicted, held)
        except RefusedInputError:
            target.unlink(missing_ok=True)
            raise
        except CaseLibraryError as error:
            target.unlink(missing_ok=True)
            raise RefusedInputError(str(error)) from None

    def _write_dicom(
        self, target: Path, header: Dataset, source: DicomSource, progress: FrameProgress
    ) -> PixelMask | None:
        """Write the stored frames, or with a given mask the masked ones alone."""
        given = PixelMask(rectangles=self.options.mask)
        if given.is_empty:
            _write_stored(target, header, source, progress)
            return None
        require_inside(given, source.columns, source.rows)
        burning = burn(source, target, given.rectangles, header, progress)
        if len(burning.black_frames) == source.frame_count:
            raise RefusedInputError("no frame of this clip can be decoded")
        return given.model_copy(update={"black_frames": tuple(burning.black_frames)})

    def _masked(self, clip: Clip) -> Clip:
        """Burn in what was given, and note what else is suggested to go black."""
        given = PixelMask(rectangles=self.options.mask)
        if not given.is_empty and clip.burned is None:
            require_inside(given, clip.columns, clip.rows)
            clip = _burned(self.stage / clip.file, clip, given)
        return clip.model_copy(update={"mask": default_mask(clip, self.options.remembered)})

    def _opened(self, clip_input: ClipInput, progress: FrameProgress) -> DicomSource | ConvertedSource:
        """Open a clip; a damaged picture of a sequence is refused by itself."""
        damaged = 0
        while True:
            try:
                return open_clip(clip_input, self.options.statements, progress)
            except FrameError as error:
                damaged += 1
                if len(clip_input.paths) < 2 or damaged > _MOST_DAMAGED:
                    raise
                self.refuse(clip_input.files_shown[error.frame_index], error.reason)
                clip_input = clip_input.without(error.frame_index)

    def _convert(
        self,
        target: Path,
        header: Dataset,
        source: ConvertedSource,
        clip_input: ClipInput,
        clip_id: str,
        progress: FrameProgress,
    ) -> tuple[Clip, StoredSize | None]:
        compact, file = self.options.compact and source.bits == 8, f"{MEDIA}/{clip_id}.dcm"
        predicted = predicted_size(source) if source.frame_count > 1 else None
        if predicted is not None:
            require_room(target.parent, predicted, compact)
            self.announce(
                Announcement(clip_input.shown, source.frame_count, source.clock.duration_s, predicted, compact)
            )
        error: MeasuredError | None = None
        if self.options.dry_run:
            size = predicted.compact_bytes if predicted and compact else predicted.lossless_bytes if predicted else 1
            clip = describe_clip(source, clip_id, file, _NOTHING_YET, size or 1, header)
        else:
            if compact:
                error = write_compact(target, header, source, progress)
            else:
                write_lossless(target, header, source, progress)
            clip = _described(target, clip_id, file)
        conversion = Conversion(
            made_of=MadeOf[source.made_of.name],
            notes=(*clip_input.notes, *source.notes),
            compact=compact,
            max_error=None if error is None else error.max_error,
            mean_error=None if error is None else round(error.mean_error, 3),
        )
        return clip.model_copy(update={"conversion": conversion}), predicted


def _burned(target: Path, clip: Clip, given: PixelMask) -> Clip:
    """Put a file with the mask in the place of the one without; a trial run may have written none."""
    if not target.exists():
        return clip.model_copy(update={"burned": given})
    masked = target.with_suffix(".masked")
    try:
        with open_dicom(target) as source:
            burning = burn(source, masked, given.rectangles)
            with open_dicom(masked) as written:
                require_same_measures(source, written)
                update: dict[str, object] = {
                    "sop_instance_uid": burning.uid_after,
                    "transfer_syntax_uid": written.transfer_syntax_uid,
                    "photometric_interpretation": written.photometric_interpretation,
                    "burned": given.model_copy(update={"black_frames": tuple(burning.black_frames)}),
                }
        masked.replace(target)
    finally:
        masked.unlink(missing_ok=True)
    return clip.model_copy(
        update=update | {"file_sha256": durable_sha256_of(target), "file_bytes": target.stat().st_size}
    )


def _write_stored(target: Path, header: Dataset, source: DicomSource, progress: FrameProgress) -> None:
    def taken() -> Iterator[bytes]:
        for i in range(source.frame_count):
            yield source.stored_frame(i)
            progress(i + 1, source.frame_count)

    syntax = source.transfer_syntax_uid
    frames: Iterator[bytes] = taken()
    if UID(syntax).is_encapsulated:
        frames = map(partial(strip_codestream, transfer_syntax_uid=syntax), frames)
    else:
        # Big Endian, Implicit and deflated objects become the one native form; their samples stay.
        syntax = ExplicitVRLittleEndian
    with ThreadPoolExecutor(1) as beside:
        shown = beside.submit(source.decoded, 0, source.stored_frame(0))
        write_dicom(target, header, syntax, frames, source.frame_count)
        shown.result()


def _described(target: Path, clip_id: str, file: str) -> Clip:
    with open_dicom(target) as written:
        return describe_clip(written, clip_id, file, durable_sha256_of(target), target.stat().st_size)
