"""The three spaces a place in a frame is given in, and the one conversion between them.

A *pixel index* names a pixel. An *image point* lies anywhere in the frame, sub-pixel: (0, 0) is the corner of the first
pixel, so that pixel (0, 0) covers 0 to 1 along both axes and its centre is (0.5, 0.5). A *point in millimetres* is an
image point on a scale; its origin is the same corner. x goes right, y goes down.
"""

from __future__ import annotations

from math import floor, hypot
from typing import Annotated, NamedTuple

from pydantic import Field

# As case.json has it: x, y in image coordinates.
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Point = tuple[Coordinate, Coordinate]


class PixelIndex(NamedTuple):
    """A pixel: column and row, from 0."""

    column: int
    row: int

    @property
    def centre(self) -> ImagePoint:
        return ImagePoint(self.column + 0.5, self.row + 0.5)


class ImagePoint(NamedTuple):
    """A place in the frame, in pixels, sub-pixel."""

    x: float
    y: float

    @property
    def pixel(self) -> PixelIndex:
        """The pixel that the point lies in."""
        return PixelIndex(floor(self.x), floor(self.y))

    def to_mm(self, mm_per_px: tuple[float, float]) -> PointMm:
        """Return the place on a scale of its own along each axis."""
        return PointMm(self.x * mm_per_px[0], self.y * mm_per_px[1])


class PointMm(NamedTuple):
    """A place in the frame, in millimetres."""

    x_mm: float
    y_mm: float

    def to_image(self, mm_per_px: tuple[float, float]) -> ImagePoint:
        return ImagePoint(self.x_mm / mm_per_px[0], self.y_mm / mm_per_px[1])

    def distance_mm(self, other: PointMm) -> float:
        return hypot(self.x_mm - other.x_mm, self.y_mm - other.y_mm)


def meeting(line: tuple[Point, Point], other: tuple[Point, Point]) -> ImagePoint | None:
    """Return where two lines, endless, meet; None where they run alike."""
    (ax, ay), (bx, by) = line
    (cx, cy), (dx, dy) = other
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    cross = ux * vy - uy * vx
    if abs(cross) <= 1e-9 * hypot(ux, uy) * hypot(vx, vy):
        return None
    part = ((cx - ax) * vy - (cy - ay) * vx) / cross
    return ImagePoint(ax + ux * part, ay + uy * part)


def prolonged_between(
    line: tuple[Point, Point], first: tuple[Point, Point], second: tuple[Point, Point]
) -> tuple[ImagePoint, ImagePoint] | None:
    """Return a line prolonged, or cut, until it reaches from one line to another; None where it runs along one of them.

    So a fascicle of which only a part is in view is measured from aponeurosis to aponeurosis.
    """
    start, end = meeting(line, first), meeting(line, second)
    return None if start is None or end is None else (start, end)
