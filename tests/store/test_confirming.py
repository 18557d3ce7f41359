from pathlib import Path

import numpy as np
import pydicom
import pytest

from case_library.deidentify.remembered import RememberedMasks
from case_library.errors import CaseLibraryError, StaleEditError
from case_library.model.case import Status
from case_library.model.frame import FrameIdentity
from case_library.model.mask import MaskOrigin, MaskRectangle, PixelMask
from case_library.model.phase import PatientMark
from case_library.sources.dicom import open_dicom
from case_library.store import confirming
from case_library.store.check import check_library
from case_library.store.confirming import ConfirmRefusedError, confirm_draft, obstacles
from case_library.store.library import CaseChange, Library
from case_library.store.masking import set_mask, set_viewed
from tests.dicom_files import jpeg, jpeg_file, native_file, ramp_frames
from tests.store.drafts import CORNER, import_draft, media, with_clip


def without_mask(library: Library, slug: str) -> None:
    """Take the suggested masks away."""
    for clip in library.read(slug).clips:
        set_mask(library, slug, clip.clip_id, (), library.read(slug).revision)


def test_a_pending_mask_is_burned_into_every_frame_and_the_rest_stays(library: Library, tmp_path: Path) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(3)))
    set_mask(library, slug, "clip-1", [CORNER], library.read(slug).revision, by="Editor")
    draft = library.read(slug).clips[0]
    with open_dicom(media(library, slug, draft)) as source:
        before = [source.read_frame(i).copy() for i in range(3)]
    clip = confirm_draft(library, slug, "A. Reader").clips[0]
    with open_dicom(media(library, slug, clip)) as source:
        for frame_index, frame in enumerate(before):
            frame[0:4, 0:9] = 0
            assert np.array_equal(source.read_frame(frame_index), frame)
    assert clip.mask is None
    assert clip.burned is not None
    assert [r.box for r in clip.burned.rectangles] == [CORNER.box]
    assert (clip.burned.decided_by, clip.viewed) == ("A. Reader", None)
    header = pydicom.dcmread(media(library, slug, clip))
    assert (header.PatientIdentityRemoved, header.BurnedInAnnotation) == ("YES", "NO")
    assert clip.sop_instance_uid == header.SOPInstanceUID != draft.sop_instance_uid
    assert (clip.clock, clip.scale, clip.regions) == (draft.clock, draft.scale, draft.regions)
    assert check_library(library) == []


def test_what_hangs_on_a_frame_follows_it_to_its_new_identity(library: Library, tmp_path: Path) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(3)))
    uid = library.read(slug).clips[0].sop_instance_uid
    known = FrameIdentity(frame_number=2, sop_instance_uid=uid)
    of_another = FrameIdentity(frame_number=3, sop_instance_uid=uid, stored_sha256="0" * 64)
    marks = tuple(PatientMark(item_id=f"mark-{i}", frame=f) for i, f in enumerate((known, of_another)))
    with_clip(library, slug, patient_marks=marks, mask=PixelMask(rectangles=(CORNER,)))
    clip = confirm_draft(library, slug, "A").clips[0]
    assert clip.patient_marks[0].frame == FrameIdentity(frame_number=2, sop_instance_uid=clip.sop_instance_uid)
    assert clip.patient_marks[1].frame == of_another, "a frame that was another one before is not made this one"


def test_without_a_mask_the_stored_frames_and_their_identity_stay(library: Library, tmp_path: Path) -> None:
    frames = ramp_frames(2, 32, 32)
    slug = import_draft(library, jpeg_file(tmp_path / "a.dcm", [jpeg(frame) for frame in frames], frames))
    without_mask(library, slug)
    draft = library.read(slug).clips[0]
    with open_dicom(media(library, slug, draft)) as source:
        before = source.stored_frame(1)
    clip = confirm_draft(library, slug, "A", stated_viewed=True).clips[0]
    assert clip.sop_instance_uid == draft.sop_instance_uid
    with open_dicom(media(library, slug, clip)) as source:
        assert source.stored_frame(1) == before


def test_what_nothing_hides_must_have_been_seen_whole(library: Library, tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(1), SequenceOfUltrasoundRegions=None)
    slug = import_draft(library, path)
    (obstacle,) = obstacles(library.read(slug))
    assert (obstacle.clip_id, obstacle.kind) == ("clip-1", "not_viewed")
    with pytest.raises(ConfirmRefusedError, match=r"clip-1: nothing of it goes black.*100 %"):
        confirm_draft(library, slug, "A")
    assert library.read(slug).status is Status.DRAFT
    set_viewed(library, slug, "clip-1", library.read(slug).revision)
    assert obstacles(library.read(slug)) == ()
    viewed = confirm_draft(library, slug, "A").clips[0].viewed
    assert viewed is not None
    assert viewed.how == "page"


def test_a_person_may_answer_for_it_and_that_is_recorded(library: Library, tmp_path: Path) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(1), SequenceOfUltrasoundRegions=None))
    viewed = confirm_draft(library, slug, "A", stated_viewed=True).clips[0].viewed
    assert viewed is not None
    assert viewed.how == "stated"


def test_a_draft_that_was_changed_after_it_was_looked_at_is_not_published(library: Library, tmp_path: Path) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(1)))
    seen = library.read(slug).revision
    set_mask(library, slug, "clip-1", [CORNER], seen)
    with pytest.raises(StaleEditError):
        confirm_draft(library, slug, "A", based_on=seen)
    assert library.read(slug).status is Status.DRAFT


@pytest.mark.parametrize("damage", [b"gone bad", None], ids=["unreadable", "one bit"])
def test_a_file_that_is_not_what_was_imported_is_named_and_nothing_published(
    library: Library, tmp_path: Path, damage: bytes | None
) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(2)))
    path = media(library, slug, library.read(slug).clips[0])
    data = path.read_bytes()
    path.write_bytes(damage or data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(CaseLibraryError, match=r"clip-1.dcm is missing or is not what was imported; nothing was"):
        confirm_draft(library, slug, "A")
    assert library.read(slug).status is Status.DRAFT


def test_cancelling_in_the_middle_changes_nothing(library: Library, tmp_path: Path) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(5)))
    set_mask(library, slug, "clip-1", [CORNER], library.read(slug).revision)
    before = library.read(slug)

    def stop(done: int, total: int) -> None:
        assert total == 5
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        confirm_draft(library, slug, "A", progress=stop)
    assert library.read(slug) == before
    assert check_library(library) == []


def test_a_measure_that_would_change_stops_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(2)))
    set_mask(library, slug, "clip-1", [CORNER], library.read(slug).revision)
    confirm = confirming.confirm_header

    def slower(header: pydicom.Dataset) -> pydicom.Dataset:
        changed = confirm(header)
        changed.FrameTime = "41"
        return changed

    monkeypatch.setattr(confirming, "confirm_header", slower)
    with pytest.raises(CaseLibraryError, match="seconds from first to last frame would change from 0.04 to 0.041"):
        confirm_draft(library, slug, "A")
    assert library.read(slug).status is Status.DRAFT


def test_no_frame_of_before_is_left_anywhere(library: Library, tmp_path: Path) -> None:
    heard: list[CaseChange] = []
    library = Library(library.root, listeners=(heard.append,))
    frames = ramp_frames(2, 40, 40)
    frames[:, 0:4, 0:9] = np.frombuffer(b"SECRET-NAME-OF-A-PATIENT-BURNED-IN!!", np.uint8).reshape(4, 9)
    slug = import_draft(library, native_file(tmp_path / "a.dcm", frames))
    set_mask(library, slug, "clip-1", [CORNER], library.read(slug).revision)
    confirm_draft(library, slug, "A")
    left = [path for path in library.root.rglob("*") if path.is_file() and b"SECRET-NA" in path.read_bytes()]
    assert left == []
    assert heard[-1].before is not None
    assert heard[-1].before.clips[0].sop_instance_uid != heard[-1].after.clips[0].sop_instance_uid


def test_what_a_person_drew_is_remembered_for_the_machine_and_what_regions_say_is_not(
    library: Library, tmp_path: Path
) -> None:
    slug = import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(1)))
    outside = MaskRectangle(x=0, y=22, width=32, height=2, origin=MaskOrigin.OUTSIDE_REGIONS)
    with_clip(library, slug, screen_hmac="5" * 64, mask=PixelMask(rectangles=(CORNER, outside)))
    remembered = RememberedMasks(tmp_path / "config")
    confirm_draft(library, slug, "A", remembered=remembered)
    assert [r.box for r in remembered.offer("5" * 64, 32, 24)] == [CORNER.box]
