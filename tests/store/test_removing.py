from pathlib import Path

import pytest

from case_library.errors import CaseLibraryError, CaseNotFoundError, StaleEditError
from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import CaseChange, Library
from case_library.store.removing import discard_draft, remove_clip
from tests.dicom_files import native_file, ramp_frames
from tests.store.conftest import SECRET


@pytest.fixture
def two_clips(library: Library, tmp_path: Path) -> str:
    paths = [native_file(tmp_path / f"{n}.dcm", ramp_frames(2 + n), StudyInstanceUID="1.2.3") for n in range(2)]
    return import_files(library, paths, SECRET).imported[0].slug


def test_a_clip_goes_with_its_file(library: Library, two_clips: str) -> None:
    saved = remove_clip(library, two_clips, "clip-1", 1)
    assert [clip.clip_id for clip in saved.clips] == ["clip-2"]
    assert library.read(two_clips) == saved
    assert [path.name for path in library.root.rglob("*.dcm")] == ["clip-2.dcm"]


def test_nothing_goes_on_a_stale_revision(library: Library, two_clips: str) -> None:
    library.save(two_clips, library.read(two_clips).model_copy(update={"title": "New"}), 1)
    with pytest.raises(StaleEditError):
        remove_clip(library, two_clips, "clip-1", 1)
    assert len(list(library.root.rglob("*.dcm"))) == 2


def test_the_only_clip_stays_and_so_does_one_that_is_not_there(library: Library, two_clips: str) -> None:
    with pytest.raises(CaseLibraryError, match="no clip 'clip-9'"):
        remove_clip(library, two_clips, "clip-9", 1)
    remove_clip(library, two_clips, "clip-1", 1)
    with pytest.raises(CaseLibraryError, match="discard the draft instead"):
        remove_clip(library, two_clips, "clip-2", 2)


def test_a_discarded_draft_leaves_nothing(library: Library, two_clips: str) -> None:
    heard: list[CaseChange] = []
    discard_draft(Library(library.root, listeners=(heard.append,)), two_clips)
    assert library.entries() == []
    assert list(library.root.rglob("*.dcm")) == []
    assert [(change.slug, change.after) for change in heard] == [(two_clips, None)]
    with pytest.raises(CaseNotFoundError):
        discard_draft(library, two_clips)


def test_a_published_case_is_neither_cut_nor_discarded(library: Library, two_clips: str) -> None:
    confirm_draft(library, two_clips, "A test", stated_viewed=True)
    with pytest.raises(CaseLibraryError, match="only a draft"):
        discard_draft(library, two_clips)
    with pytest.raises(CaseLibraryError, match="only a draft"):
        remove_clip(library, two_clips, "clip-1", 2)
    assert len(library.read(two_clips).clips) == 2
