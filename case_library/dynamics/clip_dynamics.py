"""What changes in a clip, and by what its frames are recognised: computed once from its file, kept beside its pack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from case_library.dynamics.motion import Motion, MotionMeter, image_box
from case_library.errors import FrameError
from case_library.packs.build import BuildCancelledError
from case_library.sources.dicom import open_dicom

FORMAT_VERSION = 1
FILE_NAME = f"dynamics-{FORMAT_VERSION}.json"
# By which the worker finds `derive`.
FUNCTION = "case_library.dynamics.clip_dynamics:derive"


class ClipDynamics(BaseModel):
    """What the viewer is sent.

    Attributes
    ----------
    stored_sha256 : tuple of str
        Of each frame's stored bytes; empty where they cannot be read.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT_VERSION
    frame_count: int
    motion: Motion
    stored_sha256: tuple[str, ...]


def derive(
    media: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bytes:
    """Return the dynamics of a clip as JSON; reads and decodes every frame.

    Raises
    ------
    RefusedInputError
        If the file cannot be opened.
    BuildCancelledError
    """
    with open_dicom(media) as source:
        meter = MotionMeter(image_box(source.regions, source.columns, source.rows))
        hashes = []
        for frame_index in range(source.frame_count):
            if cancelled():
                raise BuildCancelledError
            try:
                hashes.append(hashlib.sha256(source.stored_frame(frame_index)).hexdigest())
            except FrameError:
                hashes.append("")
            try:
                meter.add(source.read_frame(frame_index))
            except FrameError:
                meter.add(None)
            progress(frame_index + 1, source.frame_count)
        frame_count = source.frame_count
    dynamics = ClipDynamics(frame_count=frame_count, motion=meter.motion(), stored_sha256=tuple(hashes))
    return dynamics.model_dump_json().encode()
