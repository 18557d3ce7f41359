from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid

from case_library.model.case import Status
from case_library.sources.dicom import open_dicom
from case_library.store import clip_writing
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import header_of, jpeg, jpeg_file, native_file, ramp_frames, write
from tests.shared_data import shared_data
from tests.store.conftest import SECRET


def test_a_file_becomes_a_draft(library: Library, tmp_path: Path) -> None:
    report = import_files(library, [native_file(tmp_path / "a.dcm", ramp_frames(3))], SECRET)
    (imported,) = report.imported
    case = library.read(imported.slug)
    assert case.status is Status.DRAFT
    assert case.title == ""
    (clip,) = case.clips
    assert (clip.frame_count, clip.columns, clip.rows) == (3, 32, 24)
    assert clip.clock.trusted
    assert clip.scale.mm_per_px == pytest.approx((0.1, 0.1))


def test_no_name_of_a_patient_or_a_file_reaches_the_library(library: Library, tmp_path: Path) -> None:
    frames = ramp_frames(2)
    streams = [jpeg(f, comment=b"MARKER comment") for f in frames]
    path = jpeg_file(tmp_path / "MARKER.dcm", streams, frames)
    data = bytearray(path.read_bytes())
    data[:6] = b"MARKER"  # the preamble may hold anything
    path.write_bytes(data)
    report = import_files(library, [path], SECRET)
    assert len(report.imported) == 1
    for file in library.root.rglob("*"):
        assert "MARKER" not in file.name
        assert not file.is_file() or b"MARKER" not in file.read_bytes()


def test_stored_frames_are_kept_byte_for_byte(library: Library, tmp_path: Path) -> None:
    frames = ramp_frames(3)
    streams = [jpeg(f) for f in frames]
    report = import_files(library, [jpeg_file(tmp_path / "a.dcm", streams, frames)], SECRET)
    with open_dicom(library.folder(report.imported[0].slug) / "media" / "clip-1.dcm") as source:
        assert [source.stored_frame(i).rstrip(b"\0") for i in range(3)] == [s.rstrip(b"\0") for s in streams]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_native_files_of_any_form_keep_their_samples(library: Library, tmp_path: Path, syntax: str) -> None:
    frames = ramp_frames(3, samples=3)
    path = write(tmp_path / "a.dcm", header_of(frames), frames.tobytes(), syntax)
    report = import_files(library, [path], SECRET)
    stored = pydicom.dcmread(library.folder(report.imported[0].slug) / "media" / "clip-1.dcm")
    assert np.array_equal(stored.pixel_array, frames)
    assert stored.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"


def test_clips_are_grouped_by_study_in_acquisition_order(library: Library, tmp_path: Path) -> None:
    study = generate_uid()
    for name, time, columns in (("c", "100300", 33), ("a", "100200", 34), ("b", "100100", 35)):
        native_file(
            tmp_path / f"{name}.dcm", ramp_frames(1, columns=columns),
            StudyInstanceUID=study, AcquisitionDate="20240301", AcquisitionTime=time,
        )  # fmt: skip
    native_file(tmp_path / "other.dcm", ramp_frames(1, columns=40))
    report = import_files(library, [tmp_path], SECRET)
    found = sorted([clip.clip.columns for clip in imported.clips] for imported in report.imported)
    assert found == [[35, 34, 33], [40]]


def test_a_bad_file_never_takes_the_good_ones_with_it(library: Library, tmp_path: Path) -> None:
    native_file(tmp_path / "good.dcm", ramp_frames(1))
    (tmp_path / "bad.dcm").write_bytes(b"nothing")
    report = import_files(library, [tmp_path, tmp_path / "missing.dcm"], SECRET)
    assert len(report.imported) == 1
    reasons = {Path(r.source).name: r.reason for r in report.refused}
    assert reasons.keys() == {"bad.dcm", "missing.dcm"}
    assert reasons["bad.dcm"].startswith("not a DICOM file: the mark 'DICM' is missing at byte 128")
    assert reasons["missing.dcm"] == "there is no such file or folder"


def test_a_frame_that_cannot_be_decoded_is_found_before_anything_is_kept(library: Library, tmp_path: Path) -> None:
    frames = ramp_frames(1)
    whole = jpeg(frames[0])
    without_size = whole.replace(whole[whole.index(b"\xff\xc0") + 4 :][:5], b"\x08\0\0\0\0")
    path = write(tmp_path / "a.dcm", header_of(frames), encapsulate([without_size]), JPEGBaseline8Bit)
    report = import_files(library, [path], SECRET)
    assert "Frame 1: it cannot be decoded" in report.refused[0].reason
    assert library.entries() == []


def test_the_same_file_is_imported_once(library: Library, tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(1))
    slug = import_files(library, [path, path], SECRET).imported[0].slug
    (refusal,) = import_files(library, [path], SECRET).refused
    assert refusal.reason == f"the same file is in the library already: clip-1 of case '{slug}'"


def test_clips_are_added_to_a_draft_after_those_it_has(library: Library, tmp_path: Path) -> None:
    slug = import_files(library, [native_file(tmp_path / "a.dcm", ramp_frames(1))], SECRET).imported[0].slug
    other = native_file(tmp_path / "b.dcm", ramp_frames(2))
    import_files(library, [other], SECRET, ImportOptions(add_to=slug))
    case = library.read(slug)
    assert [clip.clip_id for clip in case.clips] == ["clip-1", "clip-2"]
    assert case.revision == 2
    assert (library.folder(slug) / "media" / "clip-2.dcm").is_file()


def test_clips_are_not_added_to_a_published_case(library: Library, tmp_path: Path) -> None:
    slug = import_files(library, [native_file(tmp_path / "a.dcm", ramp_frames(1))], SECRET).imported[0].slug
    confirm_draft(library, slug, "A", stated_viewed=True)
    other = native_file(tmp_path / "b.dcm", ramp_frames(2))
    report = import_files(library, [other], SECRET, ImportOptions(add_to=slug))
    assert "new pixels are not confirmed yet" in report.refused[0].reason
    assert [p.name for p in (library.folder(slug) / "media").iterdir()] == ["clip-1.dcm"]


def test_a_dry_run_says_what_would_come_in_and_keeps_nothing(library: Library, tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(3))
    report = import_files(library, [path], SECRET, ImportOptions(dry_run=True))
    assert report.imported[0].clips[0].clip.frame_count == 3
    assert library.entries() == []


def test_an_import_that_fails_in_the_middle_leaves_nothing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(3))

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(clip_writing, "write_dicom", full)
    with pytest.raises(OSError, match="No space"):
        import_files(library, [path], SECRET)
    assert library.entries() == []
    assert list((library.root / "drafts" / ".staging").iterdir()) == []


@pytest.mark.parametrize(
    ("sop_class", "modality", "taken"),
    [
        ("1.2.840.10008.5.1.4.1.1.6.1", "US", True),
        ("1.2.840.10008.5.1.4.1.1.6", "US", True),
        ("1.2.840.10008.5.1.4.1.1.7", "US", True),
        ("1.2.840.10008.5.1.4.1.1.7", "OT", False),
        ("1.2.840.10008.5.1.4.1.1.2", "CT", False),
        ("1.2.840.10008.5.1.4.1.1.2", "US", False),
    ],
)
def test_other_modalities_need_force(
    library: Library, tmp_path: Path, sop_class: str, modality: str, taken: bool
) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(1), SOPClassUID=sop_class, Modality=modality)
    report = import_files(library, [path], SECRET)
    assert bool(report.imported) is taken
    if not taken:
        assert "--force imports it all the same" in report.refused[0].reason
        assert import_files(library, [path], SECRET, ImportOptions(force=True)).imported


def test_two_objects_of_one_identity_are_not_put_into_one_case(library: Library, tmp_path: Path) -> None:
    same = {"SOPInstanceUID": generate_uid(), "StudyInstanceUID": generate_uid()}
    native_file(tmp_path / "a.dcm", ramp_frames(1), **same)
    native_file(tmp_path / "b.dcm", ramp_frames(2), **same)
    report = import_files(library, [tmp_path], SECRET)
    assert len(report.imported[0].clips) == 1
    assert "the same SOP Instance UID" in report.refused[0].reason


def test_a_file_beyond_the_limit_is_refused_unread(library: Library, tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(1))
    report = import_files(library, [path], SECRET, ImportOptions(max_source_bytes=1000))
    assert "up to 1000 are imported (setting max_source_bytes)" in report.refused[0].reason


def test_progress_ends_at_the_whole(library: Library, tmp_path: Path) -> None:
    native_file(tmp_path / "a.dcm", ramp_frames(3))
    (tmp_path / "bad.dcm").write_bytes(b"x" * 500)
    seen: list[tuple[int, int]] = []
    import_files(library, [tmp_path], SECRET, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize(
    "name", ["examples_ybr_color.dcm", "Issue16.dcm", "OBXXXX1A_rle_2frame.dcm", "US-YBR_FULL_422-EVRLE.dcm"]
)
def test_real_files_keep_every_decoded_pixel(library: Library, name: str) -> None:
    original = shared_data(f"dicom-us/{name}")
    report = import_files(library, [original], SECRET)
    media = library.folder(report.imported[0].slug) / "media" / "clip-1.dcm"
    with open_dicom(original) as before, open_dicom(media) as after:
        assert before.clock == after.clock
        assert before.scale == after.scale
        for index in {0, before.frame_count // 2, before.frame_count - 1}:
            assert np.array_equal(before.read_frame(index), after.read_frame(index))
