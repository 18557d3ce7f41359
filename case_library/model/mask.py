"""What goes black in every frame of a clip, why, and who decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from case_library.errors import CaseLibraryError
from case_library.model.item import Model

MAX_RECTANGLES = 256
_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class MaskError(CaseLibraryError):
    """A mask that does not fit its clip; nothing was changed."""


class MaskOrigin(StrEnum):
    """Why a rectangle is in a mask."""

    OUTSIDE_REGIONS = "outside_regions"
    STATIC_TEXT = "static_text"
    MOVING_TEXT = "moving_text"
    READ_TEXT = "read_text"
    REMEMBERED = "remembered"
    DRAWN = "drawn"
    GIVEN = "given"


class MaskRectangle(Model):
    """A rectangle of stored pixels.

    Attributes
    ----------
    x, y : int
        First column and row, from 0.
    width, height : int
        In pixels, ≥ 1.
    why : str
        One sentence for the person who decides; never a text that was read in the picture.
    """

    x: int = Field(ge=0)
    y: int = Field(ge=0)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    origin: MaskOrigin
    why: _Sentence = ""

    @property
    def right(self) -> int:
        """The column behind the last one."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The row behind the last one."""
        return self.y + self.height

    @property
    def box(self) -> tuple[int, int, int, int]:
        """`(x, y, width, height)`."""
        return self.x, self.y, self.width, self.height

    def contains(self, other: MaskRectangle) -> bool:
        """Whether the other rectangle lies wholly in this one."""
        return self.x <= other.x and self.y <= other.y and self.right >= other.right and self.bottom >= other.bottom


class PixelMask(Model):
    """The rectangles of one clip, the same in every frame.

    Attributes
    ----------
    note : str
        What a person should know about a suggestion: that the picture hardly moves, say.
    decided_by, decided_at : str and datetime, or None
        Who drew, moved or confirmed the rectangles; None for a suggestion that nobody has looked at.
    black_frames : tuple of int
        Numbers (from 1) of frames that could not be decoded, and therefore not masked: they are black as a whole.
    """

    rectangles: Annotated[tuple[MaskRectangle, ...], Field(max_length=MAX_RECTANGLES)] = ()
    note: _Sentence = ""
    decided_by: _Name | None = None
    decided_at: datetime | None = None
    black_frames: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing goes black."""
        return not self.rectangles

    def area_px(self) -> int:
        """Return how many pixels of a frame go black, each counted once."""
        return covered_area_px([rectangle.box for rectangle in self.rectangles])


class ViewedHow(StrEnum):
    """How it is known that a clip was seen whole at 100 %."""

    PAGE = "page"
    STATED = "stated"


class PixelsViewed(Model):
    """That a person has seen every pixel of a clip at 100 %: on the page, or as they said themselves."""

    at: datetime
    how: ViewedHow


Box = tuple[int, int, int, int]


def covered_area_px(boxes: Iterable[Box]) -> int:
    """Return the area of a union of boxes `(x, y, width, height)`."""
    area, boxes = 0, list(boxes)
    cuts = sorted({y for _, y, _, _ in boxes} | {y + height for _, y, _, height in boxes})
    for top, bottom in zip(cuts, cuts[1:], strict=False):
        spans = sorted((x, x + width) for x, y, width, height in boxes if y <= top and y + height >= bottom)
        reached = 0
        for left, right in spans:
            area += max(0, right - max(left, reached)) * (bottom - top)
            reached = max(reached, right)
    return area


def uncovered(boxes: Iterable[Box], columns: int, rows: int) -> list[Box]:
    """Return disjoint boxes that cover exactly what the given ones leave free of a frame, top to bottom.

    Parameters
    ----------
    boxes : iterable of (x, y, width, height)
        What reaches beyond the frame is cut off.
    """
    kept = [(max(x, 0), max(y, 0), min(x + width, columns), min(y + height, rows)) for x, y, width, height in boxes]
    kept = [(left, top, right, bottom) for left, top, right, bottom in kept if left < right and top < bottom]
    cuts = sorted({0, rows} | {top for _, top, _, _ in kept} | {bottom for _, _, _, bottom in kept})
    free: list[Box] = []
    growing: dict[tuple[int, int], Box] = {}
    for top, bottom in zip(cuts, cuts[1:], strict=False):
        spans = sorted((left, right) for left, y0, right, y1 in kept if y0 <= top and y1 >= bottom)
        gaps, reached = [], 0
        for left, right in [*spans, (columns, columns)]:
            if left > reached:
                gaps.append((reached, left))
            reached = max(reached, right)
        now: dict[tuple[int, int], Box] = {}
        for left, right in gaps:
            # A gap of the same width as in the band above goes on as one box.
            x, y, width, height = growing.pop((left, right), (left, top, right - left, 0))
            now[left, right] = (x, y, width, height + bottom - top)
        free += growing.values()
        growing = now
    free += growing.values()
    return sorted(free, key=lambda box: (box[1], box[0]))


def require_inside(mask: PixelMask, columns: int, rows: int) -> None:
    """Refuse a mask that leaves the frame.

    Raises
    ------
    MaskError
    """
    for rectangle in mask.rectangles:
        if rectangle.right > columns or rectangle.bottom > rows:
            raise MaskError(
                f"the rectangle {','.join(map(str, rectangle.box))} (x, y, width, height) leaves the "
                f"{columns} x {rows} frame; nothing was changed"
            )


def without_repeats(rectangles: Iterable[MaskRectangle]) -> tuple[MaskRectangle, ...]:
    """Return the rectangles without those that lie wholly in one that comes before or after them."""
    kept: list[MaskRectangle] = []
    for rectangle in rectangles:
        if any(other.contains(rectangle) for other in kept):
            continue
        kept = [other for other in kept if not rectangle.contains(other)] + [rectangle]
    return tuple(kept)
