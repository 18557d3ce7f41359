"""Put an example case into a library: synthetic clips and their truth, published at once, for they show no patient."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from case_library.errors import CaseLibraryError, CaseNotFoundError
from case_library.model.case import Case, Clip, Source, Status
from case_library.phantoms.build import EXAMPLE_CASES, PHANTOMS, build_phantom
from case_library.sources.describe import describe_clip
from case_library.sources.dicom import open_dicom
from case_library.store.files import sha256_of
from case_library.store.library import MEDIA, Library


def make_example_case(library: Library, slug: str, progress: Callable[[int, int], None]) -> Case:
    """Build the clips of an example case and add it to a library.

    Parameters
    ----------
    slug : str
        A key of `EXAMPLE_CASES`.
    progress : callable
        Called with the frames done and their total, for each clip anew.

    Raises
    ------
    CaseLibraryError
        If the library has a case of that name; it may have been edited, and is left alone.
    """
    try:
        library.folder(slug)
    except CaseNotFoundError:
        pass
    else:
        raise CaseLibraryError(f"There is a case '{slug}' already; move its folder away to make it anew")
    example = EXAMPLE_CASES[slug]
    clips: list[Clip] = []
    media: dict[str, Path] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, phantom_id in enumerate(example.clip_ids, start=1):
            clip_id = f"clip-{number}"
            built = build_phantom(phantom_id, Path(folder), progress)
            file = f"{MEDIA}/{clip_id}.dcm"
            with open_dicom(built.dicom) as source:
                clip = describe_clip(source, clip_id, file, sha256_of(built.dicom), built.dicom.stat().st_size)
            clips.append(clip.model_copy(update={"title": PHANTOMS[phantom_id].title}))
            media |= {file: built.dicom, f"truth/{clip_id}.json": built.truth}
        case = Case(
            case_id=slug,
            title=example.title,
            summary=example.summary,
            source=Source.SYNTHETIC,
            status=Status.PUBLISHED,
            created_at=example.created_at,
            changed_at=example.created_at,
            study_instance_uid=example.study_instance_uid,
            clips=tuple(clips),
        )
        return library.create(slug, case, media)
