import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from case_library.errors import FrameError, RefusedInputError
from case_library.sources.dicom import open_dicom
from tests.dicom_files import PATIENT, header_of, jpeg, jpeg_file, native_file, ramp_frames, write
from tests.shared_data import shared_data


def test_each_frame_is_read_by_itself(tmp_path: Path) -> None:
    frames = ramp_frames(5)
    with open_dicom(native_file(tmp_path / "a.dcm", frames)) as source:
        assert source.frame_count == 5
        for index in (4, 0, 2):
            assert np.array_equal(source.read_frame(index), frames[index])
            assert source.stored_frame(index) == frames[index].tobytes()


def test_a_frame_outside_the_clip_is_no_frame(tmp_path: Path) -> None:
    with open_dicom(native_file(tmp_path / "a.dcm", ramp_frames(2))) as source, pytest.raises(IndexError):
        source.read_frame(2)


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian], ids=["implicit", "deflated"]
)
def test_other_forms_of_native_files_read_the_same(tmp_path: Path, syntax: str) -> None:
    frames = ramp_frames(3, samples=3)
    path = write(tmp_path / "a.dcm", header_of(frames), frames.tobytes(), syntax)
    with open_dicom(path) as source:
        assert np.array_equal(source.read_frame(2), frames[2])


@pytest.mark.parametrize(("rows", "columns"), [(24, 32), (3, 5)], ids=["even", "odd"])
def test_big_endian_words_are_turned(tmp_path: Path, rows: int, columns: int) -> None:
    frames = ramp_frames(3, rows, columns)
    padded = frames.tobytes() + b"\0" * (frames.size % 2)
    swapped = np.frombuffer(padded, "<u2").astype(">u2").tobytes()
    header = header_of(frames)
    header.PixelData = swapped
    header["PixelData"].VR = "OW"
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    pydicom.dcmwrite(tmp_path / "a.dcm", header, enforce_file_format=True)
    with open_dicom(tmp_path / "a.dcm") as source:
        for index in range(3):
            assert source.stored_frame(index) == frames[index].tobytes()


def test_a_jpeg_frame_is_given_byte_for_byte(tmp_path: Path) -> None:
    frames = ramp_frames(3)
    streams = [jpeg(f) for f in frames]
    with open_dicom(jpeg_file(tmp_path / "a.dcm", streams, frames)) as source:
        assert [source.stored_frame(i).rstrip(b"\0") for i in range(3)] == [s.rstrip(b"\0") for s in streams]
        assert np.abs(source.read_frame(1).astype(int) - frames[1]).max() <= 40


def test_a_frame_that_cannot_be_decoded_leaves_the_others(tmp_path: Path) -> None:
    frames = ramp_frames(3)
    streams = [jpeg(frames[0]), b"\xff\xd8 SECRET garbage", jpeg(frames[2])]
    path = write(tmp_path / "a.dcm", header_of(frames), encapsulate(streams), JPEGBaseline8Bit)
    with open_dicom(path) as source:
        with pytest.raises(FrameError, match="Frame 2: it cannot be decoded") as caught:
            source.read_frame(1)
        assert "SECRET" not in str(caught.value)
        source.read_frame(0)
        source.read_frame(2)


def test_a_cine_is_never_whole_in_memory(tmp_path: Path) -> None:
    frames = np.zeros((64, 256, 256), np.uint8)
    path = native_file(tmp_path / "a.dcm", frames)
    tracemalloc.start()
    with open_dicom(path) as source:
        for index in range(64):
            source.read_frame(index)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * 256 * 256


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "not a DICOM file", id="empty"),
        pytest.param(b"MARKER" * 100, "not a DICOM file", id="text"),
        pytest.param(bytes(128) + b"DICM", "not a DICOM file|transfer syntax", id="only-the-mark"),
        pytest.param(bytes(128) + b"DICM" + b"\x08\x00\x05\x00ZZ\xff\xff" * 50, "damaged|transfer syntax", id="junk"),
    ],
)
def test_what_is_no_dicom_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(content)
    with pytest.raises(RefusedInputError, match=reason):
        open_dicom(path)


def test_a_refusal_names_no_value_of_the_header(tmp_path: Path) -> None:
    header = header_of(ramp_frames(1), Rows=None, PhotometricInterpretation="MARKER")
    path = write(tmp_path / "MARKER.dcm", header, b"\0\0")
    with pytest.raises(RefusedInputError) as caught:
        open_dicom(path)
    assert "MARKER" not in str(caught.value)
    assert PATIENT not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "frames", "shape", "clock", "mm_per_px"),
    [
        ("examples_ybr_color.dcm", 30, (240, 320, 3), ("frame_time", True), None),
        ("Issue16.dcm", 34, (430, 480, 3), ("frame_time", True), (0.2857, 0.2286)),
        ("OBXXXX1A_rle_2frame.dcm", 2, (600, 800, 3), ("assumed", False), (0.26229, 0.26229)),
        ("US-YBR_FULL_422-EVRLE.dcm", 1, (555, 800, 3), ("still", False), (0.0616, 0.0616)),
        ("YBR_FULL-RLE.dcm", 1, (480, 640, 3), ("still", False), (0.09537, 0.09537)),
        ("gdcm-US-ALOKA-16.dcm", 1, (480, 640, 3), ("still", False), (0.38265, 0.38265)),
        ("undefined-length-test.dcm", 1, (708, 1016, 3), ("still", False), (0.64110, 0.64110)),
        ("GH364.dcm", 1, (768, 1024), ("still", False), None),
        ("US1_J2KI.dcm", 1, (480, 640, 3), ("still", False), None),
        ("US1_J2KR.dcm", 1, (480, 640, 3), ("still", False), None),
        ("color-pl.dcm", 1, (120, 256, 3), ("still", False), None),
        ("ExplVR_BigEnd.dcm", 1, (60, 80, 3), ("still", False), None),
    ],
)
def test_real_files_are_read(
    name: str, frames: int, shape: tuple[int, ...], clock: tuple[str, bool], mm_per_px: tuple[float, float] | None
) -> None:
    with open_dicom(shared_data(f"dicom-us/{name}")) as source:
        assert source.frame_count == frames
        assert source.read_frame(frames - 1).shape == shape
        assert (source.clock.origin, source.clock.trusted) == clock
        if mm_per_px is None:
            assert source.scale.mm_per_px is None
        else:
            assert source.scale.mm_per_px == pytest.approx(mm_per_px, abs=1e-4)


def test_the_scale_of_a_halved_frame_is_refused() -> None:
    with open_dicom(shared_data("dicom-us/examples_ybr_color.dcm")) as source:
        assert not source.scale.trusted
        assert "outside the 320x240 frame" in source.scale.why


def test_a_real_frame_time_vector_is_kept_though_its_pointer_names_two_elements(tmp_path: Path) -> None:
    with zipfile.ZipFile(shared_data("dicom-us/RGB_CINE.zip")) as archive:
        archive.extract("RGB_CINE.dcm", tmp_path)
    with open_dicom(tmp_path / "RGB_CINE.dcm") as source:
        times = source.clock.frame_times_s
        assert source.clock.trusted
        assert times is not None
        assert len(times) == 51
        assert times[1] == pytest.approx(0.057967, abs=1e-6)
