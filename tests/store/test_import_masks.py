"""What an import hides, asks, remembers and records."""

import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np

from case_library.deidentify.remembered import RememberedMasks
from case_library.model.mask import MaskOrigin, MaskRectangle
from case_library.sources.dicom import open_dicom
from case_library.store.check import check_library
from case_library.store.confirming import confirm_draft
from case_library.store.import_record import read_records
from case_library.store.import_report import ImportOptions, ImportReport
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.masking import set_mask
from case_library.store.undoing import undo_import
from tests.dicom_files import native_file, ramp_frames
from tests.media_files import picture
from tests.store.conftest import SECRET
from tests.store.drafts import media

GIVEN = (MaskRectangle(x=0, y=0, width=32, height=3, origin=MaskOrigin.GIVEN),)


def do_import(library: Library, *paths: Path, **options: Any) -> ImportReport:
    return import_files(library, list(paths), SECRET, ImportOptions(**options))


def test_outside_its_regions_a_clip_goes_black_when_it_is_confirmed(library: Library, tmp_path: Path) -> None:
    report = do_import(library, native_file(tmp_path / "a.dcm", ramp_frames(2)))
    slug = report.imported[0].slug
    confirm_draft(library, slug, "A")
    with open_dicom(media(library, slug, library.read(slug).clips[0])) as source:
        for frame_index in range(2):
            expected = ramp_frames(2)[frame_index].copy()
            expected[:2] = expected[22:] = expected[:, :2] = expected[:, 30:] = 0
            assert np.array_equal(source.read_frame(frame_index), expected)


def test_a_given_mask_is_burned_in_before_anything_is_in_the_library(library: Library, tmp_path: Path) -> None:
    frames = ramp_frames(2)
    frames[:, 0, :] = np.frombuffer(b"BURNED-IN-NAME-OF-A-PATIENT-----", np.uint8)
    report = do_import(library, native_file(tmp_path / "a.dcm", frames), mask=GIVEN)
    (imported,) = report.imported
    clip = imported.clips[0].clip
    assert clip.burned is not None
    assert clip.burned.rectangles == GIVEN
    with open_dicom(media(library, imported.slug, clip)) as source:
        assert not source.read_frame(1)[:3].any()
        assert np.array_equal(source.read_frame(1)[3:], frames[1, 3:])
        assert source.header.PatientIdentityRemoved == "NO"
    assert not [p for p in library.root.rglob("*") if p.is_file() and b"BURNED-IN" in p.read_bytes()]
    assert check_library(library) == []


def test_a_given_mask_is_burned_into_pictures_too(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", ramp_frames(1)[0])
    (imported,) = do_import(library, path, mask=GIVEN).imported
    with open_dicom(media(library, imported.slug, imported.clips[0].clip)) as source:
        assert not source.read_frame(0)[:3].any()
        assert np.array_equal(source.read_frame(0)[3:], ramp_frames(1)[0, 3:])
    (planned,) = do_import(Library(tmp_path / "other"), path, mask=GIVEN, dry_run=True).imported
    assert planned.clips[0].clip.burned is not None


def test_a_given_mask_that_leaves_the_frame_refuses_that_clip_alone(library: Library, tmp_path: Path) -> None:
    small = native_file(tmp_path / "small.dcm", ramp_frames(1, 8, 8), SequenceOfUltrasoundRegions=None)
    report = do_import(library, small, native_file(tmp_path / "a.dcm", ramp_frames(1)), mask=GIVEN)
    assert len(report.imported) == 1
    assert "leaves the 8 x 8 frame" in report.refused[0].reason


def test_what_was_confirmed_for_a_machine_is_offered_for_its_next_clip(library: Library, tmp_path: Path) -> None:
    remembered = RememberedMasks(tmp_path / "config")
    machine = {"Manufacturer": "Maker", "ManufacturerModelName": "Model", "SequenceOfUltrasoundRegions": None}
    first = do_import(library, native_file(tmp_path / "a.dcm", ramp_frames(1), **machine), remembered=remembered)
    slug = first.imported[0].slug
    assert library.read(slug).clips[0].mask is None
    drawn = MaskRectangle(x=1, y=2, width=3, height=4, origin=MaskOrigin.DRAWN)
    set_mask(library, slug, "clip-1", [drawn], 1)
    confirm_draft(library, slug, "A", remembered=remembered)
    second = do_import(library, native_file(tmp_path / "b.dcm", ramp_frames(2), **machine), remembered=remembered)
    offered = second.imported[0].case.clips[0].mask
    assert offered is not None
    assert [(r.box, r.origin) for r in offered.rectangles] == [((1, 2, 3, 4), "remembered")]


def test_a_title_with_the_name_of_the_patient_is_refused_without_quoting_it(library: Library, tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(1), PatientName="Winterbottom^Ada")
    report = do_import(library, path, title="Tear, Mrs winterbottom")
    assert report.imported == []
    assert "PatientName" in report.refused[0].reason
    assert "interbottom" not in report.refused[0].reason
    assert "interbottom" not in repr(report)
    assert [entry.slug for entry in library.entries()] == []


def test_a_name_in_the_texts_of_a_draft_that_grows_is_named_by_its_place(library: Library, tmp_path: Path) -> None:
    slug = do_import(library, native_file(tmp_path / "a.dcm", ramp_frames(1))).imported[0].slug
    case = library.read(slug)
    library.save(slug, case.model_copy(update={"summary": "Seen with Ada today"}), 1)
    path = native_file(tmp_path / "b.dcm", ramp_frames(2), PatientName="Winterbottom^Ada")
    report = do_import(library, path, add_to=slug)
    (match,) = report.imported[0].texts
    assert (match.field, match.start, match.end, match.element) == ("summary", 10, 13, "PatientName")
    record = read_records(library, slug)[-1]
    assert [(text.field, text.element) for text in record.texts] == [("summary", "PatientName")]


def test_the_record_says_what_was_removed_and_what_to_look_at_without_a_value(library: Library, tmp_path: Path) -> None:
    path = native_file(tmp_path / "MARKER.dcm", ramp_frames(1), SequenceOfUltrasoundRegions=None)
    report = do_import(library, path)
    slug = report.imported[0].slug
    (record,) = read_records(library, slug)
    assert record.import_id == report.import_id == library.read(slug).clips[0].import_id
    (clip,) = record.clips
    assert {"StudyDescription", "InstitutionName"} <= set(clip.header.removed)
    assert any("look at it whole at 100 %" in sentence for sentence in clip.look_at)
    (written,) = (library.folder(slug) / "reports").iterdir()
    assert b"MARKER" not in written.read_bytes()
    confirm_draft(library, slug, "A", stated_viewed=True)
    assert read_records(library, slug) == [record]
    assert check_library(library) == []


def test_a_record_that_was_damaged_is_named_by_check(library: Library, tmp_path: Path) -> None:
    slug = do_import(library, native_file(tmp_path / "a.dcm", ramp_frames(1))).imported[0].slug
    (written,) = (library.folder(slug) / "reports").iterdir()
    written.write_text("{}")
    (problem,) = check_library(library)
    assert problem.problem == "not the record of an import"
    assert read_records(library, slug) == []


def test_a_whole_import_is_taken_back(library: Library, tmp_path: Path) -> None:
    before = do_import(library, native_file(tmp_path / "a.dcm", ramp_frames(1))).imported[0].slug
    paths = [native_file(tmp_path / f"{n}.dcm", ramp_frames(n)) for n in (2, 3)]
    report = do_import(library, *paths)
    added = do_import(library, native_file(tmp_path / "x.dcm", ramp_frames(4)), add_to=before)
    assert len(undo_import(library, report.import_id).discarded) == 2
    assert undo_import(library, added.import_id).shortened == {before: ["clip-2"]}
    assert [entry.slug for entry in library.entries()] == [before]
    assert len(do_import(library, *paths).imported) == 2, "it can come in again"


def test_two_imports_at_once_do_not_disturb_each_other(library: Library, tmp_path: Path) -> None:
    shared = native_file(tmp_path / "same.dcm", ramp_frames(2))
    slug = do_import(library, native_file(tmp_path / "first.dcm", ramp_frames(5))).imported[0].slug
    own = [native_file(tmp_path / f"own-{n}.dcm", ramp_frames(3) + n) for n in range(3)]
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=_import_at_once, args=(library.root, slug, path, shared)) for path in own]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0, 0, 0]
    clips = [clip for entry in library.entries() if entry.case is not None for clip in entry.case.clips]
    digests = [clip.source_hmac for clip in clips]
    assert len(digests) == len(set(digests)) == 5, "the shared file came in once, every other one too"
    assert [clip.clip_id for clip in library.read(slug).clips] == ["clip-1", "clip-2", "clip-3", "clip-4"]
    assert check_library(library) == []


def _import_at_once(root: Path, slug: str, own: Path, shared: Path) -> None:
    library = Library(root)
    assert do_import(library, own, add_to=slug).refused == []
    refused = do_import(library, shared).refused
    assert all("the same file" in refusal.reason for refusal in refused)
