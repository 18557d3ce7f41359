"""Small pictures, animations and videos made for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.dicom_files import ramp_frames


def picture(path: Path, frame: NDArray[Any], **options: Any) -> Path:
    """Write one frame in the format of the suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(frame).save(path, **options)
    return path


def sequence(folder: Path, frames: Sequence[NDArray[Any]], name: str = "scan_{:03d}.png", start: int = 1) -> list[Path]:
    """Write frames as numbered pictures."""
    return [picture(folder / name.format(start + i), frame) for i, frame in enumerate(frames)]


def animation(path: Path, frames: Sequence[NDArray[Any]], durations_ms: Sequence[int] | int) -> Path:
    """Write a GIF, or a lossless WebP, by the suffix."""
    images = [Image.fromarray(frame) for frame in frames]
    options: dict[str, Any] = {"lossless": True} if path.suffix == ".webp" else {"optimize": False, "disposal": 1}
    images[0].save(path, save_all=True, append_images=images[1:], duration=durations_ms, loop=0, **options)
    return path


def grey_levels(count: int, rows: int = 48, columns: int = 64) -> NDArray[np.uint8]:
    """Return RGB frames each of one grey, by which a frame is known after a compression with a loss."""
    return np.stack([np.full((rows, columns, 3), 40 + 5 * i, np.uint8) for i in range(count)])


def video(
    path: Path,
    frames: NDArray[np.uint8],
    *,
    codec: str = "mpeg4",
    ticks: Sequence[int] | None = None,
    tick_s: Fraction = Fraction(1, 1000),
    fps: int = 25,
    sound: bool = False,
    pixel_format: str = "yuv420p",
    container: str | None = None,
    metadata: dict[str, str] | None = None,
    pixel_ratio: Fraction | None = None,
) -> Path:
    """Write RGB frames (count, rows, columns, 3) as a video, at a rate or at given ticks."""
    av = pytest.importorskip("av", reason="the extra 'video' is not installed")
    with av.open(str(path), "w", format=container) as output:
        for key, value in (metadata or {}).items():
            output.metadata[key] = value
        stream = output.add_stream(codec, rate=fps)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = pixel_format
        if pixel_ratio is not None:
            stream.codec_context.sample_aspect_ratio = pixel_ratio
        if codec in ("libx264", "libx265"):
            stream.options = {"crf": "10", "preset": "ultrafast"}
        elif codec != "ffv1":
            stream.bit_rate = 4_000_000
        if ticks is not None:
            stream.codec_context.time_base = tick_s
        speech = output.add_stream("aac", rate=8000) if sound else None
        for i, frame in enumerate(frames):
            coming = av.VideoFrame.from_ndarray(frame, format="rgb24")
            if ticks is not None:
                coming.pts, coming.time_base = ticks[i], tick_s
            output.mux(stream.encode(coming))
        output.mux(stream.encode(None))
        if speech is not None:
            noise = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            noise.sample_rate, noise.pts = 8000, 0
            output.mux(speech.encode(noise))
            output.mux(speech.encode(None))
    return path


def as_bytes(frame: NDArray[Any], kind: str, **options: Any) -> bytes:
    """Return one frame as the bytes of a picture."""
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, kind, **options)
    return buffer.getvalue()


def colour_frames(count: int, rows: int = 24, columns: int = 32) -> NDArray[np.uint8]:
    """Return RGB frames that all differ."""
    return ramp_frames(count, rows, columns, samples=3)
