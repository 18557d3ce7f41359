"""Pictures as frames: PNG, JPEG, BMP and TIFF, one file, several in order, or the pages of a TIFF."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from pydicom.dataset import Dataset

from case_library.dicom.decode import MAX_FRAMES, MAX_PIXELS
from case_library.errors import FrameError, RefusedInputError
from case_library.sources.kinds import PICTURES, Kind
from case_library.sources.reader import Frame, refuse_bomb

# Pillow's warnings may quote tags; our own limit on size is checked before anything is allocated.
warnings.filterwarnings("ignore", module=r"PIL\b")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
_FORMATS = tuple(kind.value for kind in PICTURES)
_ORIENTATION = 0x0112
_NEW_SUBFILE_TYPE, _BITS_PER_SAMPLE = 254, 258
_WIDE_GREY = frozenset(("I;16", "I;16L", "I;16B", "I;16N", "I"))
_ALPHA = frozenset(("RGBA", "LA", "PA", "RGBa", "La"))
_LOSSY_TIFF = frozenset(("jpeg", "tiff_jpeg"))

FLATTENED = "its transparency was laid over black"
ALPHA_LEFT_OUT = "an alpha channel without transparency was left out"
TURNED = "turned upright, as its camera says"
NARROWED = "its colours had 16 bits per sample and were reduced to 8, the most that ultrasound objects hold"


def open_picture(path: Path) -> Image.Image:
    """Open a picture by its content, without decoding it.

    Raises
    ------
    RefusedInputError
        If it is none, is damaged, or is larger than anything that is opened here.
    """
    try:
        image = Image.open(path, formats=_FORMATS)
    except MemoryError:
        raise
    except Exception as error:  # a parser may raise anything on a hostile file; its text may quote the data
        raise RefusedInputError(f"the picture is damaged and cannot be read ({type(error).__name__})") from None
    columns, rows = image.size
    if not (0 < columns <= 65535 and 0 < rows <= 65535 and rows * columns <= MAX_PIXELS):
        image.close()
        raise RefusedInputError(f"the picture has {columns} x {rows} pixels; from 1 to {MAX_PIXELS} in all are opened")
    return image


@dataclass(frozen=True)
class PictureFacts:
    """What a picture is, from its header alone.

    Attributes
    ----------
    columns, rows : int
        As it is shown.
    is_wide_grey : bool
        Whether it is grey with more than 8 bits.
    frame_count : int
        Pages of a TIFF, frames of an animation.
    """

    columns: int
    rows: int
    is_wide_grey: bool
    frame_count: int
    is_animated: bool


def facts_of(path: Path) -> PictureFacts:
    """Return what a picture is.

    Raises
    ------
    RefusedInputError
        If it is none, is damaged, or is too large.
    """
    with open_picture(path) as image:
        try:
            columns, rows = image.size[::-1] if _is_turned(image) else image.size
            wide, is_tiff = image.mode in _WIDE_GREY, image.format == Kind.TIFF
            # A JPEG of several pictures (MPO) is one picture with previews.
            animated = image.format in (Kind.GIF, Kind.WEBP, Kind.PNG) and getattr(image, "n_frames", 1) > 1
            count = len(_pages_of(image)) if is_tiff else int(getattr(image, "n_frames", 1)) if animated else 1
        except (RefusedInputError, MemoryError):
            raise
        except Exception as error:  # as in `open_picture`
            raise RefusedInputError(f"the picture is damaged and cannot be read ({type(error).__name__})") from None
    return PictureFacts(columns, rows, wide, count, animated)


def _is_turned(image: Image.Image) -> bool:
    # Pillow says the size as stored.
    return image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)


def flattened(image: Image.Image, said: set[str]) -> Frame:
    """Return the picture as uint8 grey or RGB, or uint16 grey; adds to `said` what that took.

    Raises
    ------
    RefusedInputError
        If it has colours that would change, or grey values that 16 bits do not hold.
    """
    if image.mode in _WIDE_GREY:
        values = np.asarray(image)
        if values.dtype != np.uint16:
            if values.min() < 0 or values.max() > 65535:
                raise RefusedInputError("its grey values do not fit 16 bits; nothing is reduced silently")
        return values.astype(np.uint16)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))
    if image.mode in _ALPHA or (image.mode in ("P", "RGB", "L") and "transparency" in image.info):
        return _over_black(image.convert("RGBA"), said)
    if image.mode in ("P", "RGB", "YCbCr", "RGBX"):
        return np.asarray(image.convert("RGB"))
    raise RefusedInputError(f"pictures of the colour mode {image.mode} are not opened; save it as RGB or grey")


def _over_black(image: Image.Image, said: set[str]) -> Frame:
    low = image.getchannel("A").getextrema()[0]
    if low == 255:
        said.add(ALPHA_LEFT_OUT)
        return np.asarray(image.convert("RGB"))
    said.add(FLATTENED)
    black = Image.new("RGBA", image.size, (0, 0, 0, 255))
    return np.asarray(Image.alpha_composite(black, image).convert("RGB"))


class PictureReader:
    """A `FrameReader` of picture files in order, or of the pages of one TIFF.

    Parameters
    ----------
    paths : sequence of Path
        One or more files; of several, each is one frame.

    Raises
    ------
    RefusedInputError
        If they are no pictures or do not have one size.
    """

    frame_times_s: tuple[float, ...] | None = None
    is_grey: bool | None = None
    pixel_aspect = (1, 1)
    header: Dataset | None = None

    def __init__(self, paths: Sequence[Path]) -> None:
        self._said: set[str] = set()
        self._paths = tuple(paths)
        self._image: Image.Image | None = None
        self._pages = [0]
        self.stored_bytes = sum(path.stat().st_size for path in paths)
        with open_picture(paths[0]) as first:
            self.columns, self.rows = first.size[::-1] if _is_turned(first) else first.size
            lossy = first.format in ("JPEG", "MPO") or first.info.get("compression") in _LOSSY_TIFF
            self.lossy_method = "ISO_10918_1" if lossy else None
            if len(paths) == 1 and first.format == Kind.TIFF:
                self._pages = _pages_of(first)
        self.frame_count = len(paths) if len(paths) > 1 else len(self._pages)
        if self.frame_count > MAX_FRAMES:
            raise RefusedInputError(f"{self.frame_count} pictures; up to {MAX_FRAMES} are one clip")
        refuse_bomb(self.frame_count, self.rows, self.columns, self.stored_bytes)

    def read(self, frame_index: int) -> Frame:
        """Return one frame."""
        try:
            if len(self._paths) > 1:
                with open_picture(self._paths[frame_index]) as image:
                    frame = self._decoded(image)
            else:
                if self._image is None:
                    self._image = open_picture(self._paths[0])
                if len(self._pages) > 1:
                    self._image.seek(self._pages[frame_index])
                frame = self._decoded(self._image)
        except RefusedInputError as refusal:
            raise FrameError(frame_index, refusal.reason) from None
        except MemoryError:
            raise
        except Exception as error:  # as in `open_picture`
            raise FrameError(frame_index, f"it cannot be decoded ({type(error).__name__})") from None
        if frame.shape[:2] != (self.rows, self.columns):
            raise FrameError(
                frame_index,
                f"it is {frame.shape[1]} x {frame.shape[0]} pixels, the first one {self.columns} x {self.rows}",
            )
        return frame

    def _decoded(self, image: Image.Image) -> Frame:
        if image.size[0] * image.size[1] > MAX_PIXELS:
            raise RefusedInputError(f"it has more than {MAX_PIXELS} pixels")
        if _has_wide_colour(image):
            self._said.add(NARROWED)
        upright = image
        if image.getexif().get(_ORIENTATION, 1) != 1:
            upright = ImageOps.exif_transpose(image)
            self._said.add(TURNED)
        return flattened(upright, self._said)

    def notes(self) -> list[str]:
        """Return what was done to the pictures that were read."""
        return sorted(self._said)

    def close(self) -> None:
        """Close the file that is open."""
        if self._image is not None:
            self._image.close()


def _pages_of(image: Image.Image) -> list[int]:
    """Return the pages of a TIFF that are pictures of their own, not smaller copies of one."""
    try:
        count = getattr(image, "n_frames", 1)
        if count > MAX_FRAMES:
            raise RefusedInputError(f"the TIFF has over {MAX_FRAMES} pages")
        found = []
        for page in range(count):
            image.seek(page)
            tags = getattr(image, "tag_v2", {})
            if not int(tags.get(_NEW_SUBFILE_TYPE, 0)) & 1:
                found.append(page)
    except (RefusedInputError, MemoryError):
        raise
    except Exception as error:  # as in `open_picture`
        raise RefusedInputError(f"the pages of the TIFF cannot be read ({type(error).__name__})") from None
    return found or [0]


def _has_wide_colour(image: Image.Image) -> bool:
    """Whether Pillow reduces 16 bits per colour (or of grey beside an alpha channel) to the 8 that it gives."""
    if image.mode not in ("RGB", "RGBA", "LA", "RGBX"):
        return False
    if image.format == Kind.TIFF:
        bits = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,))
        return bool(max(bits if isinstance(bits, tuple) else (bits,)) > 8)
    tile = getattr(image, "tile", None) or [(None, None, None, "")]
    return image.format == Kind.PNG and "16B" in str(tile[0][3])
