from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from case_library.dicom.write import WriteError, write_dicom
from tests.dicom_files import header_of, jpeg, ramp_frames


def test_native_frames_come_back_as_they_were(tmp_path: Path) -> None:
    frames = ramp_frames(3)
    path = tmp_path / "a.dcm"
    write_dicom(path, header_of(frames), ExplicitVRLittleEndian, (f.tobytes() for f in frames), 3)
    read = pydicom.dcmread(path)
    assert np.array_equal(read.pixel_array, frames)
    assert read.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def test_an_odd_number_of_bytes_is_padded(tmp_path: Path) -> None:
    frames = ramp_frames(1, rows=3, columns=5)
    path = tmp_path / "a.dcm"
    write_dicom(path, header_of(frames), ExplicitVRLittleEndian, [frames[0].tobytes()], 1)
    assert len(pydicom.dcmread(path).PixelData) == 16


def test_compressed_frames_come_back_byte_for_byte_and_are_indexed(tmp_path: Path) -> None:
    frames = ramp_frames(4)
    streams = [jpeg(f) for f in frames]
    path = tmp_path / "a.dcm"
    write_dicom(path, header_of(frames), JPEGBaseline8Bit, streams, 4)
    read = pydicom.dcmread(path)
    stored = list(generate_frames(read.PixelData, number_of_frames=4))
    assert [s.rstrip(b"\0") for s in stored] == [s.rstrip(b"\0") for s in streams]
    table_length = int.from_bytes(read.PixelData[4:8], "little")
    assert table_length == 16


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    frames = ramp_frames(2)
    header = header_of(frames)
    for name in ("a.dcm", "b.dcm"):
        write_dicom(tmp_path / name, header, ExplicitVRLittleEndian, [f.tobytes() for f in frames], 2)
    assert (tmp_path / "a.dcm").read_bytes() == (tmp_path / "b.dcm").read_bytes()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEGBaseline8Bit])
def test_a_wrong_number_of_frames_is_refused(tmp_path: Path, syntax: str) -> None:
    frames = ramp_frames(3)
    with pytest.raises(WriteError, match="2 frames were given, but Number of Frames is 3"):
        write_dicom(tmp_path / "a.dcm", header_of(frames), syntax, [b"12", b"34"], 3)


@pytest.mark.parametrize("keyword", ["SOPClassUID", "SOPInstanceUID"])
def test_an_object_that_does_not_say_what_it_is_is_not_written(tmp_path: Path, keyword: str) -> None:
    frames = ramp_frames(1)
    header = header_of(frames, **{keyword: None})
    with pytest.raises(WriteError, match=f"without a {keyword}"):
        write_dicom(tmp_path / "a.dcm", header, ExplicitVRLittleEndian, [frames[0].tobytes()], 1)
    assert not (tmp_path / "a.dcm").exists()
