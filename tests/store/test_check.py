import json
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from case_library.errors import CaseNotFoundError
from case_library.sources.identity import stored_hashes
from case_library.store.check import Problem, check_library
from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import native_file, ramp_frames
from tests.store.conftest import SECRET


@pytest.fixture
def slug(library: Library, tmp_path: Path) -> str:
    slug = import_files(library, [native_file(tmp_path / "a.dcm", ramp_frames(3))], SECRET).imported[0].slug
    confirm_draft(library, slug, "A", stated_viewed=True)
    return slug


def only(problems: list[Problem]) -> Problem:
    (problem,) = problems
    assert problem.remedy
    return problem


def test_nothing_is_wrong_with_a_fresh_library(library: Library, slug: str) -> None:
    assert check_library(library) == []


def test_a_missing_file_is_named(library: Library, slug: str) -> None:
    (library.folder(slug) / "media" / "clip-1.dcm").unlink()
    problem = only(check_library(library))
    assert problem.path == f"{slug}/media/clip-1.dcm"
    assert "missing" in problem.problem


def test_an_altered_file_is_named(library: Library, slug: str) -> None:
    with (library.folder(slug) / "media" / "clip-1.dcm").open("ab") as file:
        file.write(b"\0")
    assert "bytes have changed" in only(check_library(library)).problem


def test_a_damaged_file_is_named(library: Library, slug: str) -> None:
    (library.folder(slug) / "media" / "clip-1.dcm").write_bytes(b"nothing")
    assert "cannot be read" in only(check_library(library)).problem


def test_a_file_whose_identity_changed_is_named(library: Library, slug: str, tmp_path: Path) -> None:
    other = native_file(tmp_path / "b.dcm", ramp_frames(3))
    shutil.copyfile(other, library.folder(slug) / "media" / "clip-1.dcm")
    assert "its SOP Instance UID differs" in only(check_library(library)).problem


def test_a_lock_left_behind_is_named_unless_it_is_held(library: Library, slug: str) -> None:
    lock = library.root / ".locks" / "case-gone.lock"
    lock.touch()
    assert only(check_library(library)).path == ".locks/case-gone.lock"
    with FileLock(lock):
        assert check_library(library) == []


def test_a_file_no_clip_names_is_named(library: Library, slug: str) -> None:
    (library.folder(slug) / "media" / "extra.dcm").write_bytes(b"?")
    assert "identity may not have been removed" in only(check_library(library)).remedy


def test_a_stranger_in_the_case_folder_is_named(library: Library, slug: str) -> None:
    (library.folder(slug) / "scan of the letter.pdf").write_bytes(b"?")
    assert only(check_library(library)).problem == "not part of a case"


def test_the_rest_of_an_interrupted_save_is_named(library: Library, slug: str) -> None:
    (library.folder(slug) / ".case.json.1234.tmp").write_bytes(b"{")
    assert "interrupted save" in only(check_library(library)).problem


def test_an_unreadable_case_is_named(library: Library, slug: str) -> None:
    (library.folder(slug) / "case.json").write_text("{")
    assert "not valid JSON" in only(check_library(library)).problem


def test_a_newer_case_is_named(library: Library, slug: str) -> None:
    path = library.folder(slug) / "case.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99}))
    assert "Update case-library" in only(check_library(library)).remedy


def test_a_conclusion_that_was_edited_is_named(library: Library, slug: str) -> None:
    path = library.folder(slug) / "case.json"
    document = json.loads(path.read_text())
    document["clips"][0]["scale"]["mm_per_px"] = [0.5, 0.5]
    path.write_text(json.dumps(document))
    assert "scale differs from what the media file says" in only(check_library(library)).problem


def test_a_draft_that_was_moved_by_hand_is_named(library: Library, tmp_path: Path) -> None:
    slug = import_files(library, [native_file(tmp_path / "b.dcm", ramp_frames(1))], SECRET).imported[0].slug
    (library.root / "drafts" / slug).rename(library.root / slug)
    assert "lies where published ones lie" in only(check_library(library)).problem


def test_a_draft_that_was_made_published_by_hand_is_named(library: Library, tmp_path: Path) -> None:
    slug = import_files(library, [native_file(tmp_path / "b.dcm", ramp_frames(1))], SECRET).imported[0].slug
    (library.root / "drafts" / slug).rename(library.root / slug)
    path = library.root / slug / "case.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"status": "published"}))
    found = {problem.problem for problem in check_library(library)}
    assert found == {
        "published, but nobody has confirmed the pixels",
        "published, but its header does not say that the identity was removed",
        "clip-1: published, but its mask was never burned in",
    }


def test_a_half_move_from_drafts_is_named(library: Library, slug: str) -> None:
    shutil.copytree(library.root / slug, library.root / "drafts" / slug)
    assert only(check_library(library)).path == f"drafts/{slug}"


def test_the_rest_of_an_interrupted_import_is_named(library: Library, slug: str) -> None:
    (library.root / "drafts" / ".staging" / "0123").mkdir(parents=True)
    assert only(check_library(library)).path == "drafts/.staging/0123"


def test_a_copied_case_is_named(library: Library, slug: str) -> None:
    shutil.copytree(library.root / slug, library.root / "zz-copy")
    assert f"the same case_id as '{slug}'" in only(check_library(library)).problem


def test_a_named_case_is_checked_alone(library: Library, slug: str) -> None:
    (library.root / "stranger.txt").write_text("?")
    assert check_library(library, [slug]) == []
    with pytest.raises(CaseNotFoundError):
        check_library(library, ["case-none"])


def test_a_measurement_outside_its_clip_is_named(library: Library, slug: str) -> None:
    path = library.folder(slug) / "case.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    mark = {"clip_id": "clip-1", "frame": {"frame_number": 4}, "points": [[0, 0], [1, 1]]}
    document["measurements"] = [{"item_id": "gap", "kind": "length", "title": "Gap", "marks": [mark]}]
    path.write_text(json.dumps(document), encoding="utf-8")
    problem = only(check_library(library))
    assert problem.path == f"{slug}/case.json"
    assert problem.problem == "clip-1: hangs on frame 4 of clip-1, which has 3"


def test_a_recorded_number_that_its_points_do_not_give_is_named(library: Library, slug: str) -> None:
    path = library.folder(slug) / "case.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    mark = {"clip_id": "clip-1", "frame": {"frame_number": 1}, "points": [[0, 0], [3, 4]]}
    record = {"item_id": "gap", "kind": "length", "title": "Gap", "marks": [mark]}
    document["measurements"] = [record | {"recorded": {"value": 9.5, "unit": "mm"}}]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert only(check_library(library)).problem == "gap: recorded as 9.5 mm, but its points give 5 px"


def test_frames_that_were_encoded_anew_under_something_are_named(library: Library, slug: str) -> None:
    path = library.folder(slug) / "case.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    hashes = stored_hashes(library.folder(slug) / "media" / "clip-1.dcm", [1, 3])
    marks = [
        {"item_id": f"said-{n}", "frame": {"frame_number": n, "stored_sha256": digest}}
        for n, digest in zip([1, 3], hashes, strict=True)
    ]
    document["clips"][0]["patient_marks"] = marks
    path.write_text(json.dumps(document), encoding="utf-8")
    assert check_library(library) == []
    marks[1]["frame"]["stored_sha256"] = "0" * 64
    path.write_text(json.dumps(document), encoding="utf-8")
    problem = only(check_library(library)).problem
    assert problem == "clip-1: something hangs on frames whose bytes are others now: 3"
