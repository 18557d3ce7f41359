"""What was no DICOM image comes in, and reads back: frame count, times, scale, pixels."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image

from case_library.model.case import Clip
from case_library.model.mask import MaskOrigin, MaskRectangle
from case_library.model.trim import parse_trim
from case_library.sources.converted import Statements
from case_library.sources.dicom import open_dicom
from case_library.store.check import check_library
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import Announcement, ImportedClip, ImportOptions, ImportReport
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.masking import set_mask
from tests.dicom_files import header_of, native_file, ramp_frames, write
from tests.media_files import animation, colour_frames, grey_levels, picture, sequence, video
from tests.shared_data import shared_data
from tests.store.conftest import SECRET
from tests.store.test_dciodvfy import dciodvfy


def bring_in(library: Library, *paths: Path, **options: Any) -> ImportReport:
    return import_files(library, list(paths), SECRET, ImportOptions(**options))


def only_clip(report: ImportReport) -> ImportedClip:
    assert report.refused == []
    (case,) = report.imported
    (clip,) = case.clips
    return clip


def media(library: Library, report: ImportReport, clip: Clip) -> Path:
    return library.folder(report.imported[0].slug) / clip.file


def stored(library: Library, report: ImportReport, clip: Clip) -> list[NDArray[np.uint8]]:
    with open_dicom(media(library, report, clip)) as source:
        return [source.read_frame(i) for i in range(source.frame_count)]


def test_a_folder_of_pictures_becomes_one_clip_with_every_pixel(library: Library, tmp_path: Path) -> None:
    frames = colour_frames(4)
    sequence(tmp_path / "in", frames, "scan_{}.png", start=8)  # 8, 9, 10, 11
    report = bring_in(library, tmp_path / "in")
    clip = only_clip(report).clip
    assert (clip.frame_count, clip.columns, clip.rows, clip.photometric_interpretation) == (4, 32, 24, "RGB")
    assert all(np.array_equal(a, b) for a, b in zip(stored(library, report, clip), frames, strict=True))
    assert (clip.clock.origin, clip.clock.trusted, clip.scale.origin) == ("assumed", False, "none")
    assert only_clip(report).source == str(tmp_path / "in")
    assert check_library(library) == []


def test_colours_that_are_all_grey_are_stored_as_grey_and_it_is_said(library: Library, tmp_path: Path) -> None:
    frames = np.repeat(ramp_frames(3)[..., np.newaxis], 3, axis=3)
    sequence(tmp_path / "in", frames)
    report = bring_in(library, tmp_path / "in")
    clip = only_clip(report)
    assert clip.clip.photometric_interpretation == "MONOCHROME2"
    assert "every frame is grey and is stored so" in clip.notes
    assert all(np.array_equal(a, b[..., 0]) for a, b in zip(stored(library, report, clip.clip), frames, strict=True))


def test_one_frame_with_colours_keeps_the_clip_in_colour(library: Library, tmp_path: Path) -> None:
    sequence(tmp_path / "in", [*ramp_frames(3), colour_frames(1)[0]])
    report = bring_in(library, tmp_path / "in")
    clip = only_clip(report).clip
    assert clip.photometric_interpretation == "RGB"
    assert np.array_equal(stored(library, report, clip)[1][..., 2], ramp_frames(3)[1])


def test_a_stated_rate_and_scale_are_in_the_clip_and_in_its_file(library: Library, tmp_path: Path) -> None:
    sequence(tmp_path / "in", ramp_frames(5))
    report = bring_in(library, tmp_path / "in", statements=Statements(fps=50, px_per_cm=115.25))
    clip = only_clip(report).clip
    assert (clip.clock.origin, clip.clock.trusted, clip.clock.time_s(4)) == ("stated_by_user", True, 0.08)
    assert clip.clock.why == "Stated at import: 50 frames per second"
    assert (clip.scale.origin, clip.scale.trusted) == ("stated_by_user", True)
    assert clip.scale.mm_per_px == pytest.approx((10 / 115.25, 10 / 115.25))
    assert clip.scale.why == "Stated at import: 115.25 pixels per cm"
    assert check_library(library) == []
    ds = pydicom.dcmread(media(library, report, clip), stop_before_pixels=True)
    assert float(ds.FrameTime) == pytest.approx(20.0)
    assert ds.SequenceOfUltrasoundRegions[0].PhysicalDeltaX == pytest.approx(1 / 115.25)


def test_with_a_stated_rate_a_missing_picture_keeps_its_time_and_is_said(library: Library, tmp_path: Path) -> None:
    paths = sequence(tmp_path / "in", ramp_frames(6))
    paths[3].unlink()
    clip = only_clip(bring_in(library, tmp_path / "in", statements=Statements(fps=10)))
    assert clip.clip.clock.frame_times_s == pytest.approx((0.0, 0.1, 0.2, 0.4, 0.5))
    assert "in the names of the pictures 1 number is missing: 1 after frame 3" in clip.notes


def test_a_damaged_picture_leaves_a_gap_and_the_others_come_in(library: Library, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (5, 24, 32), np.uint8)
    paths = sequence(tmp_path / "in", list(noise))
    paths[2].write_bytes(paths[2].read_bytes()[:300])
    report = bring_in(library, tmp_path / "in")
    (refusal,) = report.refused
    assert refusal.source == str(paths[2])
    assert "damaged" in refusal.reason
    clip = report.imported[0].clips[0]
    assert clip.clip.frame_count == 4
    assert "1 after frame 2" in " ".join(clip.notes)


def test_grey_of_16_bits_keeps_every_bit_and_its_scale_in_the_case(library: Library, tmp_path: Path) -> None:
    frames = [(frame.astype(np.uint16) * 40 + 3) for frame in ramp_frames(3)]
    sequence(tmp_path / "in", frames)
    report = bring_in(library, tmp_path / "in", statements=Statements(fps=20, px_per_cm=100), compact=True)
    clip = only_clip(report).clip
    ds = pydicom.dcmread(media(library, report, clip))
    assert ds.SOPClassUID.name == "Multi-frame Grayscale Word Secondary Capture Image Storage"
    assert np.array_equal(ds.pixel_array, frames)
    assert clip.scale.mm_per_px == pytest.approx((0.1, 0.1))
    assert clip.scale.origin == "stated_by_user"
    assert clip.conversion is not None
    assert not clip.conversion.compact
    assert check_library(library) == []
    # Shown from the lowest to the highest value of the clip.
    shown = np.stack(stored(library, report, clip))
    assert (shown.min(), shown.max()) == (0, 255)


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_an_animation_keeps_its_times_without_trust(library: Library, tmp_path: Path, suffix: str) -> None:
    frames = ramp_frames(4)
    path = animation(tmp_path / f"a.{suffix}", frames, [40, 40, 200, 40])
    report = bring_in(library, path)
    clip = only_clip(report).clip
    assert clip.clock.frame_times_s == pytest.approx((0.0, 0.04, 0.08, 0.28))
    assert (clip.clock.origin, clip.clock.trusted) == ("media_times", False)
    assert all(np.array_equal(a, b) for a, b in zip(stored(library, report, clip), frames, strict=True))
    assert check_library(library) == []


def test_a_video_becomes_its_decoded_frames_with_their_times(library: Library, tmp_path: Path) -> None:
    frames = colour_frames(6, 32, 32)
    ticks = [0, 40, 80, 300, 340, 1000]
    path = video(tmp_path / "a.mkv", frames, codec="ffv1", pixel_format="bgr0", ticks=ticks, sound=True)
    report = bring_in(library, path)
    clip = only_clip(report).clip
    assert clip.clock.frame_times_s == pytest.approx([tick / 1000 for tick in ticks])
    assert (clip.clock.origin, clip.clock.trusted) == ("media_times", False)
    assert all(np.array_equal(a, b) for a, b in zip(stored(library, report, clip), frames, strict=True))
    assert clip.conversion is not None
    assert clip.conversion.notes == ("its sound was left out",)
    assert check_library(library) == []


def test_a_compact_clip_says_how_much_it_is_off(library: Library, tmp_path: Path) -> None:
    frames = colour_frames(5, 48, 64)
    sequence(tmp_path / "in", frames)
    report = bring_in(library, tmp_path / "in", compact=True)
    clip = only_clip(report).clip
    off = np.abs(np.stack(stored(library, report, clip)).astype(int) - frames)
    assert clip.conversion is not None
    assert (clip.conversion.compact, clip.conversion.max_error) == (True, off.max())
    assert clip.conversion.mean_error == pytest.approx(off.mean(), abs=1e-3)
    ds = pydicom.dcmread(media(library, report, clip), stop_before_pixels=True)
    assert (ds.LossyImageCompression, ds.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert ds.PhotometricInterpretation == "YBR_FULL_422"
    assert check_library(library) == []


def test_the_loss_that_a_source_had_before_stays_recorded(library: Library, tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", colour_frames(4, 32, 32), codec="libx264")
    report = bring_in(library, path, compact=True)
    ds = pydicom.dcmread(media(library, report, only_clip(report).clip), stop_before_pixels=True)
    assert list(ds.LossyImageCompressionMethod) == ["ISO_14496_10", "ISO_10918_1"]
    assert len(ds.LossyImageCompressionRatio) == 2


def test_a_part_is_taken_in_seconds_or_frames(library: Library, tmp_path: Path) -> None:
    frames = colour_frames(20, 32, 32)
    path = video(tmp_path / "a.mkv", frames, codec="ffv1", pixel_format="bgr0", fps=10)
    for text, first, count in (("0.5s-1s", 5, 6), ("18-", 17, 3)):
        report = bring_in(library, path, statements=Statements(trim=parse_trim(text)))
        clip = only_clip(report).clip
        found = stored(library, report, clip)
        assert len(found) == count
        assert np.array_equal(found[0], frames[first])
        assert np.array_equal(found[-1], frames[first + count - 1])
        assert clip.clock.time_s(count - 1) == pytest.approx((count - 1) / 10)
    (refusal,) = bring_in(library, path, statements=Statements(trim=parse_trim("9s-"))).refused
    assert "none of its 20 frame(s), 1.90 s to the last, lies in the part" in refusal.reason


def test_the_size_is_predicted_before_a_conversion_begins(library: Library, tmp_path: Path) -> None:
    sequence(tmp_path / "in", colour_frames(12, 48, 64))
    heard: list[Announcement] = []
    options = ImportOptions()
    report = import_files(library, [tmp_path / "in"], SECRET, options, announce=heard.append)
    (announced,) = heard
    clip = only_clip(report)
    assert announced.predicted == clip.predicted
    assert announced.frame_count == 12
    assert announced.predicted.lossless_bytes == pytest.approx(clip.clip.file_bytes, rel=0.25)


def test_a_conversion_can_be_stopped_when_its_size_is_heard(library: Library, tmp_path: Path) -> None:
    sequence(tmp_path / "in", colour_frames(3))

    def stop(announcement: Announcement) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files(library, [tmp_path / "in"], SECRET, announce=stop)
    assert library.entries() == []
    assert list((library.root / "drafts" / ".staging").iterdir()) == []


def test_a_dry_run_says_what_would_come_of_a_video_without_converting_it(library: Library, tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", colour_frames(8, 32, 32))
    report = bring_in(library, path, dry_run=True)
    clip = only_clip(report)
    assert (clip.clip.frame_count, clip.clip.clock.origin) == (8, "media_times")
    assert clip.predicted is not None
    assert clip.clip.file_bytes == clip.predicted.lossless_bytes
    assert library.entries() == []


def test_a_still_is_a_clip_of_one_frame(library: Library, tmp_path: Path) -> None:
    frame = colour_frames(1)[0]
    report = bring_in(library, picture(tmp_path / "a.bmp", frame), statements=Statements(fps=25, px_per_cm=50))
    clip = only_clip(report).clip
    assert (clip.frame_count, clip.clock.origin, clip.scale.mm_per_px) == (1, "still", pytest.approx((0.2, 0.2)))
    assert np.array_equal(stored(library, report, clip)[0], frame)
    assert pydicom.dcmread(media(library, report, clip)).SOPClassUID.name == "Ultrasound Image Storage"


def test_loose_numbered_pictures_are_one_clip_and_others_are_stills(library: Library, tmp_path: Path) -> None:
    numbered = sequence(tmp_path, ramp_frames(3))
    others = [
        picture(tmp_path / name, colour_frames(1)[0] // (i + 1)) for i, name in enumerate(("knee.png", "hip.png"))
    ]
    report = bring_in(library, *others, *numbered)
    (case,) = report.imported
    assert [clip.clip.frame_count for clip in case.clips] == [1, 1, 3]


def test_pictures_of_different_size_in_a_folder_are_stills_of_one_case(library: Library, tmp_path: Path) -> None:
    for i in range(3):
        picture(tmp_path / "in" / f"img_{i}.tif", ramp_frames(1, columns=32 + i)[0])
    (case,) = bring_in(library, tmp_path / "in").imported
    assert [clip.clip.columns for clip in case.clips] == [32, 33, 34]
    uids = {pydicom.dcmread(library.folder(case.slug) / clip.clip.file).StudyInstanceUID for clip in case.clips}
    assert uids == {case.case.study_instance_uid}


def test_each_given_folder_of_pictures_is_a_case_of_its_own(library: Library, tmp_path: Path) -> None:
    for name in ("a", "b"):
        sequence(tmp_path / name, ramp_frames(2) // (1 if name == "a" else 2))
    report = bring_in(library, tmp_path / "a", tmp_path / "b")
    assert len(report.imported) == 2
    assert len({case.case.study_instance_uid for case in report.imported}) == 2


def test_a_zip_with_everything_in_it_comes_in_and_bad_members_stop_nothing(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    native_file(folder / "dicom.dcm", ramp_frames(2))
    sequence(folder / "series", ramp_frames(3))
    animation(folder / "a.gif", ramp_frames(2), 40)
    (folder / "notes.txt").write_text("Mr. MARKER")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
        archive.writestr("../evil.dcm", b"x")
    report = bring_in(library, tmp_path / "a.zip")
    assert sorted(clip.clip.frame_count for case in report.imported for clip in case.clips) == [2, 2, 3]
    reasons = {refusal.source.removeprefix(str(tmp_path)): refusal.reason for refusal in report.refused}
    assert reasons.keys() == {"/a.zip/notes.txt", "/a.zip/../evil.dcm"}
    assert check_library(library) == []


def test_nothing_of_a_files_metadata_or_name_reaches_the_library(library: Library, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = "MARKER"
    picture(tmp_path / "MARKER.png", colour_frames(1)[0], exif=exif)
    picture(tmp_path / "MARKER.jpg", colour_frames(1, 30)[0], exif=exif, comment=b"MARKER")
    animation(tmp_path / "MARKER.gif", ramp_frames(2), 40)
    video(tmp_path / "MARKER.mp4", colour_frames(2, 32, 32), metadata={"title": "MARKER", "comment": "MARKER"})
    assert b"MARKER" in (tmp_path / "MARKER.mp4").read_bytes()
    report = bring_in(library, *sorted(tmp_path.glob("MARKER.*")))
    assert len(report.imported[0].clips) == 4
    for file in library.root.rglob("*"):
        assert "MARKER" not in file.name
        assert not file.is_file() or b"MARKER" not in file.read_bytes()


def test_a_video_in_dicom_keeps_its_cleaned_header_and_its_clock(library: Library, tmp_path: Path) -> None:
    frames = grey_levels(6, 48, 64)
    stream = video(tmp_path / "a.mp4", frames, codec="libx264").read_bytes()
    header = header_of(
        frames, PhotometricInterpretation="YBR_PARTIAL_420", StageName="Rest (relaxed)", Manufacturer="GE Healthcare",
        LossyImageCompression="01",
    )  # fmt: skip
    path = write(
        tmp_path / "a.dcm", header, pydicom.encaps.encapsulate([stream], has_bot=False), "1.2.840.10008.1.2.4.102"
    )
    report = bring_in(library, path, compact=True)
    clip = only_clip(report).clip
    assert (clip.frame_count, clip.stage, clip.machine.manufacturer) == (6, "REST", "GE")
    assert (clip.clock.origin, clip.clock.trusted, clip.clock.frame_time_s) == ("frame_time", True, 0.04)
    assert clip.scale.trusted
    for found, frame in zip(stored(library, report, clip), frames, strict=True):
        assert abs(float(found.mean()) - frame.mean()) < 2.4
    ds = pydicom.dcmread(media(library, report, clip), stop_before_pixels=True)
    assert list(ds.LossyImageCompressionMethod) == ["ISO_14496_10", "ISO_10918_1"]
    assert b"MARKER" not in media(library, report, clip).read_bytes()
    assert check_library(library) == []


def test_a_dicom_video_that_declares_another_number_of_frames_has_those_it_has(
    library: Library, tmp_path: Path
) -> None:
    frames = grey_levels(6, 48, 64)
    stream = video(tmp_path / "a.mp4", frames, codec="libx264").read_bytes()
    header = header_of(frames, PhotometricInterpretation="YBR_PARTIAL_420", NumberOfFrames=9)
    path = write(
        tmp_path / "a.dcm", header, pydicom.encaps.encapsulate([stream], has_bot=False), "1.2.840.10008.1.2.4.102"
    )
    clip = only_clip(bring_in(library, path))
    assert clip.clip.frame_count == 6
    assert any("another number of frames" in note for note in clip.notes)


def test_what_is_stated_counts_where_a_dicom_file_says_nothing_that_can_be_trusted(
    library: Library, tmp_path: Path
) -> None:
    path = native_file(
        tmp_path / "a.dcm", ramp_frames(4), FrameTime=None, FrameIncrementPointer=None, SequenceOfUltrasoundRegions=None
    )
    clip = only_clip(bring_in(library, path, statements=Statements(fps=20, px_per_cm=50))).clip
    assert (clip.clock.origin, clip.clock.trusted, clip.clock.frame_time_s) == ("stated_by_user", True, 0.05)
    assert (clip.scale.origin, clip.scale.mm_per_px) == ("stated_by_user", pytest.approx((0.2, 0.2)))
    assert check_library(library) == []


def test_a_clock_and_a_scale_that_can_be_trusted_are_not_overruled(library: Library, tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(4))
    imported = only_clip(bring_in(library, path, statements=Statements(fps=20, px_per_cm=50, trim=parse_trim("1-2"))))
    assert (imported.clip.clock.origin, imported.clip.scale.origin) == ("frame_time", "us_region")
    assert len(imported.notes) == 3


def test_a_converted_clip_that_is_imported_again_is_no_more_trusted(library: Library, tmp_path: Path) -> None:
    sequence(tmp_path / "in", ramp_frames(3))
    report = bring_in(library, tmp_path / "in", statements=Statements(px_per_cm=80))
    again = tmp_path / "again.dcm"
    shutil.copyfile(media(library, report, only_clip(report).clip), again)
    clip = only_clip(bring_in(library, again)).clip
    assert (clip.clock.origin, clip.clock.trusted, clip.scale.origin) == ("assumed", False, "stated_by_user")


@pytest.mark.parametrize("compact", [False, True], ids=["lossless", "compact"])
@pytest.mark.parametrize("wide", [False, True], ids=["8-bit", "16-bit"])
def test_a_published_conversion_says_the_same_of_clock_and_scale(
    library: Library, tmp_path: Path, wide: bool, compact: bool
) -> None:
    frames = [frame.astype(np.uint16) * 200 for frame in ramp_frames(3)] if wide else ramp_frames(3)
    sequence(tmp_path / "in", list(frames))
    report = bring_in(library, tmp_path / "in", statements=Statements(px_per_cm=80), compact=compact)
    before, slug = only_clip(report).clip, report.imported[0].slug
    rectangle = MaskRectangle(x=0, y=0, width=8, height=8, origin=MaskOrigin.DRAWN)
    set_mask(library, slug, "clip-1", [rectangle], based_on=1)
    confirm_draft(library, slug, "A", stated_viewed=True)
    after = library.read(slug).clips[0]
    assert (after.clock, after.scale, after.conversion) == (before.clock, before.scale, before.conversion)
    assert after.clock.origin == "assumed"
    assert after.scale.origin == "stated_by_user"
    assert check_library(library) == []
    assert dciodvfy(library.folder(slug) / after.file) == []
    with open_dicom(library.folder(slug) / after.file) as source:
        assert source.read_frame(1)[:8, :8].max() == 0


def test_the_same_sequence_is_noticed_and_another_part_of_it_is_not_the_same(library: Library, tmp_path: Path) -> None:
    sequence(tmp_path / "in", ramp_frames(4))
    bring_in(library, tmp_path / "in")
    (refusal,) = bring_in(library, tmp_path / "in").refused
    assert "the same file is in the library already" in refusal.reason
    assert bring_in(library, tmp_path / "in", statements=Statements(trim=parse_trim("2-3"))).refused == []


def test_progress_rises_and_ends_at_the_whole(library: Library, tmp_path: Path) -> None:
    sequence(tmp_path / "in", ramp_frames(6))
    seen: list[tuple[int, int]] = []
    import_files(library, [tmp_path / "in"], SECRET, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len({done for done, _ in seen}) > 5
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize(
    ("name", "clips", "frames"),
    [
        ("sequences/LG_jumping", 1, 23),
        ("sequences/VL_S1_L20", 1, 9),
        ("stills", 9, 9),
        ("video/DemoBMode.mov", 1, 10),
        ("video/contraction.gif", 1, 10),
        ("video/gastroc_jumping_timtrack.avi", 1, 10),
        ("video/p6_isokinetic120_01_push_01.mp4", 1, 10),
        ("video/p6_passive_ROM_01_push_01.mp4", 1, 10),
        ("dicom-video-derived/H264_remux_share.dcm", 1, 10),
        ("dicom-video-derived/MPEG2_MPML_share.dcm", 1, 10),
    ],
)
def test_every_real_source_comes_in(library: Library, name: str, clips: int, frames: int) -> None:
    path = shared_data(name)
    trim = parse_trim("1-10") if path.is_file() else None
    report = bring_in(library, path, statements=Statements(px_per_cm=115.25, trim=trim))
    (case,) = report.imported
    assert [refusal.source for refusal in report.refused if not refusal.source.endswith(".mat")] == []
    assert len(case.clips) == clips
    assert sum(clip.clip.frame_count for clip in case.clips) == frames
    assert all(clip.clip.scale.trusted for clip in case.clips)
    assert check_library(library) == []
