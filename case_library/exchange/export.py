"""A case as files for others: one function for each format that `case-library export --as` knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from case_library.errors import CaseLibraryError, FrameError
from case_library.exchange.tables import TABLES
from case_library.model.case import Case, Status
from case_library.model.ruler import MeasurementRefusedError
from case_library.sources.dicom import open_dicom
from case_library.store.files import write_whole
from case_library.store.library import Library


class ExportRefusedError(CaseLibraryError):
    """A case that may not leave the library yet, or a file that would be lost."""


def export_case(library: Library, slug: str, form: str, folder: Path, *, force: bool = False) -> list[Path]:
    """Write a case in a format of `FORMATS`, and return the files.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    force : bool
        Whether files that are there are replaced.

    Raises
    ------
    ExportRefusedError
        For a draft, whose pixels and words nobody has confirmed, or where a file is there already.
    CaseNotFoundError, CaseFormatError
    """
    case = library.read(slug)
    require_published(slug, case)
    files = {folder / name: body for name, body in FORMATS[form](library, slug, case).items()}
    for path in files:
        if path.exists() and not force:
            raise ExportRefusedError(f"'{path.name}' is there already; nothing was written. --force replaces it")
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in files.items():
        write_whole(path, body)
    return list(files)


def require_published(slug: str, case: Case) -> None:
    """Refuse to let a draft out.

    Raises
    ------
    ExportRefusedError
    """
    if case.status is not Status.PUBLISHED:
        raise ExportRefusedError(
            f"Case '{slug}' is a draft: nobody has confirmed that it shows no identity, and nothing of it leaves the "
            f"library. Publish it with: case-library confirm {slug}"
        )


def grey_reader(library: Library, slug: str, case: Case) -> Callable[[str, int], Any]:
    """Return what reads the stored grey values of a frame of this case."""

    def read(clip_id: str, frame_index: int) -> Any:
        clip = case.clip(clip_id)
        if clip is None or frame_index >= clip.frame_count:
            raise MeasurementRefusedError("no_clip", f"The case has no such frame in {clip_id}")
        try:
            with open_dicom(library.folder(slug) / clip.file) as source:
                return source.read_grey(frame_index)
        except FrameError as error:
            raise MeasurementRefusedError("no_frame", f"{error}") from None

    return read


def _csv(library: Library, slug: str, case: Case) -> dict[str, bytes]:
    read = grey_reader(library, slug, case)
    return {f"{slug}-{name}.csv": table(slug, case, read) for name, table in TABLES.items()}


# Format -> file names and their content.
FORMATS: Mapping[str, Callable[[Library, str, Case], dict[str, bytes]]] = {"csv": _csv}
