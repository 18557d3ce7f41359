"""Write one clip into a staged case folder: cleaned, with its frames as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydicom.uid import UID, ExplicitVRLittleEndian

from case_library.deidentify.codestream import strip_codestream
from case_library.deidentify.header import clean_header
from case_library.deidentify.report import CleaningReport, cleaning_report
from case_library.dicom.write import write_dicom
from case_library.errors import CaseLibraryError, RefusedInputError
from case_library.model.case import Clip
from case_library.sources.describe import describe_clip
from case_library.sources.dicom import open_dicom
from case_library.store.files import durable_sha256_of
from case_library.store.library import MEDIA


@dataclass(frozen=True)
class WrittenClip:
    """A clip that stands in a staged folder, and what became of its header."""

    clip: Clip
    cleaning: CleaningReport


def write_clip(path: Path, digest: str, stage: Path, clip_id: str, secret: bytes) -> WrittenClip:
    """Clean one file into `media/` of the staged folder and say what it holds, read back from what was written.

    Parameters
    ----------
    digest : str
        Keyed digest of the file's bytes.

    Raises
    ------
    RefusedInputError
        Nothing is then left in the folder.
    """
    file = f"{MEDIA}/{clip_id}.dcm"
    target = stage / file
    try:
        with open_dicom(path) as source:
            source.read_frame(0)
            header = clean_header(
                source.header, secret, confirmed=False, frame_count=source.frame_count, source_key=digest
            )
            cleaning = cleaning_report(source.header, header)
            syntax = source.transfer_syntax_uid
            stored = (source.stored_frame(i) for i in range(source.frame_count))
            if UID(syntax).is_encapsulated:
                frames = (strip_codestream(frame, syntax) for frame in stored)
            else:
                # Big Endian, Implicit and deflated objects become the one native form; their samples stay.
                frames, syntax = stored, ExplicitVRLittleEndian
            write_dicom(target, header, syntax, frames, source.frame_count)
        with open_dicom(target) as written:
            clip = describe_clip(written, clip_id, file, durable_sha256_of(target), target.stat().st_size)
        return WrittenClip(clip.model_copy(update={"source_hmac": digest}), cleaning)
    except RefusedInputError:
        target.unlink(missing_ok=True)
        raise
    except CaseLibraryError as error:
        target.unlink(missing_ok=True)
        raise RefusedInputError(str(error)) from None
