from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import AllTransferSyntaxes, JPEGExtended12Bit, JPEGLosslessSV1

from case_library.dicom import decode
from case_library.errors import RefusedInputError
from case_library.sources.dicom import open_dicom
from tests.dicom_files import header_of, ramp_frames, write
from tests.shared_data import shared_data

imagecodecs = pytest.importorskip("imagecodecs")


def lossless(frame: np.ndarray, **options: object) -> bytes:
    return bytes(imagecodecs.jpeg_encode(frame, lossless=True, **options))


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("predictor", [1, 4, 6])
def test_eight_bit_lossless_frames_come_back_exactly(tmp_path: Path, samples: int, predictor: int) -> None:
    frames = ramp_frames(2, samples=samples)
    streams = [lossless(f, predictor=predictor, colorspace="RGB" if samples == 3 else None) for f in frames]
    path = write(tmp_path / "a.dcm", header_of(frames), encapsulate(streams), JPEGLosslessSV1)
    with open_dicom(path) as source:
        for index in range(2):
            assert np.array_equal(source.read_frame(index), frames[index])


def test_more_than_eight_bits_need_the_extra_and_the_refusal_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "has_codecs", lambda: False)
    header = header_of(ramp_frames(1), BitsAllocated=16, BitsStored=12, HighBit=11)
    path = write(tmp_path / "a.dcm", header, encapsulate([b"\xff\xd8\xff\xd9"]), JPEGExtended12Bit)
    with pytest.raises(RefusedInputError, match="JPEG of 12 bits needs the extra 'codecs'.*uv sync --extra codecs"):
        open_dicom(path)


@pytest.mark.parametrize("name", ["CT_1.2.840.10008.1.2.4.51.dcm", "CT_1.2.840.10008.1.2.4.57.dcm"])
def test_real_files_of_more_than_eight_bits_are_read_with_the_extra(name: str) -> None:
    with open_dicom(shared_data(f"dicom-other/{name}")) as source:
        frame = source.read_frame(0)
    assert frame.shape == (512, 512)
    assert frame.std() > 10


def test_gdcm_decodes_nothing_because_some_damaged_frames_end_the_process_in_it() -> None:
    for uid in AllTransferSyntaxes:
        with suppress(NotImplementedError):
            decoder = get_decoder(uid)
            assert "gdcm" not in decoder.available_plugins
            assert not any("gdcm" in missing for missing in decoder.missing_dependencies)
