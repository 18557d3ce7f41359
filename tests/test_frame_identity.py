"""What is put on frame k stays on frame k, saved, exported and carried elsewhere; a changed clip is noticed."""

import csv
import hashlib
import shutil

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from case_library.exchange.export import export_case
from case_library.packs.worker import PackWorker
from case_library.routes.cases import case_routes
from case_library.routes.editor import EDITOR_KEY
from case_library.routes.serving import Serving
from case_library.sources.dicom import open_dicom
from case_library.store.check import check_library
from case_library.store.confirming import confirm_draft
from case_library.store.files import sha256_of
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import jpeg, jpeg_file, ramp_frames
from tests.packs.a_library import settings_in

FRAMES = 40
KEPT = (1, 20, FRAMES)


@pytest.fixture
def saved(tmp_path):
    """A published case on which the viewer has put a length and a mark on its first, middle and last frame."""
    pictures = ramp_frames(FRAMES, 48, 64)
    media = jpeg_file(tmp_path / "clip.dcm", [jpeg(picture) for picture in pictures], pictures)
    with PackWorker() as worker:
        serving = Serving(settings_in(tmp_path), worker=worker)
        slug = import_files(serving.library, [media], b"k" * 32).imported[0].slug
        confirm_draft(serving.library, slug, "A", stated_viewed=True)
        changes = []
        for number in KEPT:
            frame = {"frame_number": number}
            mark = {"item_id": f"mark-{number}", "frame": frame, "score": 5}
            points = {"clip_id": "clip-1", "frame": frame, "points": [[0, 0], [8, 0]]}
            length = {"item_id": f"length-{number}", "kind": "length", "title": f"At {number}", "marks": [points]}
            changes.append({"list": "clips/clip-1/patient_marks", "item_id": mark["item_id"], "item": mark})
            changes.append({"list": "measurements", "item_id": length["item_id"], "item": length})
        client = TestClient(Starlette(routes=case_routes(serving)))
        headers = {"Authorization": f"Bearer {serving.signer.mint(EDITOR_KEY, True).text}"}
        revision = serving.library.read(slug).revision
        answer = client.patch(f"/api/cases/{slug}", json={"based_on": revision, "changes": changes}, headers=headers)
        assert answer.status_code == 200
        yield serving.library, slug
        serving.close()


def kept_in(case, folder):
    """Return the numbers of the kept frames, after comparing each with the bytes that the file holds there."""
    marks = [mark.frame for mark in case.clips[0].patient_marks]
    marks += [measurement.marks[0].frame for measurement in case.measurements]
    with open_dicom(folder / case.clips[0].file) as source:
        for frame in marks:
            assert frame.stored_sha256 == hashlib.sha256(source.stored_frame(frame.frame_index)).hexdigest()
            assert frame.sop_instance_uid == source.header.SOPInstanceUID
    return [frame.frame_number for frame in marks]


def test_first_middle_and_last_are_read_again_as_they_were_saved(saved):
    library, slug = saved
    assert kept_in(Library(library.root).read(slug), library.folder(slug)) == [*KEPT, *KEPT]
    assert check_library(library) == []


def test_a_case_that_is_carried_to_another_library_keeps_them(saved, tmp_path):
    library, slug = saved
    other = Library(tmp_path / "elsewhere")
    other.root.mkdir()
    shutil.copytree(library.folder(slug), other.root / slug)
    assert kept_in(other.read(slug), other.folder(slug)) == [*KEPT, *KEPT]
    assert check_library(other) == []


def test_the_exported_table_names_the_frames(saved, tmp_path):
    library, slug = saved
    paths = export_case(library, slug, "csv", tmp_path / "out")
    table = next(path for path in paths if "measurement" in path.name)
    with table.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    column = next(name for name in rows[0] if name.startswith("frame"))
    assert [int(row[column]) for row in rows] == list(KEPT)


def test_the_exported_file_imported_again_has_the_same_frames(saved, tmp_path):
    library, slug = saved
    media = library.folder(slug) / "media" / "clip-1.dcm"
    again = Library(tmp_path / "again")
    new = import_files(again, [media], b"other" * 8).imported[0].slug
    with open_dicom(media) as before, open_dicom(again.folder(new) / "media" / "clip-1.dcm") as after:
        for number in KEPT:
            assert before.stored_frame(number - 1) == after.stored_frame(number - 1)


def test_a_clip_that_was_encoded_anew_is_noticed(saved, tmp_path):
    library, slug = saved
    folder, case = library.folder(slug), library.read(slug)
    pictures = ramp_frames(FRAMES, 48, 64)
    media = folder / case.clips[0].file
    with open_dicom(media) as source:
        header = {
            e.keyword: e.value
            for e in source.header
            if e.keyword in ("SOPInstanceUID", "PatientIdentityRemoved", "BurnedInAnnotation")
        }
    jpeg_file(media, [jpeg(picture, quality=60) for picture in pictures], pictures, **header)
    clip = case.clips[0].model_copy(update={"file_sha256": sha256_of(media), "file_bytes": media.stat().st_size})
    library.save(slug, case.model_copy(update={"clips": (clip,)}), case.revision)
    told = [problem.problem for problem in check_library(library)]
    assert any("frames whose bytes are others now: 1, 20, 40" in words for words in told)
