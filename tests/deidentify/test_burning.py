"""Every frame is black inside the mask and what the decoder gave outside of it, and nothing measured changes."""

import hashlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from case_library.deidentify.burning import Burning, black_out, burn
from case_library.deidentify.header import clean_header
from case_library.deidentify.unchanged import ChangedMeasureError, require_same_measures
from case_library.model.mask import MaskOrigin, MaskRectangle
from case_library.sources.dicom import open_dicom
from tests.deidentify.marked_clips import KINDS, marked_clip
from tests.dicom_files import header_of, jpeg, jpeg_file, native_file, ramp_frames, write
from tests.shared_data import shared_data

MASK = [
    MaskRectangle(x=x, y=y, width=w, height=h, origin=MaskOrigin.DRAWN) for x, y, w, h in ((0, 0, 9, 5), (11, 7, 3, 6))
]
BOXES = [rectangle.box for rectangle in MASK]


def burned(path: Path, tmp_path: Path) -> tuple[Path, Burning]:
    """Clean a file, burn the mask in, and check it against its original."""
    target = tmp_path / "masked.dcm"
    with open_dicom(path) as source:
        header = clean_header(
            source.header, b"s" * 32, confirmed=False, frame_count=source.frame_count, source_key=lambda: "k"
        )
        done = burn(source, target, MASK, header)
        with open_dicom(target) as masked:
            require_same_measures(source, masked)
            for frame_index in range(source.frame_count):
                if frame_index + 1 in done.black_frames:
                    continue
                expected = source.read_frame(frame_index).copy()
                shown = masked.read_frame(frame_index)
                for x, y, width, height in BOXES:
                    assert shown[y : y + height, x : x + width].max() == 0
                    expected[y : y + height, x : x + width] = shown[y : y + height, x : x + width]
                assert np.array_equal(shown, expected)
    return target, done


@pytest.mark.parametrize("kind", KINDS)
def test_outside_the_mask_every_frame_is_what_the_decoder_gave(tmp_path: Path, kind: str) -> None:
    target, _ = burned(marked_clip(tmp_path / "a.dcm", kind, 3).path, tmp_path)
    written = pydicom.dcmread(target)
    assert written.file_meta.TransferSyntaxUID == JPEGLSLossless
    assert written.NumberOfFrames == 3
    expected = {"inverted": "MONOCHROME1", "grey": "MONOCHROME2", "palette": "PALETTE COLOR"}.get(kind, "RGB")
    assert written.PhotometricInterpretation == expected
    assert written.get("PlanarConfiguration") == (0 if expected == "RGB" else None)


@pytest.mark.parametrize(
    "name",
    [
        "Issue16.dcm", "OBXXXX1A_rle_2frame.dcm", "US-YBR_FULL_422-EVRLE.dcm", "US1_J2KI.dcm", "US1_J2KR.dcm",
        "YBR_FULL-RLE.dcm", "color-pl.dcm", "gdcm-US-ALOKA-16.dcm", "ExplVR_BigEnd.dcm", "GH364.dcm",
        "JPGLosslessP14SV1_1s_1f_8b.dcm", "examples_ybr_color.dcm", "undefined-length-test.dcm",
    ],
)  # fmt: skip
def test_real_files_of_every_kind_keep_each_pixel_outside_the_mask(tmp_path: Path, name: str) -> None:
    burned(shared_data(f"dicom-us/{name}"), tmp_path)


def test_other_pixels_are_another_object_and_say_what_was_done(tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(2), ImageType=["ORIGINAL", "PRIMARY"])
    target, done = burned(path, tmp_path)
    header = pydicom.dcmread(target)
    assert header.SOPInstanceUID == done.uid_after == header.file_meta.MediaStorageSOPInstanceUID
    assert done.uid_after != done.uid_before
    assert list(header.ImageType) == ["DERIVED", "PRIMARY"]
    assert [item.CodeValue for item in header.DerivationCodeSequence] == ["113047"]
    assert "LossyImageCompression" not in header


def test_the_same_mask_on_the_same_object_gives_the_same_bytes(tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(2))
    with open_dicom(path) as source:
        burn(source, tmp_path / "b.dcm", MASK)
        burn(source, tmp_path / "c.dcm", MASK)
        other = burn(source, tmp_path / "d.dcm", MASK[:1])
    assert (tmp_path / "b.dcm").read_bytes() == (tmp_path / "c.dcm").read_bytes()
    assert other.uid_after != pydicom.dcmread(tmp_path / "b.dcm").SOPInstanceUID


def test_each_frame_is_known_by_what_its_bytes_were_and_are(tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(3))
    with open_dicom(path) as source:
        done = burn(source, tmp_path / "masked.dcm", MASK, hung_on={1, 3})
        with open_dicom(tmp_path / "masked.dcm") as masked:
            for number, replaced in done.frames.items():
                assert hashlib.sha256(source.stored_frame(number - 1)).hexdigest() == replaced.before
                assert hashlib.sha256(masked.stored_frame(number - 1)).hexdigest() == replaced.after
    assert set(done.frames) == {1, 3}


def test_a_loss_before_the_mask_stays_on_record(tmp_path: Path) -> None:
    frames = ramp_frames(2, 64, 64)
    streams = [jpeg(frame) for frame in frames]
    target, _ = burned(jpeg_file(tmp_path / "a.dcm", streams, frames), tmp_path)
    header = pydicom.dcmread(target)
    assert (header.LossyImageCompression, header.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert float(header.LossyImageCompressionRatio) == pytest.approx(2 * 64 * 64 / sum(map(len, streams)), rel=0.01)


def test_a_history_of_losses_is_kept_in_order(tmp_path: Path) -> None:
    history = {
        "LossyImageCompression": "01",
        "LossyImageCompressionRatio": ["8", "12.5"],
        "LossyImageCompressionMethod": ["ISO_14495_1", "ISO_10918_1"],
    }
    frames = ramp_frames(2, 64, 64)
    target, _ = burned(jpeg_file(tmp_path / "a.dcm", [jpeg(f) for f in frames], frames, **history), tmp_path)
    header = pydicom.dcmread(target)
    assert list(header.LossyImageCompressionMethod) == ["ISO_14495_1", "ISO_10918_1"]
    assert [float(ratio) for ratio in header.LossyImageCompressionRatio] == [8.0, 12.5]


@pytest.mark.parametrize(("bits_stored", "signed"), [(12, 0), (12, 1), (16, 1)])
def test_values_that_jpeg_ls_does_not_hold_stay_native(tmp_path: Path, bits_stored: int, signed: int) -> None:
    half = 1 << (bits_stored - 1)
    values = np.random.default_rng(3).integers(-half if signed else 0, half, (24, 32)).astype("<i2")
    header = header_of(
        ramp_frames(1), BitsAllocated=16, BitsStored=bits_stored, HighBit=bits_stored - 1, PixelRepresentation=signed
    )
    path = write(tmp_path / "a.dcm", header, values.tobytes())
    target, _ = burned(path, tmp_path)
    assert pydicom.dcmread(target).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def test_black_is_the_darkest_colour_of_the_palette(tmp_path: Path) -> None:
    tables = {}
    for colour, table in {"Red": [90, 5, 200], "Green": [90, 9, 0], "Blue": [90, 7, 0]}.items():
        tables[f"{colour}PaletteColorLookupTableDescriptor"] = [3, 0, 8]
        tables[f"{colour}PaletteColorLookupTableData"] = bytes(table)
    frames = (ramp_frames(1) % 3).astype(np.uint8)
    path = native_file(tmp_path / "a.dcm", frames, PhotometricInterpretation="PALETTE COLOR", **tables)
    with open_dicom(path) as source:
        assert source.black == 1
        burn(source, tmp_path / "b.dcm", MASK)
    with open_dicom(tmp_path / "b.dcm") as masked:
        assert masked.read_frame(0)[0, 0].tolist() == [5, 9, 7]


def test_black_is_what_the_window_shows_darkest(tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.dcm", ramp_frames(1), WindowCenter="128", WindowWidth="20")
    burned(path, tmp_path)


def test_a_frame_that_cannot_be_decoded_is_black_as_a_whole_and_named(tmp_path: Path) -> None:
    frames = ramp_frames(3, 64, 64)
    streams = [jpeg(frame) for frame in frames]
    streams[1] = streams[1][:100]
    target, done = burned(jpeg_file(tmp_path / "a.dcm", streams, frames), tmp_path)
    assert done.black_frames == [2]
    with open_dicom(target) as masked:
        assert not masked.read_frame(1).any()


def test_a_changed_scale_or_clock_is_refused(tmp_path: Path) -> None:
    plain = native_file(tmp_path / "a.dcm", ramp_frames(3))
    slower = native_file(tmp_path / "b.dcm", ramp_frames(3), FrameTime="41")
    larger = native_file(tmp_path / "c.dcm", ramp_frames(3))
    ds = pydicom.dcmread(larger)
    ds.SequenceOfUltrasoundRegions[0].PhysicalDeltaX = 0.02
    ds.save_as(larger)
    with open_dicom(plain) as before, open_dicom(slower) as after:
        with pytest.raises(ChangedMeasureError, match=r"seconds from first to last frame would change from 0.08 to"):
            require_same_measures(before, after)
    with open_dicom(plain) as before, open_dicom(larger) as after:
        with pytest.raises(ChangedMeasureError, match=r"in mm, would change"):
            require_same_measures(before, after)


def test_black_out_leaves_the_rest_alone() -> None:
    frame = np.full((6, 8), 9, np.uint8)
    black_out(frame, [(1, 2, 3, 1)], 4)
    assert np.argwhere(frame == 4).tolist() == [[2, 1], [2, 2], [2, 3]]
    assert np.count_nonzero(frame == 9) == 45
