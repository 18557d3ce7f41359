"""Lengths, angles, areas, volumes and grey values, from points and a ruler.

All points are in image coordinates. Each function says its unit and where the scale came from; where there is no
trusted scale the unit is pixels (of their own width, where pixels are not square). JavaScript computes the same: both
are held to `tests/model/measurement_cases.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atan2, degrees, hypot, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.model.calibration import ScaleOrigin
from case_library.model.ruler import MeasurementRefusedError, Ruler, ScaleHere

Points = Sequence[tuple[float, float]]

# Beyond it two lines bound no layer whose thickness could be told.
MOST_DEGREES_BETWEEN_LAYERS = 30.0


class Unit(StrEnum):
    MM = "mm"
    PX = "px"
    MM2 = "mm2"
    PX2 = "px2"
    CM3 = "cm3"
    DEGREE = "deg"
    PERCENT = "%"
    GREY = "grey"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A number with all that must be said with it.

    Attributes
    ----------
    scale_origin : ScaleOrigin
        Where the scale came from.
    why : str
        One sentence about it.
    mm_per_px : (float, float) or None
        The scale that was used: what one pixel is.
    circumference : float or None
        Of an area, in mm or px.
    sd, count : float, int or None
        Of grey values: sample standard deviation (None for one pixel), and how many pixels.
    """

    value: float
    unit: Unit
    scale_origin: ScaleOrigin
    why: str
    mm_per_px: tuple[float, float] | None = None
    circumference: float | None = None
    sd: float | None = None
    count: int | None = None


def length(points: Points, ruler: Ruler) -> Measured:
    """Return the length along two or more points."""
    here = ruler.at(points)
    return _told(_path(_flat(points, here, ruler)), Unit.MM, Unit.PX, here)


def angle(points: Points, ruler: Ruler) -> Measured:
    """Return an angle in degrees, true to shape where the axes have different scales.

    Parameters
    ----------
    points : sequence of (x, y)
        Three: the angle at the middle one, 0 to 180. Four: between the lines through the first and the last two, 0 to
        90.

    Raises
    ------
    MeasurementRefusedError
        `zero_length`, if an arm has none.
    """
    here = ruler.at(points)
    flat = _flat(points, here, ruler)
    pairs = ((flat[1], flat[0]), (flat[1], flat[2])) if len(flat) == 3 else ((flat[0], flat[1]), (flat[2], flat[3]))
    value = _between(*(_direction(*pair) for pair in pairs))
    return _told(value if len(flat) == 3 else min(value, 180.0 - value), Unit.DEGREE, Unit.DEGREE, here)


def thickness(points: Points, ruler: Ruler) -> Measured:
    """Return the thickness of the layer between two lines.

    It is taken at right angles to them: the mean of the distances of the middle of each line from the other one, which
    is prolonged where it must be. For parallel lines that is their distance.

    Parameters
    ----------
    points : sequence of four (x, y)
        Both ends of one line, then of the other.

    Raises
    ------
    MeasurementRefusedError
        `zero_length`; `not_alike`, if they are more than 30 degrees apart.
    """
    here = ruler.at(points)
    a0, a1, b0, b1 = _flat(points, here, ruler)
    along_a, along_b = _direction(a0, a1), _direction(b0, b1)
    apart = _between(along_a, along_b)
    if min(apart, 180.0 - apart) > MOST_DEGREES_BETWEEN_LAYERS:
        raise MeasurementRefusedError(
            "not_alike",
            f"The lines are {min(apart, 180.0 - apart):.0f} degrees apart; beyond {MOST_DEGREES_BETWEEN_LAYERS:.0f} "
            "there is no layer between them. Lay both along the layer",
        )
    middle_a = ((a0[0] + a1[0]) / 2.0, (a0[1] + a1[1]) / 2.0)
    middle_b = ((b0[0] + b1[0]) / 2.0, (b0[1] + b1[1]) / 2.0)
    value = (_from_line(middle_a, b0, along_b) + _from_line(middle_b, a0, along_a)) / 2.0
    return _told(value, Unit.MM, Unit.PX, here)


def polygon_area(points: Points, ruler: Ruler) -> Measured:
    """Return the area of a polygon, closed by itself, and its circumference.

    Raises
    ------
    MeasurementRefusedError
        `crosses_itself`: it has no one inside.
    """
    here = ruler.at(points)
    flat = _flat(points, here, ruler)
    if _crosses_itself(flat):
        raise MeasurementRefusedError(
            "crosses_itself", "The outline crosses itself and has no one inside. Move the corner that lies across"
        )
    closed = [*flat, flat[0]]
    twice = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(closed, closed[1:], strict=False))
    return _told(abs(twice) / 2.0, Unit.MM2, Unit.PX2, here, circumference=_path(closed))


def ellipse_area(points: Points, ruler: Ruler) -> Measured:
    """Return the area and circumference of an ellipse.

    Parameters
    ----------
    points : sequence of three (x, y)
        Centre, and the ends of two conjugate half-diameters.

    References
    ----------
    NIST Digital Library of Mathematical Functions, 19.8(i): the complete elliptic integral by the
    arithmetic-geometric mean.
    """
    here = ruler.at(points)
    (cx, cy), (ux, uy), (vx, vy) = _flat(points, here, ruler)
    ux, uy, vx, vy = ux - cx, uy - cy, vx - cx, vy - cy
    cross = abs(ux * vy - uy * vx)
    squares = ux * ux + uy * uy + vx * vx + vy * vy
    major = sqrt((squares + sqrt(max(squares * squares - 4.0 * cross * cross, 0.0))) / 2.0)
    minor = cross / major if major > 0.0 else 0.0
    return _told(pi * cross, Unit.MM2, Unit.PX2, here, circumference=_ellipse_circumference(major, minor))


def excursion(first: tuple[float, float], second: tuple[float, float], ruler: Ruler) -> Measured:
    """Return how far a point moved between two frames of one clip."""
    return length((first, second), ruler)


def ellipsoid_volume(diameters: Sequence[Measured]) -> Measured:
    """Return the volume of an ellipsoid of these three diameters, in cm3.

    Parameters
    ----------
    diameters : sequence of three Measured
        Length, width and depth, at right angles to each other, over two planes.

    Raises
    ------
    MeasurementRefusedError
        `no_scale`, unless all three are in millimetres.
    """
    if any(diameter.unit is not Unit.MM for diameter in diameters):
        raise MeasurementRefusedError(
            "no_scale", "A volume needs a trusted scale in both planes: one of the diameters has no millimetres"
        )
    a, b, c = (diameter.value for diameter in diameters)
    return Measured(
        value=pi / 6.0 * a * b * c / 1000.0,
        unit=Unit.CM3,
        scale_origin=diameters[0].scale_origin,
        why="Ellipsoid of three diameters: pi/6 · length · width · depth",
    )


def ratio(first: Measured, reference: Measured, *, one_clip: bool) -> Measured:
    """Return 100 · first / reference, in percent.

    Parameters
    ----------
    one_clip : bool
        Whether both were measured in one clip: only then can pixels be compared.

    Raises
    ------
    MeasurementRefusedError
        `different_units`, `no_scale`, `zero_reference`.
    """
    _comparable(first, reference, one_clip)
    return _percent(100.0 * first.value / _not_zero(reference.value), first, "100 · first / reference")


def difference(first: Measured, reference: Measured, *, one_clip: bool) -> Measured:
    """Return by how much the first is smaller than the reference, in percent of the reference.

    Raises
    ------
    MeasurementRefusedError
        As `ratio`.
    """
    _comparable(first, reference, one_clip)
    value = 100.0 * (reference.value - first.value) / _not_zero(reference.value)
    return _percent(value, first, "100 · (reference - first) / reference")


def asymmetry(first: Measured, second: Measured, *, one_clip: bool) -> Measured:
    """Return 100 · abs(first - second) / the larger, in percent: no side is the reference.

    Raises
    ------
    MeasurementRefusedError
        As `ratio`.
    """
    _comparable(first, second, one_clip)
    value = 100.0 * abs(first.value - second.value) / _not_zero(max(first.value, second.value))
    return _percent(value, first, "100 · |first - second| / the larger")


def echo_intensity(points: Points, pixels: NDArray[Any]) -> Measured:
    """Return the mean of the stored grey values inside a polygon, with their spread and number.

    Comparable within one exam with unchanged settings alone: gain, dynamic range, grey map, depth and lossy compression
    all change it.

    Parameters
    ----------
    points : sequence of (x, y)
        A pixel is inside if its centre is, by the even-odd rule.
    pixels : array, (rows, columns) or (rows, columns, 3)
        As stored, never as windowed for display; three samples must be equal.

    Raises
    ------
    MeasurementRefusedError
        `colour`; `no_pixels`, if no centre of a pixel is inside.
    """
    if pixels.ndim == 3:
        if not (np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 0], pixels[..., 2])):
            raise MeasurementRefusedError("colour", "This frame is in colour: it has no one grey value in a pixel")
        pixels = pixels[..., 0]
    values = pixels[_inside(points, pixels.shape[0], pixels.shape[1])].astype(np.float64)
    if values.size == 0:
        raise MeasurementRefusedError("no_pixels", "No pixel of the frame has its centre inside the outline")
    return Measured(
        value=float(values.mean()),
        unit=Unit.GREY,
        scale_origin=ScaleOrigin.NONE,
        why="Mean of the stored grey values; comparable within one exam with unchanged settings alone",
        sd=float(values.std(ddof=1)) if values.size > 1 else None,
        count=int(values.size),
    )


def _told(value: float, in_mm: Unit, in_px: Unit, here: ScaleHere, *, circumference: float | None = None) -> Measured:
    return Measured(
        value=value,
        unit=in_px if here.mm_per_px is None else in_mm,
        scale_origin=here.origin,
        why=here.why,
        mm_per_px=here.mm_per_px,
        circumference=circumference,
    )


def _flat(points: Points, here: ScaleHere, ruler: Ruler) -> list[tuple[float, float]]:
    """Return the points on equal axes: in millimetres, else in widths of a pixel."""
    mx, my = here.mm_per_px or (1.0, ruler.pixel_aspect)
    return [(x * mx, y * my) for x, y in points]


def _path(flat: Points) -> float:
    return sum(hypot(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in zip(flat, flat[1:], strict=False))


def _direction(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    span = hypot(dx, dy)
    if span == 0.0:
        raise MeasurementRefusedError("zero_length", "Both ends of a line are one point. Draw one of them away")
    return dx / span, dy / span


def _between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the angle between two directions in degrees, 0 to 180."""
    return degrees(atan2(abs(a[0] * b[1] - a[1] * b[0]), a[0] * b[0] + a[1] * b[1]))


def _from_line(point: tuple[float, float], on_it: tuple[float, float], along: tuple[float, float]) -> float:
    return abs((point[0] - on_it[0]) * along[1] - (point[1] - on_it[1]) * along[0])


def _crosses_itself(flat: Points) -> bool:
    """Return whether two edges that are not neighbours cross."""
    edges = list(zip(flat, [*flat[1:], flat[0]], strict=True))
    for i, (a, b) in enumerate(edges):
        for j in range(i + 2, len(edges)):
            if i == 0 and j == len(edges) - 1:
                continue
            c, d = edges[j]
            if _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
                return True
    return False


def _side(a: tuple[float, float], b: tuple[float, float], point: tuple[float, float]) -> float:
    turn = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
    return (turn > 0) - (turn < 0)


def _ellipse_circumference(major: float, minor: float) -> float:
    if minor == 0.0:
        return 4.0 * major
    a, b, power = major, minor, 0.5
    rest = power * (a * a - b * b)
    while abs(a - b) > 1e-15 * a:
        c = (a - b) / 2.0
        a, b = (a + b) / 2.0, sqrt(a * b)
        power *= 2.0
        rest += power * c * c
    return 2.0 * pi * (major * major - rest) / a


def _comparable(first: Measured, second: Measured, one_clip: bool) -> None:
    if first.unit is not second.unit:
        raise MeasurementRefusedError(
            "different_units", f"One is in {first.unit}, the other in {second.unit}: they cannot be compared"
        )
    if first.unit in {Unit.PX, Unit.PX2} and not one_clip:
        raise MeasurementRefusedError("no_scale", "Pixels of two clips cannot be compared: both need a trusted scale")


def _not_zero(value: float) -> float:
    if value == 0.0:
        raise MeasurementRefusedError("zero_reference", "The reference is zero: nothing can be put in relation to it")
    return value


def _percent(value: float, first: Measured, why: str) -> Measured:
    return Measured(value=value, unit=Unit.PERCENT, scale_origin=first.scale_origin, why=why)


def _inside(points: Points, rows: int, columns: int) -> NDArray[np.bool_]:
    """Return which pixels have their centre inside a polygon, by the even-odd rule."""
    x = np.arange(columns)[None, :] + 0.5
    y = np.arange(rows)[:, None] + 0.5
    inside = np.zeros((rows, columns), dtype=np.bool_)
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        if y0 == y1:
            continue
        crosses = (y0 > y) != (y1 > y)
        inside ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside
