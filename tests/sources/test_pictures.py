from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from case_library.errors import FrameError, RefusedInputError
from case_library.sources.pictures import ALPHA_LEFT_OUT, FLATTENED, NARROWED, TURNED, PictureReader, facts_of
from tests.dicom_files import ramp_frames
from tests.media_files import colour_frames, picture, sequence


def read_one(path: Path) -> tuple[np.ndarray[Any, Any], list[str]]:
    reader = PictureReader([path])
    try:
        return reader.read(0), reader.notes()
    finally:
        reader.close()


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "webp"])
@pytest.mark.parametrize("colour", [False, True], ids=["grey", "rgb"])
def test_a_picture_reads_as_it_was(tmp_path: Path, suffix: str, colour: bool) -> None:
    frame = colour_frames(1)[0] if colour else ramp_frames(1)[0]
    options = {"lossless": True} if suffix == "webp" else {}
    found, notes = read_one(picture(tmp_path / f"a.{suffix}", frame, **options))
    assert np.array_equal(found if found.ndim == frame.ndim else found[..., 0], frame)
    assert notes == []


def test_a_palette_becomes_its_colours(tmp_path: Path) -> None:
    image = Image.fromarray(colour_frames(1)[0]).quantize(16)
    image.save(tmp_path / "a.png")
    found, notes = read_one(tmp_path / "a.png")
    assert np.array_equal(found, np.asarray(image.convert("RGB")))
    assert notes == []


def test_grey_of_16_bits_keeps_every_bit(tmp_path: Path) -> None:
    frame = (ramp_frames(1)[0].astype(np.uint16) * 257) ^ 0x00A5
    for name in ("a.png", "a.tif"):
        found, notes = read_one(picture(tmp_path / name, frame))
        assert found.dtype == np.uint16
        assert np.array_equal(found, frame)
        assert notes == []


def test_transparency_is_laid_over_black_and_said(tmp_path: Path) -> None:
    frame = np.full((24, 32, 4), 200, np.uint8)
    frame[..., 3] = 255
    frame[:5, :, 3] = 0
    found, notes = read_one(picture(tmp_path / "a.png", frame))
    assert found.shape == (24, 32, 3)
    assert found[:5].max() == 0
    assert found[5:].min() == 200
    assert notes == [FLATTENED]


def test_an_opaque_alpha_channel_is_left_out_and_said(tmp_path: Path) -> None:
    frame = np.dstack([colour_frames(1)[0], np.full((24, 32), 255, np.uint8)])
    found, notes = read_one(picture(tmp_path / "a.png", frame))
    assert np.array_equal(found, frame[..., :3])
    assert notes == [ALPHA_LEFT_OUT]


def test_colours_of_16_bits_are_reduced_and_said(tmp_path: Path) -> None:
    imagecodecs = pytest.importorskip("imagecodecs", reason="imagecodecs is not installed")
    frame = colour_frames(1)[0].astype(np.uint16) * 257
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(frame))
    found, notes = read_one(tmp_path / "a.png")
    assert np.array_equal(found, colour_frames(1)[0])
    assert notes == [NARROWED]


def test_a_phone_picture_stands_upright_and_its_metadata_is_not_looked_at(tmp_path: Path) -> None:
    frame = colour_frames(1)[0]
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(tmp_path / "a.png", frame, exif=exif)
    facts = facts_of(tmp_path / "a.png")
    found, notes = read_one(tmp_path / "a.png")
    assert (facts.columns, facts.rows) == (24, 32)
    assert np.array_equal(found, np.rot90(frame, -1))
    assert notes == [TURNED]


def test_the_pages_of_a_tiff_are_frames(tmp_path: Path) -> None:
    frames = colour_frames(5)
    images = [Image.fromarray(frame) for frame in frames]
    images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:], compression="tiff_lzw")
    reader = PictureReader([tmp_path / "a.tif"])
    assert reader.frame_count == 5
    for i in (4, 0, 2):
        assert np.array_equal(reader.read(i), frames[i])
    reader.close()


def test_a_page_of_another_size_is_named(tmp_path: Path) -> None:
    images = [Image.fromarray(ramp_frames(1)[0]), Image.fromarray(ramp_frames(1, 10, 10)[0])]
    images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:])
    reader = PictureReader([tmp_path / "a.tif"])
    with pytest.raises(FrameError, match="Frame 2: it is 10 x 10 pixels, the first one 32 x 24"):
        reader.read(1)
    reader.close()


def test_a_damaged_picture_of_a_sequence_is_named_by_its_frame(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3, 24, 32), np.uint8)
    paths = sequence(tmp_path, list(noise))
    paths[1].write_bytes(paths[1].read_bytes()[:200])
    reader = PictureReader(paths)
    assert reader.read(0).shape == (24, 32)
    with pytest.raises(FrameError, match="Frame 2: .*cannot be (decoded|read)"):
        reader.read(1)


@pytest.mark.parametrize("mode", ["CMYK", "F", "LAB"])
def test_colours_that_would_change_are_refused(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (8, 8)).save(tmp_path / "a.tif")
    with pytest.raises(FrameError, match=f"the colour mode {mode} are not opened"):
        read_one(tmp_path / "a.tif")


def test_a_picture_larger_than_anything_opened_is_refused_undecoded(tmp_path: Path) -> None:
    data = bytearray((picture(tmp_path / "a.png", ramp_frames(1)[0])).read_bytes())
    data[16:24] = (60_000).to_bytes(4) * 2
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(RefusedInputError):
        PictureReader([tmp_path / "a.png"])
