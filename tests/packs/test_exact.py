import io

import numpy as np
import pytest
from PIL import Image

from case_library.errors import FrameError
from case_library.packs.exact import exact_png, poster_jpeg, stored_grey, unpacked_grey
from case_library.sources.dicom import open_dicom
from tests.dicom_files import native_file, ramp_frames
from tests.packs.a_library import grey_cine, jpeg_cine
from tests.shared_data import shared_data


@pytest.mark.parametrize("make", [grey_cine, jpeg_cine])
@pytest.mark.parametrize("frame_number", [1, 7, 20])
def test_an_exact_frame_has_every_pixel_of_the_decoder(tmp_path, make, frame_number):
    media = make(tmp_path / "clip.dcm")
    png = np.asarray(Image.open(io.BytesIO(exact_png(media, frame_number))))
    with open_dicom(media) as source:
        assert np.array_equal(png, source.read_frame(frame_number - 1))


@pytest.mark.parametrize("name", ["Issue16.dcm", "OBXXXX1A_rle_2frame.dcm", "US1_J2KR.dcm", "gdcm-US-ALOKA-16.dcm"])
def test_exact_frames_of_real_files(name):
    media = shared_data(f"dicom-us/{name}")
    png = np.asarray(Image.open(io.BytesIO(exact_png(media, 1))))
    with open_dicom(media) as source:
        assert np.array_equal(png, source.read_frame(0))


def test_grey_values_are_those_stored_and_not_those_a_window_shows(tmp_path):
    frames = ramp_frames(2)
    media = native_file(tmp_path / "clip.dcm", frames, WindowCenter="60", WindowWidth="40")
    with open_dicom(media) as source:
        assert not np.array_equal(source.read_frame(1), frames[1])
    assert np.array_equal(unpacked_grey(stored_grey(media, 2), 24, 32), frames[1])


@pytest.mark.parametrize(("dtype", "signed"), [(np.uint16, 0), (np.int16, 1)])
def test_sixteen_bit_grey_values_are_not_reduced(tmp_path, dtype, signed):
    frames = (ramp_frames(1).astype(np.int32) * 100 - (12_000 if signed else 0)).astype(dtype)
    form = {"BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": signed}
    media = native_file(tmp_path / "clip.dcm", frames, **form)
    assert np.array_equal(unpacked_grey(stored_grey(media, 1), 24, 32), frames[0])


def test_grey_that_is_stored_as_colour_has_three_equal_samples(tmp_path):
    frames = np.repeat(ramp_frames(1)[..., None], 3, axis=-1)
    media = native_file(tmp_path / "clip.dcm", frames)
    assert np.array_equal(unpacked_grey(stored_grey(media, 1), 24, 32), frames[0])


def test_the_numbers_of_a_palette_are_no_grey_values():
    with pytest.raises(FrameError, match="palette"):
        stored_grey(shared_data("dicom-us/gdcm-US-ALOKA-16.dcm"), 1)


@pytest.mark.parametrize("frame_number", [0, 21, -1])
def test_a_frame_that_the_clip_does_not_have_is_refused(tmp_path, frame_number):
    with pytest.raises(FrameError):
        exact_png(grey_cine(tmp_path / "clip.dcm"), frame_number)


@pytest.mark.parametrize(
    ("rows", "columns", "pixel_aspect", "size"),
    [
        (24, 32, 1.0, (32, 24)),
        (600, 1200, 1.0, (480, 240)),
        (1200, 600, 1.0, (240, 480)),
        (24, 32, 2.0, (32, 48)),
    ],
)
def test_a_poster_fits_480_pixels_and_is_not_blown_up(tmp_path, rows, columns, pixel_aspect, size):
    media = native_file(tmp_path / "clip.dcm", ramp_frames(1, rows, columns))
    poster = Image.open(io.BytesIO(poster_jpeg(media, 1, pixel_aspect)))
    assert poster.format == "JPEG"
    assert poster.size == size
