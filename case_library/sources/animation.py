"""Animated GIF, WebP and PNG as frames, with the times that they say."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

from PIL import Image
from pydicom.dataset import Dataset

from case_library.dicom.decode import MAX_FRAMES
from case_library.errors import FrameError, RefusedInputError
from case_library.sources.kinds import Kind
from case_library.sources.pictures import ALPHA_LEFT_OUT, flattened, open_picture
from case_library.sources.reader import Frame, refuse_bomb

# What browsers do with a frame that asks for no time at all.
NO_TIME_MS = 100.0
NO_TIME = "frames that ask for no time are shown for 0.1 s each, as browsers do"


class AnimationReader:
    """A `FrameReader` of an animated GIF, WebP or PNG.

    Raises
    ------
    RefusedInputError
        If it is damaged or too large.
    """

    is_grey: bool | None = None
    pixel_aspect = (1, 1)
    header: Dataset | None = None

    def __init__(self, path: Path) -> None:
        self._image: Image.Image = open_picture(path)
        self._said: set[str] = set()
        self.columns, self.rows = self._image.size
        self.stored_bytes = path.stat().st_size
        # PS3.3 C.7.6.1.1.5.1 has no term for WebP; those that are lossless do not say so where Pillow can see it.
        self.lossy_method: str | None = None
        try:
            self.frame_count = int(getattr(self._image, "n_frames", 1))
            if not 1 <= self.frame_count <= MAX_FRAMES:
                raise RefusedInputError(f"the animation has over {MAX_FRAMES} frames")
            refuse_bomb(self.frame_count, self.rows, self.columns, self.stored_bytes)
            self.frame_times_s: tuple[float, ...] | None = self._times()
        except RefusedInputError:
            self.close()
            raise
        except MemoryError:
            raise
        except Exception as error:  # a parser may raise anything on a hostile file; its text may quote the data
            self.close()
            raise RefusedInputError(f"the animation is damaged ({type(error).__name__})") from None

    def _times(self) -> tuple[float, ...]:
        shown_ms = []
        for frame_index in range(self.frame_count):
            self._image.seek(frame_index)
            if self._image.format == Kind.WEBP:
                self._image.load()  # it is only then that Pillow knows
            duration_ms = float(self._image.info.get("duration") or 0.0)
            if duration_ms <= 0:
                self._said.add(NO_TIME)
                duration_ms = NO_TIME_MS
            shown_ms.append(duration_ms)
        return tuple(time_ms / 1000.0 for time_ms in accumulate([0.0, *shown_ms[:-1]]))

    def read(self, frame_index: int) -> Frame:
        """Return one frame, as it stands when all before it were drawn."""
        try:
            self._image.seek(frame_index)
            return flattened(self._image, self._said)
        except RefusedInputError as refusal:
            raise FrameError(frame_index, refusal.reason) from None
        except MemoryError:
            raise
        except Exception as error:  # as above
            raise FrameError(frame_index, f"it cannot be decoded ({type(error).__name__})") from None

    def notes(self) -> list[str]:
        """Return what was done to the frames that were read."""
        return sorted(self._said - {ALPHA_LEFT_OUT})  # Pillow gives every animation one

    def close(self) -> None:
        """Close the file."""
        self._image.close()
