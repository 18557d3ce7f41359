"""Make the pack of one clip: frame by frame, whole or not at all."""

from __future__ import annotations

import io
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from pydicom.uid import JPEGBaseline8Bit

from case_library.deidentify.codestream import JpegSummary, jpeg_summary, strip_codestream
from case_library.errors import CaseLibraryError, FrameError, RefusedInputError
from case_library.packs.exact import poster_jpeg
from case_library.packs.format import (
    FRAMES_PER_SEGMENT,
    INDEX_NAME,
    MAX_SEGMENT_BYTES,
    POSTER_NAME,
    PackIndex,
    Segment,
    read_index,
    segment_path,
)
from case_library.sources.dicom import DicomSource, open_dicom

JPEG_QUALITY = 92
MAKING_PREFIX = ".making-"
_SOF0 = 0xC0
_EOI = b"\xff\xd9"
_PASSED_THROUGH = {"MONOCHROME2": 1, "YBR_FULL": 3, "YBR_FULL_422": 3}


class BuildCancelledError(CaseLibraryError):
    """The pack was not made because nobody waits for it any more; nothing was left behind."""

    def __init__(self) -> None:
        super().__init__("Making the frames of this clip was cancelled")


def build_pack(
    media: Path,
    destination: Path,
    *,
    poster_frame: int | None = None,
    pixel_aspect: float = 1.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> PackIndex:
    """Make the pack of a clip, in a folder beside `destination` that is renamed when it is whole.

    Parameters
    ----------
    poster_frame : int or None
        Frame number (from 1) of the poster; None for a draft, which has none.
    pixel_aspect : float
        Height of a pixel over its width, for the poster.
    progress : callable
        Called with the frames done and their total after each frame.
    cancelled : callable
        Asked before each frame.

    Raises
    ------
    RefusedInputError
        If the file cannot be opened or not one of its frames can be decoded.
    BuildCancelledError
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    making = destination.parent / f"{MAKING_PREFIX}{uuid.uuid4().hex}"
    making.mkdir()
    try:
        with open_dicom(media) as source:
            index = _write_segments(source, making, progress, cancelled)
        if poster_frame is not None:
            (making / POSTER_NAME).write_bytes(poster_jpeg(media, poster_frame, pixel_aspect))
        (making / INDEX_NAME).write_text(index.to_json(), encoding="utf-8")
        settle(making, destination)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return index


def settle(making: Path, destination: Path) -> None:
    """Give a finished folder its name; where another process was faster, its pack stays, for it has the same bytes."""
    try:
        making.rename(destination)
    except OSError:
        if read_index(destination) is None:
            shutil.rmtree(destination)
            making.rename(destination)


def _write_segments(
    source: DicomSource, folder: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> PackIndex:
    segments: list[Segment] = []
    broken: dict[int, str] = {}
    passed_through = True
    lengths: list[int] = []
    frames: list[bytes] = []
    for frame_index in range(source.frame_count):
        if cancelled():
            raise BuildCancelledError
        try:
            jpeg = _stored_jpeg(source, frame_index)
            if jpeg is None:
                jpeg, passed_through = _encoded_jpeg(source, frame_index), False
        except FrameError as error:
            jpeg = b""
            broken[frame_index + 1] = error.reason
        frames.append(jpeg)
        lengths.append(len(jpeg))
        last = frame_index == source.frame_count - 1
        if last or len(frames) == FRAMES_PER_SEGMENT or sum(lengths) >= MAX_SEGMENT_BYTES:
            segment_path(folder, len(segments)).write_bytes(b"".join(frames))
            segments.append(Segment(first=frame_index + 1 - len(frames), lengths=tuple(lengths)))
            frames, lengths = [], []
        progress(frame_index + 1, source.frame_count)
    if len(broken) == source.frame_count:
        raise RefusedInputError(f"no frame of this clip can be decoded; the first: {broken[1]}")
    return PackIndex(
        frame_count=source.frame_count,
        columns=source.columns,
        rows=source.rows,
        passed_through=passed_through,
        segments=tuple(segments),
        broken=broken,
    )


def _encoded_jpeg(source: DicomSource, frame_index: int) -> bytes:
    jpeg = io.BytesIO()
    # 4:4:4: colour Doppler and overlays are thin; Pillow writes JFIF, and one component for grey.
    Image.fromarray(source.read_frame(frame_index)).save(jpeg, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return jpeg.getvalue()


def _stored_jpeg(source: DicomSource, frame_index: int) -> bytes | None:
    """Return the stored frame where a browser shows it as the decoder does, else None.

    References
    ----------
    DICOM PS3.5, 8.2.1; ITU-T T.81 B.2.2 (frame header); ITU-T T.871 (JFIF)
    """
    components = _PASSED_THROUGH.get(source.photometric_interpretation)
    if source.transfer_syntax_uid != JPEGBaseline8Bit or components is None or source.has_voi:
        return None
    stored = source.stored_frame(frame_index)
    try:
        summary = jpeg_summary(stored)
        jpeg = strip_codestream(stored)
    except CaseLibraryError:
        return None
    if not _is_browser_jpeg(summary, components, source.rows, source.columns):
        return None
    # A stream cut short is left to the decoder, which says whether the frame can be shown.
    return jpeg if jpeg.endswith(_EOI) else None


def _is_browser_jpeg(summary: JpegSummary, components: int, rows: int, columns: int) -> bool:
    if summary.sof_marker != _SOF0 or summary.precision != 8:
        return False
    if (summary.rows, summary.columns) != (rows, columns) or summary.components != components:
        return False
    # Without a marker a browser guesses the colour space from the component numbers.
    is_ycc = summary.adobe_transform == 1 or (summary.has_jfif and summary.adobe_transform is None)
    return components == 1 or is_ycc
