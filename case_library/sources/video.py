"""Video as frames, decoded one by one, with the extra `video` (PyAV, FFmpeg's libraries).

The wheel of PyAV carries codecs under the GPL, so it is never part of the core. Sound is never looked at.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from pydicom.dataset import Dataset

from case_library.dicom.decode import MAX_FRAMES, MAX_PIXELS
from case_library.errors import FrameError, RefusedInputError
from case_library.sources.kinds import Kind, kind_of_file
from case_library.sources.reader import Frame, FrameProgress

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

VIDEO_COMMAND = "python3 -m uv sync --extra video"
# Only these demuxers are ever tried: a playlist, which could open other files or call a server, is none of them.
DEMUXERS = {
    Kind.MP4: "mov",
    Kind.AVI: "avi",
    Kind.MATROSKA: "matroska",
    Kind.MPEG: "mpeg",
    Kind.MPEG_TS: "mpegts",
}
# (0028,2114) Lossy Image Compression Method, PS3.3 C.7.6.1.1.5.1.
_METHODS = {
    "mjpeg": "ISO_10918_1",
    "mpeg2video": "ISO_13818_2",
    "mpeg1video": "ISO_13818_2",
    "h264": "ISO_14496_10",
    "hevc": "ISO_23008_2",
}
_GREY_CHROMA = 128
_SEEK_AHEAD = 200
SAID_TURNED = "turned upright, as its camera says"
SAID_NARROWED = "its samples had more than 8 bits and were reduced to 8, the most that ultrasound objects hold"
SAID_SOUND = "its sound was left out"
SAID_NO_TIMES = "its frames carry no times; the rate that the file states was taken"
SAID_DISORDER = "some of its times go backwards; those frames were given the time of the one before"
SAID_DAMAGED = "some of its data could not be decoded and was left out"


def has_video() -> bool:
    """Whether the extra `video` is installed."""
    return find_spec("av") is not None


def require_video() -> None:
    """Refuse where the extra is not installed.

    Raises
    ------
    RefusedInputError
        Names the command that installs it.
    """
    if not has_video():
        raise RefusedInputError(f"a video needs the extra 'video'; install it with: {VIDEO_COMMAND}")


class VideoReader:
    """A `FrameReader` of the first video stream of a file.

    Every frame is decoded once when it is opened: only so are their number and their times known.

    Parameters
    ----------
    file : BinaryIO
        Seekable; closed with the reader.
    demuxer : str
        FFmpeg's name of the container.
    stored_bytes : int
    progress : callable or None
        Called with the bytes that were looked through, and those in all.

    Raises
    ------
    RefusedInputError
        If it cannot be decoded or is too large.
    """

    header: Dataset | None = None

    def __init__(self, file: BinaryIO, demuxer: str, stored_bytes: int, progress: FrameProgress | None = None) -> None:
        self._file, self._demuxer, self._progress = file, demuxer, progress
        self._said: set[str] = set()
        self._container: InputContainer | None = None
        self._frames: Any = iter(())
        self._next = 0
        self.stored_bytes = stored_bytes
        try:
            self._open()
            self._look_through()
        except BaseException as error:
            self.close()
            if isinstance(error, RefusedInputError | MemoryError) or not isinstance(error, Exception):
                raise
            # FFmpeg's own text may quote the file's name or tags.
            raise RefusedInputError(f"the video is damaged and cannot be decoded ({type(error).__name__})") from None

    def _open(self) -> None:
        import av

        # FFmpeg's log lines quote names and tags of the file.
        av.logging.set_level(None)
        if self._container is not None:
            self._container.close()
        self._file.seek(0)
        container = av.open(self._file, mode="r", format=self._demuxer)
        self._container = container
        if not container.streams.video:
            raise RefusedInputError("the file holds no video, only sound or data")
        self._stream = container.streams.video[0]
        self._stream.thread_type = "AUTO"
        if self._stream.width * self._stream.height > MAX_PIXELS:
            raise RefusedInputError(f"the video has more than {MAX_PIXELS} pixels per frame")
        if container.streams.audio:
            self._said.add(SAID_SOUND)
        self._frames = self._decoded()
        self._next = 0

    def _decoded(self) -> Any:
        """Give the frames in the order of their times; damaged data between good frames is passed over."""
        import av

        assert self._container is not None
        failures = 0
        for packet in self._container.demux(self._stream):
            try:
                yield from self._stream.codec_context.decode(packet)
            except av.error.InvalidDataError:
                failures += 1
                self._said.add(SAID_DAMAGED)
                if failures > MAX_FRAMES:
                    return
            except (av.error.EOFError, EOFError):
                return

    def _look_through(self) -> None:
        ticks: list[int | None] = []
        grey: bool = True
        first: VideoFrame | None = None
        for frame in self._frames:
            if first is None:
                first = frame
                self._describe(frame)
            if (frame.width, frame.height) != (first.width, first.height):
                raise RefusedInputError(
                    f"the picture changes its size at frame {len(ticks) + 1}; only videos of one size become a clip"
                )
            ticks.append(frame.pts)
            if self._progress is not None and self.stored_bytes:
                self._progress(min(self._file.tell(), self.stored_bytes), self.stored_bytes)
            grey = grey and _is_grey(frame)
            if len(ticks) > MAX_FRAMES:
                raise RefusedInputError(f"the video has over {MAX_FRAMES} frames")
        if first is None:
            raise RefusedInputError("the video holds no frame that can be decoded")
        self.frame_count = len(ticks)
        self.is_grey: bool | None = grey
        self._set_times(ticks)
        self._frames = iter(())
        self._next = self.frame_count

    def _describe(self, first: VideoFrame) -> None:
        self._rotation = int(getattr(first, "rotation", 0)) // 90 % 4
        if self._rotation:
            self._said.add(SAID_TURNED)
        turned = self._rotation % 2 == 1
        self.rows, self.columns = (first.width, first.height) if turned else (first.height, first.width)
        # Sample aspect ratio is width over height.
        ratio = self._stream.sample_aspect_ratio
        high, wide = (ratio.denominator, ratio.numerator) if ratio else (1, 1)
        if min(high, wide) <= 0:
            high, wide = 1, 1
        self.pixel_aspect = (wide, high) if turned else (high, wide)
        if any(component.bits > 8 for component in first.format.components):
            self._said.add(SAID_NARROWED)
        self.lossy_method = _METHODS.get(self._stream.codec_context.name)

    def _set_times(self, ticks: list[int | None]) -> None:
        base = self._stream.time_base
        known = [tick for tick in ticks if tick is not None]
        self._index_of: dict[int, int] = {}
        self._ticks = ticks
        if base is None or len(known) != len(ticks) or len(set(known)) < min(2, len(ticks)):
            self._said.add(SAID_NO_TIMES)
            rate = self._stream.average_rate or self._stream.base_rate or self._stream.guessed_rate
            self.frame_times_s: tuple[float, ...] | None = (
                tuple(float(i / rate) for i in range(len(ticks))) if rate else None
            )
            return
        if len(set(known)) == len(known):
            self._index_of = {tick: i for i, tick in enumerate(known)}
        ordered = [known[0]]
        for tick in known[1:]:
            if tick < ordered[-1]:
                self._said.add(SAID_DISORDER)
            ordered.append(max(tick, ordered[-1]))
        # Containers count in whole ticks: a clock that only trembles by their rounding is a regular one.
        count, span = len(ordered), ordered[-1] - ordered[0]
        step = span / max(count - 1, 1)
        if all(abs(tick - ordered[0] - i * step) <= 1 for i, tick in enumerate(ordered)):
            self.frame_times_s = tuple(float(i * step * base) for i in range(count))
        else:
            self.frame_times_s = tuple(float((tick - ordered[0]) * base) for tick in ordered)

    def read(self, frame_index: int) -> Frame:
        """Return one frame as RGB, or as grey where the whole video is."""
        if not 0 <= frame_index < self.frame_count:
            raise IndexError(f"frame index {frame_index} outside 0-{self.frame_count - 1}")
        try:
            frame = self._at(frame_index)
            samples: Frame = frame.to_ndarray(format="rgb24")
        except MemoryError:
            raise
        except Exception as error:  # FFmpeg may raise anything on damaged data; its text may quote the file
            raise FrameError(frame_index, f"it cannot be decoded ({type(error).__name__})") from None
        if self._rotation:
            samples = np.rot90(samples, self._rotation)
        return np.ascontiguousarray(samples)

    def _at(self, frame_index: int) -> VideoFrame:
        if frame_index < self._next or frame_index > self._next + _SEEK_AHEAD:
            self._go_near(frame_index)
        frame: VideoFrame | None = None
        while self._next <= frame_index:
            frame = next(self._frames)
            self._next += 1
        assert frame is not None
        return frame

    def _go_near(self, frame_index: int) -> None:
        """Go to the key frame before a frame where the container can, else to the start."""
        if self._index_of and frame_index > _SEEK_AHEAD and self._container is not None:
            with suppress(Exception):  # a container that cannot seek is read from its start
                self._container.seek(self._ticks[frame_index] or 0, stream=self._stream)
                self._frames = self._decoded()
                landed = next(self._frames)
                index = self._index_of.get(landed.pts)
                if index is not None and index <= frame_index:
                    self._frames, self._next = chain([landed], self._frames), index
                    return
        self._open()

    def say(self, note: str) -> None:
        """Add to the notes."""
        self._said.add(note)

    def notes(self) -> list[str]:
        """Return what was done to the video."""
        return sorted(self._said)

    def close(self) -> None:
        """Close the file."""
        self._frames = iter(())
        if self._container is not None:
            self._container.close()
        self._file.close()


def open_video(path: Path, progress: FrameProgress | None = None) -> VideoReader:
    """Open a video file; see `VideoReader`.

    Raises
    ------
    RefusedInputError
        If it is none, cannot be decoded, or the extra is not installed.
    """
    require_video()
    return VideoReader(path.open("rb"), DEMUXERS[kind_of_file(path)], path.stat().st_size, progress)


def _is_grey(frame: VideoFrame) -> bool:
    name = frame.format.name
    if name.startswith("gray"):
        return True
    if not (name.startswith("yuv") and len(frame.planes) == 3 and frame.format.components[0].bits == 8):
        return False
    for plane in frame.planes[1:]:
        lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        if lines.min() != _GREY_CHROMA or lines.max() != _GREY_CHROMA:
            return False
    return True
