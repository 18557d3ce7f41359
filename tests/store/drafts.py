"""Drafts to confirm, made of small files."""

from pathlib import Path

from case_library.model.case import Case, Clip
from case_library.model.mask import MaskOrigin, MaskRectangle
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.store.conftest import SECRET

CORNER = MaskRectangle(x=0, y=0, width=9, height=4, origin=MaskOrigin.DRAWN)


def import_draft(library: Library, *paths: Path) -> str:
    """Import files as one draft; return its slug."""
    report = import_files(library, list(paths), SECRET)
    assert not report.refused
    return report.imported[0].slug


def with_clip(library: Library, slug: str, clip_id: str = "clip-1", **update: object) -> Case:
    """Save a draft with one of its clips changed."""
    case = library.read(slug)
    clips = tuple(c.model_copy(update=update) if c.clip_id == clip_id else c for c in case.clips)
    return library.save(slug, case.model_copy(update={"clips": clips}), case.revision)


def media(library: Library, slug: str, clip: Clip) -> Path:
    """Return where a clip's file lies."""
    return library.folder(slug) / clip.file
