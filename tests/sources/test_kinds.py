from pathlib import Path

import pytest

from case_library.sources.kinds import Kind, kind_of, kind_of_file
from tests.dicom_files import native_file, ramp_frames
from tests.media_files import animation, as_bytes, colour_frames, video


@pytest.mark.parametrize("kind", [Kind.PNG, Kind.JPEG, Kind.BMP, Kind.TIFF, Kind.GIF, Kind.WEBP])
def test_a_picture_is_known_by_its_content_whatever_its_name(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / "picture.bmp"
    path.write_bytes(as_bytes(colour_frames(1)[0], kind))
    assert kind_of_file(path) is kind


def test_a_dicom_file_whose_preamble_is_a_tiff_is_dicom(tmp_path: Path) -> None:
    path = native_file(tmp_path / "a.tif", ramp_frames(1))
    data = bytearray(path.read_bytes())
    data[:4] = b"II*\0"
    assert kind_of(bytes(data)) is Kind.DICOM


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [("a.mp4", "mpeg4", Kind.MP4), ("a.mov", "mpeg4", Kind.MP4), ("a.avi", "mjpeg", Kind.AVI),
     ("a.mkv", "mpeg4", Kind.MATROSKA), ("a.mpg", "mpeg2video", Kind.MPEG), ("a.ts", "mpeg2video", Kind.MPEG_TS)],
)  # fmt: skip
def test_a_video_is_known_by_its_container(tmp_path: Path, name: str, codec: str, kind: Kind) -> None:
    path = video(
        tmp_path / name,
        colour_frames(2, 32, 32),
        codec=codec,
        pixel_format="yuvj420p" if codec == "mjpeg" else "yuv420p",
    )
    assert kind_of_file(path) is kind


@pytest.mark.parametrize(
    "data", [b"", b"#EXTM3U\n", b"ffconcat version 1.0", b"RIFF\0\0\0\0WAVE", b"<svg>", b"%PDF-1.7"]
)
def test_everything_else_is_unknown(data: bytes) -> None:
    assert kind_of(data) is Kind.UNKNOWN


def test_an_animation_is_a_picture_by_its_kind(tmp_path: Path) -> None:
    assert kind_of_file(animation(tmp_path / "a.gif", colour_frames(2), 40)) is Kind.GIF


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_a_phones_heic_picture_is_no_video(brand: bytes) -> None:
    assert kind_of(b"\0\0\0\x18ftyp" + brand + bytes(100)) is Kind.HEIF
