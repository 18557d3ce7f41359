import json
import multiprocessing
from pathlib import Path

import pydicom
import pytest

from case_library.errors import CaseLibraryError, CaseNotFoundError, LibraryBusyError, StaleEditError
from case_library.model.case import Case, Status
from case_library.store import confirming as confirming_module
from case_library.store import library as library_module
from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import CaseChange, Library, ReadOnlyError, new_slug
from tests.dicom_files import native_file, ramp_frames
from tests.model.test_case import case
from tests.store.conftest import SECRET


@pytest.fixture
def draft(library: Library, tmp_path: Path) -> str:
    path = native_file(tmp_path / "a.dcm", ramp_frames(3))
    return import_files(library, [path], SECRET).imported[0].slug


def test_a_library_that_is_not_there_is_empty(library: Library) -> None:
    assert library.entries() == []


def test_a_new_slug_spells_nothing() -> None:
    assert all(set(new_slug().removeprefix("case-")) <= set("bcdfghjkmnpqrstvwxz23456789") for _ in range(50))


def test_a_case_lies_where_its_status_says(library: Library) -> None:
    library.create("a-draft", case(status=Status.DRAFT, clips=()), {})
    library.create("published", case(case_id="case-2", status=Status.PUBLISHED, clips=()), {})
    assert library.folder("a-draft") == library.root / "drafts" / "a-draft"
    assert library.folder("published") == library.root / "published"
    assert [entry.slug for entry in library.entries()] == ["a-draft", "published"]


def test_media_come_with_the_case(library: Library, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"bytes")
    library.create("a", case(), {"media/clip-1.dcm": tmp_path / "x"})
    assert (library.folder("a") / "media" / "clip-1.dcm").read_bytes() == b"bytes"


def test_a_slug_is_taken_once(library: Library) -> None:
    library.create("a", case(), {})
    with pytest.raises(CaseLibraryError, match="already; nothing was written"):
        library.create("a", case(), {})


@pytest.mark.parametrize("slug", ["", "A", "a b", "../a", "a/b", "drafts", ".hidden", "a--b"])
def test_what_is_no_slug_names_no_folder(library: Library, slug: str) -> None:
    with pytest.raises(CaseNotFoundError):
        library.folder(slug)
    with pytest.raises(CaseLibraryError, match="cannot name a case"):
        library.create(slug, case(), {})


def test_a_creation_that_fails_leaves_nothing(library: Library) -> None:
    with pytest.raises(FileNotFoundError):
        library.create("a", case(), {"media/clip-1.dcm": Path("missing")})
    assert library.entries() == []
    assert list((library.root / "drafts" / ".staging").iterdir()) == []


def test_an_edit_raises_the_revision_and_keeps_what_it_replaced(library: Library) -> None:
    library.create("a", case(title="old"), {})
    saved = library.save("a", case(title="new"), based_on=1)
    assert (saved.revision, saved.title) == (2, "new")
    assert library.read("a") == saved
    kept = json.loads((library.folder("a") / "history" / "000001.json").read_text())
    assert kept["title"] == "old"


def test_an_edit_from_a_stale_view_is_refused_with_both_versions(library: Library) -> None:
    library.create("a", case(), {})
    library.save("a", case(title="theirs"), based_on=1)
    with pytest.raises(StaleEditError) as caught:
        library.save("a", case(title="yours"), based_on=1)
    assert caught.value.current.title == "theirs"
    assert caught.value.yours.title == "yours"
    assert library.read("a").title == "theirs"


def test_an_edit_changes_neither_identity_nor_status(library: Library) -> None:
    library.create("a", case(), {})
    for changed in (case(case_id="other"), case(status=Status.PUBLISHED)):
        with pytest.raises(CaseLibraryError, match="identity or its status"):
            library.save("a", changed, based_on=1)


def test_listeners_hear_of_each_change_after_it_is_on_disk(tmp_path: Path) -> None:
    heard: list[CaseChange] = []
    library = Library(tmp_path, listeners=[heard.append])
    library.create("a", case(), {})
    library.save("a", case(title="new"), based_on=1)
    assert [(c.before and c.before.revision, c.after and c.after.revision) for c in heard] == [(None, 1), (1, 2)]


def test_a_broken_folder_hides_no_other(library: Library) -> None:
    library.create("good", case(), {})
    broken = library.root / "broken"
    broken.mkdir()
    (broken / "case.json").write_text("{")
    entries = {entry.slug: entry for entry in library.entries()}
    assert entries["good"].case is not None
    assert entries["broken"].case is None
    assert "not valid JSON" in str(entries["broken"].problem)


def test_confirming_moves_the_case_out_of_drafts_and_says_so_in_its_headers(library: Library, draft: str) -> None:
    before = pydicom.dcmread(library.folder(draft) / "media" / "clip-1.dcm")
    assert before.PatientIdentityRemoved == "NO"
    assert before.get("BurnedInAnnotation") != "NO"
    published = confirm_draft(library, draft, "A. Reader", stated_viewed=True)
    folder = library.folder(draft)
    assert folder == library.root / draft
    assert not (library.root / "drafts" / draft).exists()
    assert published.status is Status.PUBLISHED
    assert published.confirmation is not None
    assert published.confirmation.by == "A. Reader"
    after = pydicom.dcmread(folder / "media" / "clip-1.dcm")
    assert (after.PatientIdentityRemoved, after.BurnedInAnnotation) == ("YES", "NO")
    assert "113101" in [item.CodeValue for item in after.DeidentificationMethodCodeSequence]


def test_a_case_is_confirmed_once(library: Library, draft: str) -> None:
    confirm_draft(library, draft, "A", stated_viewed=True)
    with pytest.raises(CaseLibraryError, match="published already"):
        confirm_draft(library, draft, "B", stated_viewed=True)


def test_a_draft_whose_media_were_changed_is_not_published(library: Library, draft: str) -> None:
    media = library.folder(draft) / "media" / "clip-1.dcm"
    data = bytearray(media.read_bytes())
    data[-1] ^= 1
    media.write_bytes(data)
    with pytest.raises(CaseLibraryError, match="is not what was imported; nothing was published"):
        confirm_draft(library, draft, "A", stated_viewed=True)
    assert library.read(draft).status is Status.DRAFT


def test_an_interrupted_confirmation_shows_the_published_case(
    library: Library, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(confirming_module, "remove_tree", killed)
    with pytest.raises(KeyboardInterrupt):
        confirm_draft(library, draft, "A", stated_viewed=True)
    assert library.read(draft).status is Status.PUBLISHED
    (entry,) = library.entries()
    assert entry.case is not None
    assert entry.case.status is Status.PUBLISHED


def test_a_read_only_library_shows_no_draft_and_takes_no_change(library: Library, draft: str) -> None:
    closed = Library(library.root, read_only=True)
    assert closed.entries() == []
    with pytest.raises(CaseNotFoundError):
        closed.read(draft)
    with pytest.raises(ReadOnlyError, match="nothing was written"):
        closed.create("a", case(), {})
    with pytest.raises(ReadOnlyError):
        closed.save("a", case(), based_on=1)


def _save_in_a_process(root: Path, title: str, results: "multiprocessing.Queue[str]") -> None:
    try:
        Library(root).save("a", case(title=title), based_on=1)
        results.put("saved")
    except StaleEditError as error:
        results.put(f"refused: {error.current.title} {error.yours.title}")


def test_of_two_processes_that_save_the_same_revision_one_wins(library: Library) -> None:
    library.create("a", case(), {})
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = context.Queue()
    processes = [context.Process(target=_save_in_a_process, args=(library.root, t, results)) for t in ("one", "two")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = sorted(results.get(timeout=5) for _ in processes)
    winner = library.read("a").title
    assert found == [f"refused: {winner} {'two' if winner == 'one' else 'one'}", "saved"]


def test_a_lock_that_is_held_is_waited_for_and_then_named(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.create("a", case(), {})
    monkeypatch.setattr(library_module, "_LOCK_TIMEOUT_S", 0.05)
    from filelock import FileLock

    with FileLock(library.root / ".locks" / "a.lock"), pytest.raises(LibraryBusyError, match="another process"):
        library.save("a", case(), based_on=1)


def test_git_never_takes_up_drafts(library: Library) -> None:
    library.create("a", case(), {})
    assert (library.root / ".gitignore").read_text().split() == ["drafts/", ".locks/"]


def test_a_clip_keeps_its_case(library: Library, draft: str) -> None:
    read = library.read(draft)
    assert isinstance(read, Case)
    assert [clip.clip_id for clip in read.clips] == ["clip-1"]
