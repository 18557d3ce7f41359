from pathlib import Path

import pytest

from case_library.store.check import check_library
from case_library.store.confirming import confirm_draft
from case_library.store.library import Library
from case_library.store.undoing import UnknownImportError, undo_import
from tests.dicom_files import native_file, ramp_frames
from tests.store.drafts import import_draft, with_clip


def test_an_import_is_undone_as_a_whole_and_nothing_else_is(library: Library, tmp_path: Path) -> None:
    alone, mixed, published, other = (
        import_draft(library, native_file(tmp_path / f"{name}.dcm", ramp_frames(1) + number))
        for number, name in enumerate("abcd")
    )
    for slug in (alone, published):
        with_clip(library, slug, import_id="i1")
    with_clip(library, other, import_id="i2")
    clips = library.read(mixed).clips
    extra = clips[0].model_copy(update={"clip_id": "clip-2", "file": "media/clip-2.dcm", "import_id": "i1"})
    (library.folder(mixed) / extra.file).write_bytes((library.folder(mixed) / clips[0].file).read_bytes())
    case = library.read(mixed)
    library.save(mixed, case.model_copy(update={"clips": (*clips, extra)}), case.revision)
    confirm_draft(library, published, "A", stated_viewed=True)
    undone = undo_import(library, "i1")
    assert undone.discarded == [alone]
    assert undone.shortened == {mixed: ["clip-2"]}
    assert undone.kept == {published: ["clip-1"]}
    assert {entry.slug for entry in library.entries()} == {mixed, published, other}
    assert [problem for problem in check_library(library) if problem.case] == []


def test_an_import_that_nothing_came_with_is_said(library: Library) -> None:
    with pytest.raises(UnknownImportError, match="'nothing'"):
        undo_import(library, "nothing")
