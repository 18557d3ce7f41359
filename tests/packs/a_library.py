"""A small library for tests, made without the import so that packs and pages stand on their own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from pydicom.uid import generate_uid

from case_library.model.case import Case, Clip, Confirmation, Source, Status
from case_library.settings import Settings
from case_library.sources.dicom import open_dicom
from case_library.store.library import Library
from tests.dicom_files import jpeg, jpeg_file, native_file, ramp_frames


def settings_in(folder: Path, **changes: object) -> Settings:
    """Return settings whose folders all lie in `folder`."""
    values: dict[str, object] = {
        "library": folder / "library",
        "cache_folder": folder / "cache",
        "config_folder": folder / "config",
    }
    return Settings.model_validate(values | changes)


# What cleaning leaves in every header, and confirming relies on.
_CLEANED = {"LongitudinalTemporalInformationModified": "REMOVED"}


def grey_cine(path: Path, frames: int = 20, **elements: object) -> Path:
    """Write an uncompressed grey cine."""
    return native_file(path, ramp_frames(frames), **(_CLEANED | elements))


def jpeg_cine(path: Path, frames: int = 20, samples: int = 3, comment: bytes = b"") -> Path:
    """Write a baseline JPEG cine."""
    pictures = ramp_frames(frames, samples=samples)
    return jpeg_file(path, [jpeg(picture, comment=comment) for picture in pictures], pictures)


def clip_of(path: Path, number: int = 1) -> Clip:
    """Return what an import would have concluded from a file."""
    data = path.read_bytes()
    with open_dicom(path) as source:
        return Clip(
            clip_id=f"clip-{number}",
            title=f"Clip {number}",
            file=f"media/clip-{number}.dcm",
            file_sha256=hashlib.sha256(data).hexdigest(),
            file_bytes=len(data),
            sop_instance_uid=str(source.header.SOPInstanceUID),
            sop_class_uid=str(source.header.SOPClassUID),
            transfer_syntax_uid=source.transfer_syntax_uid,
            frame_count=source.frame_count,
            columns=source.columns,
            rows=source.rows,
            photometric_interpretation=source.photometric_interpretation,
            clock=source.clock,
            playback=source.playback,
            regions=source.regions,
            scale=source.scale,
        )


def case_of(*files: Path, slug: str = "case-one", draft: bool = False, title: str = "A torn muscle") -> Case:
    """Return a case of these files."""
    now = datetime.now(UTC)
    return Case(
        case_id=slug,
        title=title,
        source=Source.PATIENT,
        status=Status.DRAFT if draft else Status.PUBLISHED,
        confirmation=None if draft else Confirmation(by="Tester", at=now),
        created_at=now,
        changed_at=now,
        study_instance_uid=generate_uid(),
        clips=tuple(clip_of(path, number) for number, path in enumerate(files, 1)),
    )


def add_case(library: Library, *files: Path, slug: str = "case-one", draft: bool = False, title: str = "Torn") -> Case:
    """Put a case of these files into a library."""
    case = case_of(*files, slug=slug, draft=draft, title=title)
    return library.create(slug, case, {clip.file: path for clip, path in zip(case.clips, files, strict=True)})
