from pathlib import Path

import numpy as np
import pytest

from case_library.sources.clips import ClipInput, clips_of, open_clip
from case_library.sources.expand import Expansion
from case_library.sources.kinds import Kind
from case_library.sources.zip_archive import UnpackLimits
from tests.dicom_files import native_file, ramp_frames
from tests.media_files import animation, colour_frames, picture, sequence, video


def clips_in(tmp_path: Path, *paths: Path) -> tuple[list[ClipInput], dict[str, str]]:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    refused: dict[str, str] = {}

    def refuse(name: str, reason: str) -> None:
        refused[name] = reason

    files = Expansion(scratch, UnpackLimits(), refuse).files(list(paths))
    return clips_of(files, refuse), refused


def test_every_kind_becomes_a_clip_in_the_order_of_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    native_file(folder / "a.dcm", ramp_frames(2))
    animation(folder / "b.gif", ramp_frames(2), 40)
    sequence(folder / "c", ramp_frames(3))
    picture(folder / "d.png", colour_frames(1)[0])
    (folder / "e.txt").write_text("notes")
    video(folder / "f.mp4", colour_frames(2, 32, 32))
    clips, refused = clips_in(tmp_path, folder)
    assert [(clip.kind, len(clip.paths), clip.is_animated) for clip in clips] == [
        (Kind.DICOM, 1, False), (Kind.GIF, 1, True), (Kind.PNG, 3, False), (Kind.PNG, 1, False), (Kind.MP4, 1, False),
    ]  # fmt: skip
    assert list(refused) == [str(folder / "e.txt")]


def test_a_picture_named_as_another_kind_is_what_it_holds(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.tif", colour_frames(1)[0])
    (clip,), _ = clips_in(tmp_path, path.rename(tmp_path / "a.bmp"))
    assert clip.kind is Kind.TIFF
    with open_clip(clip) as source:
        assert np.array_equal(source.read_frame(0), colour_frames(1)[0])


def test_a_picture_that_is_none_is_refused_and_the_sequence_comes_in(tmp_path: Path) -> None:
    paths = sequence(tmp_path / "in", ramp_frames(4))
    paths[1].write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (clip,), refused = clips_in(tmp_path, tmp_path / "in")
    assert len(clip.paths) == 3
    assert clip.numbering is not None
    assert clip.numbering.places == (0, 2, 3)
    assert list(refused) == [str(paths[1])]


def test_pictures_of_one_folder_without_numbers_are_one_clip_and_it_is_said(tmp_path: Path) -> None:
    for name in ("rest", "squeeze"):
        picture(tmp_path / "in" / f"{name}.png", ramp_frames(1)[0])
    (clip,), _ = clips_in(tmp_path, tmp_path / "in")
    assert len(clip.paths) == 2
    assert any("look whether the order is right" in note for note in clip.notes)


def test_pictures_with_8_and_16_bits_are_not_one_clip(tmp_path: Path) -> None:
    sequence(tmp_path / "in", [ramp_frames(1)[0], ramp_frames(1)[0].astype(np.uint16) * 256])
    clips, _ = clips_in(tmp_path, tmp_path / "in")
    assert [len(clip.paths) for clip in clips] == [1, 1]


@pytest.mark.parametrize("count", [2, 5])
def test_every_source_has_the_same_shape(tmp_path: Path, count: int) -> None:
    frames = ramp_frames(count, 32, 32)
    folder = tmp_path / "in"
    folder.mkdir()
    native_file(folder / "a.dcm", frames)
    animation(folder / "b.gif", frames, 40)
    sequence(folder / "c", frames)
    video(folder / "d.mkv", np.repeat(frames[..., np.newaxis], 3, axis=3), codec="ffv1", pixel_format="bgr0")
    for clip in clips_in(tmp_path, folder)[0]:
        with open_clip(clip) as source:
            assert (source.frame_count, source.rows, source.columns) == (count, 32, 32)
            assert source.clock.frame_count == count
            assert source.scale.trusted is (clip.kind is Kind.DICOM)
            assert source.pixel_aspect == 1.0
            assert source.header.Rows == 32
            for i in (count - 1, 0):
                frame = source.read_frame(i)
                assert frame.dtype == np.uint8
                assert np.array_equal(frame if frame.ndim == 2 else frame[..., 0], frames[i])
            with pytest.raises(IndexError):
                source.read_frame(count)


def test_a_phones_heic_picture_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    _, refused = clips_in(tmp_path, tmp_path / "a.heic")
    assert "save it as PNG or JPEG" in refused[str(tmp_path / "a.heic")]
