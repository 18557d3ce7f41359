import os
import time

import pytest

from case_library.model.case import Status
from case_library.model.mask import MaskOrigin, MaskRectangle
from case_library.packs.build import build_pack
from case_library.packs.cache import PackCache, trim
from case_library.packs.format import pack_key, read_index
from case_library.store.confirming import confirm_draft
from case_library.store.library import CaseChange, Library
from case_library.store.masking import set_mask
from tests.packs.a_library import add_case, case_of, grey_cine, settings_in


def make_pack(folder, name, used_at, size):
    pack = folder / (name * 64)
    pack.mkdir(parents=True)
    (pack / "segment-000.bin").write_bytes(bytes(size))
    (pack / "index.json").write_text("")
    os.utime(pack / "index.json", (used_at, used_at))
    return pack


@pytest.mark.parametrize(
    ("limit", "left"), [(1000, "abcd"), (400, "abcd"), (399, "acd"), (250, "ac"), (100, "c"), (0, "")]
)
def test_the_least_recently_used_packs_go_first(tmp_path, limit, left):
    for name, used_at in (("a", 300), ("b", 100), ("c", 400), ("d", 200)):
        make_pack(tmp_path, name, used_at, 100)
    trim(tmp_path, limit)
    assert "".join(sorted(path.name[0] for path in tmp_path.iterdir())) == left


def test_exact_frames_count_too(tmp_path):
    pack = make_pack(tmp_path, "a", 100, 10)
    make_pack(tmp_path, "b", 200, 10)
    (pack / "exact").mkdir()
    (pack / "exact" / "000001.png").write_bytes(bytes(100))
    trim(tmp_path, 50)
    assert [path.name[0] for path in tmp_path.iterdir()] == ["b"]


def test_what_killed_processes_left_goes_and_what_is_being_made_stays(tmp_path):
    old, young = tmp_path / ".making-old", tmp_path / ".making-young"
    old.mkdir()
    young.mkdir()
    hours_ago = time.time() - 2 * 3600
    os.utime(old, (hours_ago, hours_ago))
    trim(tmp_path, 0)
    assert list(tmp_path.iterdir()) == [young]


def test_a_folder_that_is_not_there_is_no_error(tmp_path):
    trim(tmp_path / "nothing", 0)


def test_use_notes_the_time_at_most_once_a_minute(tmp_path):
    settings = settings_in(tmp_path)
    cache, key = PackCache(settings), "a" * 64
    build_pack(grey_cine(tmp_path / "clip.dcm"), cache.folder(key, draft=False))
    index = cache.folder(key, draft=False) / "index.json"
    for age_s, touched in ((3600, True), (30, False)):
        then = time.time() - age_s
        os.utime(index, (then, then))
        assert cache.use(key, draft=False) is not None
        assert (index.stat().st_mtime != pytest.approx(then, abs=1)) is touched


@pytest.mark.parametrize("key", ["", "..", "../../etc", "a" * 63])
def test_only_a_key_becomes_part_of_a_path(tmp_path, key):
    with pytest.raises(ValueError, match="key"):
        PackCache(settings_in(tmp_path)).folder(key, draft=False)


def test_drafts_lie_under_the_librarys_drafts_and_nowhere_else(tmp_path):
    settings = settings_in(tmp_path)
    cache = PackCache(settings)
    assert cache.folder("a" * 64, draft=True).is_relative_to(settings.library / "drafts")
    assert cache.folder("a" * 64, draft=False).is_relative_to(settings.cache_folder)


@pytest.fixture
def drafted(tmp_path):
    """A library that tells a cache of its changes, with one draft whose pack is made."""
    settings = settings_in(tmp_path)
    cache = PackCache(settings)
    library = Library(settings.library, listeners=[cache.on_case_change])
    case = add_case(library, grey_cine(tmp_path / "clip.dcm"), draft=True)
    clip = case.clips[0]
    draft = cache.folder(pack_key(clip.file_sha256), draft=True)
    build_pack(library.folder("case-one") / clip.file, draft)
    return library, cache, case, draft


def test_confirming_moves_the_pack_to_its_new_key(drafted):
    library, cache, case, draft = drafted
    made = read_index(draft)
    published = confirm_draft(library, "case-one", "Tester", stated_viewed=True).clips[0]
    assert published.file_sha256 != case.clips[0].file_sha256
    assert cache.use(pack_key(published.file_sha256), draft=False) == made
    assert not draft.exists()


def test_a_pack_without_the_mask_is_never_published(drafted):
    library, cache, case, draft = drafted
    corner = MaskRectangle(x=0, y=0, width=4, height=4, origin=MaskOrigin.DRAWN)
    set_mask(library, "case-one", "clip-1", [corner], case.revision)
    published = confirm_draft(library, "case-one", "Tester").clips[0]
    assert cache.use(pack_key(published.file_sha256), draft=False) is None
    assert not draft.exists()


def test_a_draft_that_is_gone_leaves_no_pack(drafted):
    _, cache, case, draft = drafted
    cache.on_case_change(CaseChange(draft.parents[2], "case-one", case, None))
    assert list(draft.parent.iterdir()) == []


def test_pixels_that_were_replaced_leave_no_pack(drafted, tmp_path):
    _, cache, case, draft = drafted
    masked = case_of(grey_cine(tmp_path / "masked.dcm", 19), draft=True)
    cache.on_case_change(CaseChange(draft.parents[2], "case-one", case, masked))
    assert not draft.exists()


def test_a_change_of_words_keeps_the_pack(drafted):
    library, _, case, draft = drafted
    library.save("case-one", case.model_copy(update={"title": "Another title"}), based_on=1)
    assert read_index(draft) is not None


def test_packs_that_belong_to_no_draft_are_swept(drafted):
    library, cache, case, draft = drafted
    keys = {pack_key(clip.file_sha256) for clip in case.clips}
    cache.drop_drafts_except(keys)
    assert draft.exists()
    cache.drop_drafts_except(set())
    assert not draft.exists()
    assert library.read("case-one").status is Status.DRAFT
