import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from case_library.errors import RefusedInputError
from case_library.sources import video as video_module
from case_library.sources.video import SAID_SOUND, SAID_TURNED, open_video
from tests.media_files import colour_frames, grey_levels, video

av = pytest.importorskip("av", reason="the extra 'video' is not installed")


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [("a.mp4", "libx264", "yuv420p"), ("a.mp4", "libx265", "yuv420p"), ("a.mov", "mpeg4", "yuv420p"),
     ("a.avi", "mjpeg", "yuvj420p"), ("a.mpg", "mpeg2video", "yuv420p"), ("a.mkv", "ffv1", "bgr0")],
)  # fmt: skip
def test_each_kind_gives_its_frames_in_order_and_by_number(
    tmp_path: Path, name: str, codec: str, pixel_format: str
) -> None:
    frames = grey_levels(30)
    reader = open_video(video(tmp_path / name, frames, codec=codec, pixel_format=pixel_format))
    assert (reader.frame_count, reader.rows, reader.columns) == (30, 48, 64)
    for i in [*range(30), 3, 29, 0, 17]:
        assert abs(float(reader.read(i).mean()) - frames[i].mean()) < 2.4, i
    times = reader.frame_times_s
    assert times is not None
    assert times[-1] == pytest.approx(
        29 / 25, rel=0.05 if name == "a.mpg" else 1e-3
    )  # a program stream's times jump once
    reader.close()


def test_a_codec_without_a_loss_gives_the_very_pixels(tmp_path: Path) -> None:
    frames = colour_frames(4, 32, 32)
    reader = open_video(video(tmp_path / "a.mkv", frames, codec="ffv1", pixel_format="bgr0"))
    assert all(np.array_equal(reader.read(i), frames[i]) for i in range(4))
    assert reader.lossy_method is None
    reader.close()


def test_a_variable_rate_is_kept_as_times(tmp_path: Path) -> None:
    ticks = [0, 40, 80, 300, 320, 1000]
    reader = open_video(video(tmp_path / "a.mkv", grey_levels(6), ticks=ticks))
    assert reader.frame_times_s == pytest.approx([tick / 1000 for tick in ticks])
    reader.close()


def test_rounding_to_the_ticks_of_a_container_is_no_variable_rate(tmp_path: Path) -> None:
    # 60 fps in whole milliseconds: 17, 16, 17, …
    ticks = [round(i * 1000 / 60) for i in range(30)]
    reader = open_video(video(tmp_path / "a.mkv", grey_levels(30), ticks=ticks))
    steps = np.diff(reader.frame_times_s or ())
    assert np.ptp(steps) < 1e-9
    reader.close()


def test_the_number_of_frames_is_that_of_the_decoder_not_of_the_header(tmp_path: Path) -> None:
    path = video(tmp_path / "a.avi", grey_levels(12), codec="mjpeg", pixel_format="yuvj420p")
    data = bytearray(path.read_bytes())
    at = data.index(b"avih") + 8 + 16
    assert int.from_bytes(data[at : at + 4], "little") == 12
    data[at : at + 4] = (99).to_bytes(4, "little")
    path.write_bytes(data)
    reader = open_video(path)
    assert reader.frame_count == 12
    reader.close()


def test_grey_is_known_without_reading_every_frame(tmp_path: Path) -> None:
    grey = open_video(video(tmp_path / "a.mp4", grey_levels(3), codec="libx264"))
    colour = open_video(video(tmp_path / "b.mp4", colour_frames(3, 32, 32), codec="libx264"))
    assert (grey.is_grey, colour.is_grey) == (True, False)
    frame = grey.read(1)
    assert np.array_equal(frame[..., 0], frame[..., 1])
    assert np.array_equal(frame[..., 0], frame[..., 2])


def test_pixels_that_are_not_square_are_known(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mkv", grey_levels(2), pixel_ratio=Fraction(2, 1))
    reader = open_video(path)
    assert reader.pixel_aspect == (1, 2)
    reader.close()


def test_a_video_held_upright_on_a_phone_stands_upright(tmp_path: Path) -> None:
    frames = np.zeros((3, 48, 64, 3), np.uint8)
    frames[:, :24, :32] = 200  # bright at the top left, as it was stored
    path = video(tmp_path / "a.mp4", frames, codec="libx264")
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 44  # ISO 14496-12, 8.3.2: a quarter turn to the right
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 48 << 16, 0, 1 << 30)
    path.write_bytes(data)
    reader = open_video(path)
    found = reader.read(0)
    assert (reader.rows, reader.columns, found.shape) == (64, 48, (64, 48, 3))
    assert found[4:28, 28:44].mean() > 180
    assert found[36:, :].mean() < 20
    assert SAID_TURNED in reader.notes()
    reader.close()


def test_looking_through_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    path = video(tmp_path / "a.avi", colour_frames(20, 48, 64), codec="mjpeg", pixel_format="yuvj420p")
    seen: list[tuple[int, int]] = []
    open_video(path, lambda done, total: seen.append((done, total))).close()
    assert len(seen) == 20
    assert seen == sorted(seen)
    assert seen[-1][0] <= seen[-1][1] == path.stat().st_size

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_video(path, stop)


def test_sound_is_left_out_and_said(tmp_path: Path) -> None:
    reader = open_video(video(tmp_path / "a.mp4", grey_levels(3), sound=True))
    assert SAID_SOUND in reader.notes()
    reader.close()


def test_a_video_that_is_cut_short_gives_the_frames_it_has(tmp_path: Path) -> None:
    path = video(tmp_path / "a.avi", colour_frames(20, 48, 64), codec="mjpeg", pixel_format="yuvj420p")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    reader = open_video(path)
    assert 5 < reader.frame_count < 20
    assert reader.read(reader.frame_count - 1).shape == (48, 64, 3)
    reader.close()


@pytest.mark.parametrize("head", [b"\0\0\0\x18ftypmp42", b"RIFF\0\0\0\0AVI ", b"\x1a\x45\xdf\xa3", b"\0\0\1\xba"])
def test_a_damaged_video_is_refused_without_its_name(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "MARKER.mp4"
    path.write_bytes(head + b"MARKER" * 100)
    with pytest.raises(RefusedInputError) as refused:
        open_video(path)
    assert "MARKER" not in str(refused.value)


def test_without_the_extra_the_refusal_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = video(tmp_path / "a.mp4", grey_levels(2))
    monkeypatch.setattr(video_module, "find_spec", lambda name: None)
    with pytest.raises(RefusedInputError, match="python3 -m uv sync --extra video"):
        open_video(path)
