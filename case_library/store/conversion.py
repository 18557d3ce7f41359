"""Write frames that were in no DICOM image as one, without a loss or compact, one frame at a time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import JPEGBaseline8Bit, JPEGLSLossless

from case_library.dicom.conversion import add_lossy_step
from case_library.dicom.encode import jpeg_baseline, jpeg_decoded, jpeg_ls
from case_library.dicom.write import write_dicom
from case_library.errors import RefusedInputError
from case_library.sources.converted import ConvertedSource
from case_library.sources.reader import Frame, FrameProgress
from case_library.sources.stored_size import StoredSize

# The Basic Offset Table of one object counts to this (PS3.5 A.4).
_LARGEST_BYTES = 0xFFFFFFFE


@dataclass(frozen=True)
class MeasuredError:
    """What a compact clip lost, over every sample: in grey levels of 0-255."""

    max_error: int
    mean_error: float


def require_room(folder: Path, predicted: StoredSize, compact: bool) -> None:
    """Refuse a conversion that cannot succeed, before it begins.

    Raises
    ------
    RefusedInputError
        Says what to do.
    """
    size = predicted.compact_bytes if compact and predicted.compact_bytes is not None else predicted.lossless_bytes
    mend = "import a part of it (--trim)" + ("" if compact else " or compress it (--compact)")
    if size > _LARGEST_BYTES:
        raise RefusedInputError(f"it would need about {size / 1e9:.1f} GB, one clip holds 4.3; {mend}")
    # A compact clip stands twice while it is written.
    free = shutil.disk_usage(folder).free
    if size * (2 if compact else 1) > free:
        raise RefusedInputError(
            f"it would need about {size / 1e9:.1f} GB, the disk of the library has {free / 1e9:.1f} left; {mend}"
        )


def write_lossless(target: Path, header: Dataset, source: ConvertedSource, progress: FrameProgress) -> None:
    """Write every frame as JPEG-LS Lossless."""

    def frames() -> Iterator[bytes]:
        for i, frame in enumerate(_read_ahead(source)):
            yield jpeg_ls(frame)
            progress(i + 1, source.frame_count)

    write_dicom(target, header, JPEGLSLossless, frames(), source.frame_count)


def write_compact(target: Path, header: Dataset, source: ConvertedSource, progress: FrameProgress) -> MeasuredError:
    """Write every frame as JPEG Baseline, and return what that lost.

    The header says the ratio before the frames come, so they wait in a temporary file beside the target.
    """
    largest, total, samples, unpacked = 0, 0, 0, 0
    lengths: list[int] = []
    with tempfile.TemporaryFile(dir=target.parent) as waiting:
        for i, frame in enumerate(_read_ahead(source)):
            stream = jpeg_baseline(frame)
            off = np.abs(jpeg_decoded(stream).astype(np.int16) - frame)
            largest, total, samples = max(largest, int(off.max())), total + int(off.sum()), samples + off.size
            unpacked += frame.nbytes
            lengths.append(waiting.write(stream))
            progress(i + 1, source.frame_count)
        waiting.seek(0)
        if source.samples == 3:
            header.PhotometricInterpretation = "YBR_FULL_422"
        add_lossy_step(header, "ISO_10918_1", unpacked, sum(lengths))
        frames = (waiting.read(length) for length in lengths)
        write_dicom(target, header, JPEGBaseline8Bit, frames, source.frame_count)
    return MeasuredError(largest, total / samples)


def _read_ahead(source: ConvertedSource) -> Iterator[Frame]:
    """Give the frames in order, the next one being decoded while one is compressed."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(source.read_pixels, 0)
        for i in range(1, source.frame_count + 1):
            frame = coming.result()
            if i < source.frame_count:
                coming = beside.submit(source.read_pixels, i)
            yield frame
